import { type Line, quoteLine, startsWith } from '../lines/line.ts';
import type { RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import { quoteText } from '../signatures.ts';
import { AttributeKeys, findValues, type Span } from './attributes.ts';
import type { FeatureRules } from './feature-lines.ts';
import { NameTable } from './name-table.ts';
import { OpenRecords, openLines } from './open-records.ts';

const comma = 0x2c;
const allClosed = Buffer.from('###');
const keys = new AttributeKeys(['ID=', 'Parent=', 'Derives_from=']);
const advice = 'sort the file so that they stand together, e.g. with `gt gff3 -sort -retainids`';

/** A feature that named a parent which had not come yet. */
interface Child {
  readonly line: number;
  readonly offset: number;
}

/** Keeps features together that GFF3 connects: lines of one ID, and features with what they are parts of. */
export class Families implements FeatureRules {
  readonly #names = new NameTable();
  readonly #records = new OpenRecords();
  readonly #id: Span = { from: 0, to: 0 };
  readonly #parent: Span = { from: 0, to: 0 };
  readonly #origin: Span = { from: 0, to: 0 };
  readonly #values = [this.#id, this.#parent, this.#origin];
  /** Children by the name of the parent that is to come, in the order of the file. */
  readonly #awaited = new Map<string, Child>();
  /** The parent of the line before, for most lines have the same: it need not be looked up again. */
  #lastParent = Buffer.alloc(0);
  #lastParentLine = 0;

  feature(line: Line, attributes: number, number: number, sink: RecordSink): void {
    this.#records.settle(number, sink);
    this.#refuseOrphan(number - openLines);
    if (number === 1) refuseOther(line, attributes);
    findValues(line, attributes, keys, this.#values);
    // The earliest line that this one belongs to.
    let earliest = number;
    earliest = this.#joinParents(line, this.#parent, number, earliest);
    earliest = this.#joinParents(line, this.#origin, number, earliest);
    if (this.#id.to > this.#id.from) earliest = this.#joinNamesakes(line, number, earliest);
    if (earliest === number) this.#records.begin(line.offset, number);
    else if (!this.#records.join(earliest)) throw this.#torn(line);
  }

  comment(line: Line, number: number, sink: RecordSink): void {
    if (!startsWith(line, allClosed) || line.length > allClosed.length) return;
    this.end(number, sink);
    this.#names.clear();
    this.#lastParentLine = 0;
  }

  end(number: number, sink: RecordSink): void {
    this.#refuseOrphan(number);
    this.#records.closeAll(number, sink);
  }

  #joinParents(line: Line, names: Span, number: number, earliest: number): number {
    let joined = earliest;
    for (let from = names.from; from < names.to; ) {
      // Byte by byte: a search would run on through the whole chunk.
      let to = from;
      while (to < names.to && line.bytes[to] !== comma) to += 1;
      const parent = this.#lineOfParent(line.bytes, from, to);
      if (parent === 0) this.#await(line, from, to, number);
      else joined = Math.min(joined, parent);
      from = to + 1;
    }
    return joined;
  }

  #lineOfParent(bytes: Buffer, from: number, to: number): number {
    const last = this.#lastParent;
    if (this.#lastParentLine !== 0 && last.length === to - from && isSame(last, bytes, from)) {
      return this.#lastParentLine;
    }
    const found = this.#find(bytes, from, to);
    if (found !== 0) {
      this.#lastParent = Buffer.from(bytes.subarray(from, to));
      this.#lastParentLine = found;
    }
    return found;
  }

  #find(bytes: Buffer, from: number, to: number): number {
    this.#names.begin();
    this.#names.mix(bytes, from, to);
    return this.#names.find();
  }

  #await(line: Line, from: number, to: number, number: number): void {
    const name = line.bytes.toString('latin1', from, to);
    if (!this.#awaited.has(name)) this.#awaited.set(name, { line: number, offset: line.offset });
  }

  #joinNamesakes(line: Line, number: number, earliest: number): number {
    const { from, to } = this.#id;
    const namesake = this.#find(line.bytes, from, to);
    if (namesake !== 0) return Math.min(earliest, namesake);
    if (this.#names.isFull) {
      const text =
        'found more features than can be kept in mind; put "###" lines between those that are independent';
      throw malformed(`${text}, e.g. with \`gt gff3 -sort -retainids\``, line.offset);
    }
    this.#names.add(number);
    return this.#awaited.size === 0 ? earliest : this.#joinChildren(line, earliest);
  }

  #joinChildren(line: Line, earliest: number): number {
    const name = line.bytes.toString('latin1', this.#id.from, this.#id.to);
    const child = this.#awaited.get(name);
    if (child === undefined) return earliest;
    this.#awaited.delete(name);
    return Math.min(earliest, child.line);
  }

  /** Refuses a child up to this line whose parent has not come. */
  #refuseOrphan(upTo: number): void {
    if (this.#awaited.size === 0) return;
    for (const [name, { line, offset }] of this.#awaited) {
      if (line > upTo) return;
      const text =
        `found a feature of the parent ${quoteText(name)}, which stands neither before it nor among the ` +
        `${openLines} features after it, up to the next "###"; ${advice}`;
      throw malformed(text, offset);
    }
  }

  #torn(line: Line): Error {
    const text =
      `found ${quoteLine(line)}, which belongs to a feature more than ${openLines} features before it, or before a line ` +
      `"###", so that a part might have one without the other; ${advice}; or, if they only share an ID, give each its own`;
    return malformed(text, line.offset);
  }
}

const isSame = (name: Buffer, bytes: Buffer, from: number): boolean => {
  for (let index = 0; index < name.length; index += 1) if (name[index] !== bytes[from + index]) return false;
  return true;
};

/** GFF2 and GTF have the same columns, but do not tell parents: their features would all stand alone. */
const refuseOther = (line: Line, attributes: number): void => {
  const text = line.bytes.toString('latin1', attributes, line.to).trim();
  if (text === '' || text === '.' || text.includes('=')) return;
  const found = `found the attributes ${JSON.stringify(text.slice(0, 30))}; expected those of GFF3, such as ID=gene1`;
  const hint = text.includes('gene_id')
    ? '. It looks like GTF: choose the format gtf'
    : '. If it is GFF 2, whose features stand by themselves, choose the format interval';
  throw malformed(`${found}${hint}`, line.offset);
};
