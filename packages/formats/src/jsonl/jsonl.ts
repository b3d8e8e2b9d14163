import { isBlankByte } from '../bytes.ts';
import { isBlank, type Line, quoteLine } from '../lines/line.ts';
import type { LineGrammar } from '../lines/line-scanner.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';

const codes = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0));

/** Which bytes may end a value that begins with a byte. */
const lastBytes: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  ...(
    [
      ['{', '}'],
      ['[', ']'],
      ['"', '"'],
      ['t', 'e'],
      ['f', 'e'],
      ['n', 'l'],
    ] as const
  ).map(([first, last]) => [first.charCodeAt(0), new Set(codes(last))] as const),
  ...codes('-0123456789').map((first) => [first, new Set(codes('0123456789'))] as const),
]);

const firstAtHand = ({ bytes, from, to }: Line): number => {
  let index = from;
  while (index < to && isBlankByte(bytes[index])) index += 1;
  return bytes[index] ?? -1;
};

const mayBeValue = (line: Line): boolean => lastBytes.get(firstAtHand(line))?.has(line.last) === true;

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
