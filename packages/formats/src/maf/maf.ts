import { firstByte, isBlank, type Line, quoteLine, startsWith } from '../lines/line.ts';
import { type LineRecordRules, LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const hash = 0x23;
const signature = Buffer.from('##maf');
const track = Buffer.from('track ');
const kinds = new Set(Array.from('siqe', (letter) => letter.charCodeAt(0)));

/** Whether the line is of this kind: a letter, and then white space or nothing. */
const isKind = (line: Line, letter: number): boolean =>
  firstByte(line) === letter &&
  (line.length === 1 || line.bytes[line.from + 1] === 0x20 || line.bytes[line.from + 1] === 0x09);

const beginsBlock = (line: Line): boolean => isKind(line, 0x61);

const whatIsExpected =
  'expected a block, which begins with a line "a", followed by lines "s", "i", "e" or "q"';

/** Every line is looked at: only those of a few kinds may follow a block's first. */
const everything = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');

const rules = (): LineRecordRules => {
  let signed = false;
  return {
    marks: everything,
    isHeader: (line) => {
      signed ||= startsWith(line, signature);
      return signed && (firstByte(line) === hash || startsWith(line, track));
    },
    checkFirst: (line) => {
      if (!signed) return `found ${quoteLine(line)}; expected MAF, which begins with "##maf"`;
      return beginsBlock(line) ? undefined : `found ${quoteLine(line)}; ${whatIsExpected}`;
    },
    continues: (line) => !beginsBlock(line),
    check: (line) => {
      const first = firstByte(line);
      if (isKind(line, first) && (kinds.has(first) || first === 0x61)) return undefined;
      if (first === hash || isBlank(line)) return undefined;
      return `found ${quoteLine(line)}; ${whatIsExpected}`;
    },
  };
};

/** The multiple alignment format of UCSC. Comments among blocks, such as `##eof`, belong to the block before them. */
export const maf: RecordFormat = {
  name: 'maf',
  description:
    'MAF: a record is the block of an alignment, from its line "a"; "##maf" and comments are the header.',
  fileExtensions: ['maf'],
  galaxyDatatypes: ['maf', 'mafcustomtrack'],
  scanner: () => new LineScanner('MAF', new LineRecords(rules())),
};
