import { type Line, quoteLine } from '../lines/line.ts';
import { LineScanner, type RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';
import { quoteText } from '../signatures.ts';
import { findQuotedValue } from './attributes.ts';
import { FeatureLines, type FeatureRules } from './feature-lines.ts';
import { NameTable } from './name-table.ts';
import { OpenRecords, openLines } from './open-records.ts';

const tab = 0x09;
const key = Buffer.from('gene_id ');
const noGene = Buffer.alloc(0);

/** Keeps the lines of a gene together. Its name may be used again on another sequence: that is another gene. */
class Genes implements FeatureRules {
  readonly #names = new NameTable();
  readonly #records = new OpenRecords();
  readonly #gene = { from: 0, to: 0 };
  /** The sequence and the gene of the line before, for most lines have the same: they need not be looked up again. */
  #lastSequence = Buffer.alloc(0);
  #lastGene: Buffer = noGene;

  feature(line: Line, attributes: number, number: number, sink: RecordSink): void {
    this.#records.settle(number, sink);
    if (!findQuotedValue(line, attributes, key, this.#gene)) {
      throw malformed(
        `found ${quoteLine(line)} without gene_id; expected one in every feature of GTF`,
        line.offset,
      );
    }
    const { from, to } = this.#gene;
    if (from < to && this.#isLast(line)) return;
    const earlier = from === to ? this.#passNameless() : this.#lookUp(line, number);
    if (earlier === 0) this.#records.begin(line.offset, number);
    else if (!this.#records.join(earlier)) throw this.#torn(line);
  }

  end(number: number, sink: RecordSink): void {
    this.#records.closeAll(number, sink);
  }

  #passNameless(): number {
    this.#lastGene = noGene;
    return 0;
  }

  #isLast({ bytes, from }: Line): boolean {
    const [sequence, gene] = [this.#lastSequence, this.#lastGene];
    if (gene.length !== this.#gene.to - this.#gene.from || !isAt(bytes, this.#gene.from, gene)) return false;
    return bytes[from + sequence.length] === tab && isAt(bytes, from, sequence);
  }

  #lookUp({ bytes, from, offset }: Line, number: number): number {
    const end = bytes.indexOf(tab, from);
    const gene = this.#gene;
    this.#lastSequence = Buffer.from(bytes.subarray(from, end));
    this.#lastGene = Buffer.from(bytes.subarray(gene.from, gene.to));
    this.#names.begin();
    this.#names.mix(bytes, from, end);
    this.#names.mix(bytes, gene.from, gene.to);
    const earlier = this.#names.find();
    if (earlier !== 0) return earlier;
    if (this.#names.isFull)
      throw malformed('found more genes than can be kept in mind; cut the file first', offset);
    this.#names.add(number);
    return 0;
  }

  #torn(line: Line): Error {
    const gene = line.bytes.toString('latin1', this.#gene.from, this.#gene.to);
    const text =
      `found a feature of the gene ${quoteText(gene)}, other features of which stand on the same sequence more than ` +
      `${openLines} features before, with other genes between; sort the file by sequence and place, or give copies of ` +
      'a gene a gene_id each';
    return malformed(text, line.offset);
  }
}

const isAt = (bytes: Buffer, at: number, text: Buffer): boolean => {
  for (let index = 0; index < text.length; index += 1) if (bytes[at + index] !== text[index]) return false;
  return true;
};

/** GTF: all lines of a gene, and those of the genes that overlap with it in the file, are a record. */
export const gtf: RecordFormat = {
  name: 'gtf',
  description:
    'GTF: a record is the features of a gene_id; lines at the top up to the last that begins with "##" or "#!" ' +
    'are the header.',
  fileExtensions: ['gtf', 'gff2'],
  galaxyDatatypes: ['gtf'],
  scanner: () => new LineScanner('GTF', new FeatureLines(new Genes())),
};
