import { isBlank, type Line, quoteLine, textOf } from '../lines/line.ts';
import { type LineGrammar, LineScanner, type RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';

/** Counts the lines of each frame: how many atoms there are, a comment, and the atoms. */
class XyzGrammar implements LineGrammar {
  readonly hasHeader = false;
  /** Lines of the present frame that are still to come. */
  #left = 0;
  #start = 0;

  line(line: Line, sink: RecordSink): void {
    if (this.#left > 0) this.#left -= 1;
    else if (!isBlank(line)) this.#beginFrame(line, sink);
  }

  end(): void {
    if (this.#left === 0) return;
    const text =
      `the file ends within this frame, of which ${this.#left} lines are missing; was it cut short? Make or fetch it again, ` +
      'or remove the frame';
    throw malformed(text, this.#start);
  }

  #beginFrame(line: Line, sink: RecordSink): void {
    const count = line.length > 30 ? '' : textOf(line).trim();
    if (!/^\d{1,15}$/.test(count)) {
      throw malformed(
        `found ${quoteLine(line)}; expected a frame, which begins with the number of its atoms`,
        line.offset,
      );
    }
    this.#left = Number(count) + 1;
    this.#start = line.offset;
    sink.begin(line.offset);
  }
}

/** XYZ, with as many frames as there are. */
export const xyz: RecordFormat = {
  name: 'xyz',
  description: 'XYZ: a record is a frame: the number of atoms, a comment, and a line for each atom.',
  fileExtensions: ['xyz'],
  galaxyDatatypes: ['xyz'],
  scanner: () => new LineScanner('XYZ', new XyzGrammar()),
};
