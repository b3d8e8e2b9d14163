import type { LineGrammar } from '../lines/line-scanner.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const everyLine: LineGrammar = {
  hasHeader: false,
  line: (line, sink) => sink.begin(line.offset),
};

/** Text: every line is a record, blank ones too, and none is a header. */
export const text: RecordFormat = {
  name: 'text',
  description: 'Text: every line is a record, and none is a header.',
  fileExtensions: ['txt', 'text', 'list', 'lst'],
  galaxyDatatypes: ['txt'],
  scanner: () => new LineScanner('text', everyLine),
};
