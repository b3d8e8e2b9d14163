/** Text in columns, the first row being the headings; a column of numbers stands to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const [, ...body] = rows;
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isNumbers = widths.map((_, column) => body.every((row) => /^[\d.]*$/.test(row[column] ?? '')));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          isNumbers[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What comes from elsewhere in one line, without what a terminal would obey. */
export const plainText = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').trim();
