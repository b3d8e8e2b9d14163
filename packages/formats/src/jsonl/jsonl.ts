import { isBlankByte } from '../bytes.ts';
import { isBlank, type Line, quoteLine } from '../lines/line.ts';
import type { LineGrammar } from '../lines/line-scanner.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';

/** Which bytes may end a value that begins with a byte: both have the same number here; 0 where none begins or ends. */
const firsts = new Uint8Array(256);
const lasts = new Uint8Array(256);
for (const [index, [first, last]] of (
  [
    ['{', '}'],
    ['[', ']'],
    ['"', '"'],
    ['tf', 'e'],
    ['n', 'l'],
    ['-0123456789', '0123456789'],
  ] as const
).entries()) {
  for (const byte of Buffer.from(first)) firsts[byte] = index + 1;
  for (const byte of Buffer.from(last)) lasts[byte] = index + 1;
}

const firstAtHand = ({ bytes, from, to }: Line): number => {
  let index = from;
  while (index < to && isBlankByte(bytes[index])) index += 1;
  return bytes[index] ?? 0;
};

const mayBeValue = (line: Line): boolean => {
  const first = firsts[firstAtHand(line)] ?? 0;
  return first > 0 && lasts[line.last] === first;
};

const grammar: LineGrammar = {
  hasHeader: false,
  line: (line, sink) => {
    if (isBlank(line)) return;
    if (!mayBeValue(line)) {
      const text =
        `found ${quoteLine(line)}; expected a line that holds a whole JSON value; if one value reaches over several ` +
        'lines, write it on one with `jq -c . FILE`, or `jq -c .[] FILE` if the file is one list';
      throw malformed(text, line.offset);
    }
    sink.begin(line.offset);
  },
};

/** JSON Lines: no value of JSON has a line end in it unless it was written over several lines, which is refused. */
export const jsonl: RecordFormat = {
  name: 'jsonl',
  description: 'JSON Lines: a record is a line that holds a JSON value.',
  fileExtensions: ['jsonl', 'ndjson', 'jsonlines'],
  galaxyDatatypes: ['jsonl', 'ndjson'],
  scanner: () => new LineScanner('JSON Lines', grammar),
};
