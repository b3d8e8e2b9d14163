import { type NumberedPart, nameOfPart, wrongPart } from '../files/name-part.ts';
import type { HeaderUnion } from '../header/join-frames.ts';
import type { PartFrame } from '../header/part-frame.ts';

const structured = /^##([^=]+)=<(.*)>\s*$/;
const plain = /^##([^=]+)=/;

interface HeaderLine {
  readonly line: string;
  readonly part: NumberedPart;
}

/** The value of a field of a structured line, such as ID. */
const fieldOf = (line: string, field: string): string | undefined =>
  new RegExp(`[<,]${field}=("(?:[^"\\\\]|\\\\.)*"|[^,>]*)`).exec(line)?.[1];

/** The key of a line, such as `INFO`, after which others of the same key are put. */
const keyOf = (line: string): string => plain.exec(line)?.[1] ?? line;

/** What makes two lines the same: the key and the ID, or the key alone, as bcftools has it. */
const identityOf = (line: string): string => {
  const key = keyOf(line);
  return structured.test(line) ? `${key}\t${fieldOf(line, 'ID') ?? line}` : key;
};

const shown = (line: string): string => JSON.stringify(line.slice(0, 100));

/** What readers must know of a declaration to read values. */
const declared = ['Number', 'Type', 'length'] as const;

/**
 * Unites headers of VCF: the lines of the first, and what others declare besides. Lines without an ID, such as the
 * command that made the file, are those of the first. The samples must be the same.
 */
export class VcfHeaderUnion implements HeaderUnion {
  readonly #lines: string[] = [];
  readonly #known = new Map<string, HeaderLine>();
  #columns: HeaderLine | undefined;
  #first: Uint8Array = new Uint8Array(0);
  #changed = false;

  add({ part, header }: PartFrame): void {
    const lines = Buffer.from(header)
      .toString('latin1')
      .split('\n')
      .map((line) => line.replace(/\r$/, ''));
    const isFirst = this.#columns === undefined;
    if (isFirst) this.#first = header;
    for (const [index, line] of lines.entries()) {
      if (line.startsWith('##')) this.#addLine({ line, part }, isFirst, index + 1);
      else if (line.startsWith('#')) this.#addColumns({ line, part }, index + 1);
    }
  }

  get header(): Uint8Array {
    if (!this.#changed) return this.#first;
    return Buffer.from(`${[...this.#lines, this.#columns?.line].join('\n')}\n`, 'latin1');
  }

  /** The place of each sequence in the order of the header. */
  get contigs(): ReadonlyMap<string, number> {
    const names = this.#lines
      .filter((line) => line.startsWith('##contig=<'))
      .map((line) => fieldOf(line, 'ID') ?? '');
    return new Map(names.map((name, index) => [name, index]));
  }

  #addLine({ line, part }: HeaderLine, isFirst: boolean, number: number): void {
    const identity = identityOf(line);
    const known = this.#known.get(identity);
    if (known !== undefined) {
      if (isFirst) this.#lines.push(line);
      else this.#expectAgreement(known, { line, part }, number);
      return;
    }
    this.#known.set(identity, { line, part });
    if (isFirst) {
      this.#lines.push(line);
      return;
    }
    this.#changed = true;
    const key = keyOf(line);
    const after = this.#lines.findLastIndex((other) => keyOf(other) === key);
    this.#lines.splice(after === -1 ? this.#lines.length : after + 1, 0, line);
  }

  #expectAgreement(known: HeaderLine, { line, part }: HeaderLine, number: number): void {
    if (!structured.test(line)) return;
    const differing = declared.find((field) => fieldOf(known.line, field) !== fieldOf(line, field));
    if (differing === undefined) return;
    const text = `found ${shown(line)}, whose ${differing} differs from ${shown(known.line)} of ${nameOfPart(known.part)}`;
    throw wrongPart(part, text, { line: number });
  }

  #addColumns({ line, part }: HeaderLine, number: number): void {
    this.#columns ??= { line, part };
    if (this.#columns.line === line) return;
    const [expected, found] = [this.#columns.line.split('\t'), line.split('\t')];
    const at = expected.findIndex((name, index) => name !== found[index]);
    const place = at === -1 ? expected.length : at;
    const text =
      `expected the samples of ${nameOfPart(this.#columns.part)} in the same order: column ${place + 1} is ` +
      `${shown(found[place] ?? 'missing')} in the place of ${shown(expected[place] ?? 'none')}; ` +
      'parts with other samples are joined by `bcftools merge`';
    throw wrongPart(part, text, { line: number });
  }
}
