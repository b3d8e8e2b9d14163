import { firstByte, isBlank, type Line, quoteLine, startsWith } from '../lines/line.ts';
import { type LineGrammar, LineScanner, type RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';

const hash = 0x23;
const molecule = Buffer.from('@<TRIPOS>MOLECULE');

/** Gives the comments before a molecule to it: docking programs write its scores there. */
class Mol2Grammar implements LineGrammar {
  readonly hasHeader = false;
  #begun = false;
  /** Where the comments begin that nothing but comments and blank lines has followed so far. */
  #comments = -1;

  line(line: Line, sink: RecordSink): void {
    if (firstByte(line) === hash) {
      if (this.#comments === -1) this.#comments = line.offset;
    } else if (startsWith(line, molecule)) {
      sink.begin(this.#comments === -1 ? line.offset : this.#comments);
      this.#begun = true;
      this.#comments = -1;
    } else if (!isBlank(line)) {
      this.#comments = -1;
      if (!this.#begun) {
        throw malformed(
          `found ${quoteLine(line)}; expected a molecule, which begins with "${molecule}"`,
          line.offset,
        );
      }
    }
  }
}

/** MOL2 of Tripos. */
export const mol2: RecordFormat = {
  name: 'mol2',
  description:
    'MOL2: a record is a molecule, from its line "@<TRIPOS>MOLECULE" and the comments right before it.',
  fileExtensions: ['mol2'],
  galaxyDatatypes: ['mol2'],
  scanner: () => new LineScanner('MOL2', new Mol2Grammar()),
};
