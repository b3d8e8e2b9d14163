/** More slips than this make another word. */
const mostSlips = 2;

/** The name that was probably meant, if there is one that differs in no more than two letters. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const form = (text: string): string => text.toLowerCase().replaceAll('-', '_');
  const ranked = names
    .map((name) => ({ name, slips: slipsBetween(form(word), form(name)) }))
    .filter(({ name, slips }) => slips <= mostSlips && slips < name.length)
    .toSorted((a, b) => a.slips - b.slips);
  return ranked[0]?.name;
}

/** How many letters must be put in, taken out or changed (Levenshtein's distance). */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > mostSlips) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const changed = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
