const whole = /^\d+$/;
const cigar = /^(?:\*|(?:\d+[MIDNSHP=X])+)$/;
const strand = /^[-+.?]$/;

type Row = readonly string[];

/** Tables of which the columns tell more; each row must be as it is said. */
const tables: readonly (readonly [name: string, isRow: (row: Row) => boolean])[] = [
  [
    'sam',
    (row) =>
      row.length >= 11 && whole.test(row[1] ?? '') && whole.test(row[3] ?? '') && cigar.test(row[5] ?? ''),
  ],
  ['gtf', (row) => isFeature(row) && /\bgene_id "/.test(row[8] ?? '')],
  ['gff3', isFeature],
  ['bed', (row) => row.length >= 3 && isStretch(row[1], row[2], 0) && !whole.test(row[0] ?? '')],
];

/** What kind of a table a text is; `undefined` if it is none. */
export function sniffTable(text: string): string | undefined {
  const lines = text.split('\n');
  // The last one may be cut off.
  const complete = lines.length > 1 ? lines.slice(0, -1) : lines;
  const rows = complete
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '' && !/^(?:#|track |browser )/.test(line))
    .map((line) => line.split('\t'));
  const [first] = rows;
  if (!first || first.length < 2) return undefined;
  const found = tables.find(([, isRow]) => rows.every(isRow))?.[0];
  return found ?? (rows.every(({ length }) => length === first.length) ? 'tabular' : undefined);
}

function isFeature(row: Row): boolean {
  return row.length === 9 && isStretch(row[3], row[4], 1) && strand.test(row[6] ?? '');
}

const isStretch = (start = '', end = '', least: number): boolean =>
  whole.test(start) && whole.test(end) && Number(start) >= least && Number(start) <= Number(end);
