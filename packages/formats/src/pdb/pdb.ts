import { isBlank, type Line, quoteLine, startsWith } from '../lines/line.ts';
import { type LineGrammar, LineScanner, type RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';

const model = Buffer.from('MODEL ');
const end = Buffer.from('END\n');
const endOfModel = Buffer.from('ENDMDL');
const known = /^[A-Z][A-Z0-9]{2,5}\b/;

/** Follows the models of one file. */
class PdbGrammar implements LineGrammar {
  readonly hasHeader = true;
  #state: 'start' | 'before' | 'model' | 'between' | 'after' = 'start';
  #start = 0;

  /** Of a structure without models, the one part is the whole file. */
  get footer(): Buffer | undefined {
    return this.#state === 'model' ? end : undefined;
  }

  line(line: Line, sink: RecordSink): void {
    if (this.#state === 'start') this.#first(line);
    if (startsWith(line, model)) this.#begin(line, sink);
    else if (startsWith(line, endOfModel)) this.#end(line);
    else if (this.#state === 'between' && !isBlank(line)) {
      this.#state = 'after';
      sink.endBody(line.offset);
    }
  }

  end(sink: RecordSink): void {
    if (this.#state === 'model') {
      const text =
        'the file ends within this model, which no line "ENDMDL" ends; was it cut short? Make or fetch it again';
      throw malformed(text, this.#start);
    }
    // A structure without models is a record as a whole.
    if (this.#state === 'before') sink.begin(0);
  }

  #first(line: Line): void {
    if (isBlank(line)) return;
    const beginning = line.bytes.toString('latin1', line.from, Math.min(line.to, line.from + 8));
    if (!known.test(beginning)) {
      throw malformed(
        `found ${quoteLine(line)}; expected a line of PDB, such as HEADER, MODEL or ATOM`,
        line.offset,
      );
    }
    this.#state = 'before';
  }

  #begin(line: Line, sink: RecordSink): void {
    if (this.#state === 'model' || this.#state === 'after') {
      const before = this.#state === 'model' ? 'the model before ends' : 'what follows the last model';
      const text = `found ${quoteLine(line)} ${this.#state === 'model' ? 'before' : 'after'} ${before}`;
      throw malformed(`${text}; expected models one after the other, each from MODEL to ENDMDL`, line.offset);
    }
    this.#state = 'model';
    this.#start = line.offset;
    sink.begin(line.offset);
  }

  #end(line: Line): void {
    if (this.#state !== 'model') {
      throw malformed(
        `found ${quoteLine(line)} where no model is open; expected "MODEL" before it`,
        line.offset,
      );
    }
    this.#state = 'between';
  }
}

/**
 * PDB by its models. Each part has what precedes the first model, and ends with `END`; what follows the last one in the
 * file, such as CONECT and MASTER, is in none.
 */
export const pdb: RecordFormat = {
  name: 'pdb',
  description: 'PDB: a record is a model, from MODEL to ENDMDL; what precedes the first is the header.',
  fileExtensions: ['pdb', 'ent'],
  galaxyDatatypes: ['pdb'],
  scanner: () => new LineScanner('PDB', new PdbGrammar()),
};
