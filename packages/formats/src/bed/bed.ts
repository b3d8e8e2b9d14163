import { columnsOf } from '../lines/columns.ts';
import { firstByte, type Line, quoteLine, startsWith } from '../lines/line.ts';
import { type LineRecordRules, LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const hash = 0x23;
const track = Buffer.from('track');
const browser = Buffer.from('browser');

const isComment = (line: Line): boolean => firstByte(line) === hash;

/** A word alone: a chromosome may be called track1. */
const isWord = (line: Line, word: Uint8Array): boolean => {
  if (!startsWith(line, word)) return false;
  const next = line.bytes[line.from + word.length];
  return line.length === word.length || next === 0x20 || next === 0x09;
};

const isDeclaration = (line: Line): boolean => isWord(line, track) || isWord(line, browser);

const isNumber = (field: string | undefined): boolean => field !== undefined && /^\d+$/.test(field);

const notAFeature = (line: Line): string | undefined => {
  const fields = columnsOf(line, /[\t ]+/);
  if (isNumber(fields[1]) && isNumber(fields[2])) return undefined;
  return `found ${quoteLine(line)}; expected a feature of at least three columns: sequence, start and end`;
};

/** One that somebody has commented out, or whose sequence has such a name: no header has places. */
const isHeader = (line: Line): boolean =>
  isDeclaration(line) || (isComment(line) && notAFeature(line) !== undefined);

const secondTrack = (line: Line): string | undefined => {
  if (!isDeclaration(line)) return undefined;
  return (
    `found ${quoteLine(line)} after features: what follows belongs to another track than what precedes, so that ` +
    'one header cannot stand before all parts; cut the file there into one file for each track'
  );
};

const rules: LineRecordRules = {
  marks: '#tb',
  isHeader,
  checkFirst: notAFeature,
  check: secondTrack,
  continues: isComment,
};

/**
 * BED, and what is built on it. Comments among features belong to the feature before them. A second `track` line
 * would rule only what follows it (UCSC), which a part that begins later could not know: it is refused.
 */
export const bed: RecordFormat = {
  name: 'bed',
  description:
    'BED: a record is a line that is no comment; lines at the top that begin with "#", "track" or "browser" are the ' +
    'header.',
  fileExtensions: [
    ...['bed', 'bed3', 'bed4', 'bed5', 'bed6', 'bed9', 'bed12', 'bedgraph', 'bdg', 'bedpe'],
    ...['narrowpeak', 'broadpeak', 'gappedpeak'],
  ],
  galaxyDatatypes: ['bed', 'bed3', 'bed6', 'bed12', 'bedstrict', 'bedgraph', 'encodepeak'],
  scanner: () => new LineScanner('BED', new LineRecords(rules)),
};
