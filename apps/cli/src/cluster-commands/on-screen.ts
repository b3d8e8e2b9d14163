/** What a terminal has room for; one that does not say is taken for a small one. */
interface Screen {
  readonly rows?: number;
  readonly columns?: number;
}

/** A text on a cleared screen, its beginning only where it does not fit: what is at the top must not be scrolled away. */
export function onScreen(text: string, { rows = 24, columns = 80 }: Screen): string {
  const lines = text.split('\n');
  // One row is for what says how much is missing, one for the cursor.
  const room = Math.max(1, rows - 2);
  const shown = lines.slice(0, fitting(lines, room, Math.max(1, columns)));
  const more = lines.length - shown.length;
  return `\u001b[H\u001b[2J${[...shown, ...(more > 0 ? [`… ${more} more`] : [])].join('\n')}\n`;
}

/** How many lines, of which a terminal breaks the long ones, are there before the rows are used up. */
function fitting(lines: readonly string[], room: number, columns: number): number {
  let used = 0;
  const first = lines.findIndex((line) => {
    used += Math.max(1, Math.ceil(line.length / columns));
    return used > room;
  });
  return first === -1 ? lines.length : first;
}
