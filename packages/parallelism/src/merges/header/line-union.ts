import { type NumberedPart, nameOfPart, wrongPart } from '../files/name-part.ts';
import type { HeaderUnion } from './join-frames.ts';
import type { PartFrame } from './part-frame.ts';

const version = /^##\s*gff-version\s+(\S+)/;

const linesOf = (header: Uint8Array): string[] =>
  Buffer.from(header)
    .toString('latin1')
    .split('\n')
    .filter((line, index, lines) => index < lines.length - 1 || line !== '');

/**
 * Unites headers line by line: those of the first part, and behind them what others have besides. So it is in GFF3,
 * where a line tells of a sequence (`##sequence-region`) that may be in some parts only.
 */
export class LineUnion implements HeaderUnion {
  readonly #lines: string[] = [];
  readonly #known = new Set<string>();
  #first:
    | { readonly part: NumberedPart; readonly header: Uint8Array; readonly version: string | undefined }
    | undefined;
  #changed = false;

  add({ part, header }: PartFrame): void {
    const lines = linesOf(header);
    const found = lines.map((line) => version.exec(line)?.[1]).find((text) => text !== undefined);
    if (this.#first !== undefined && found !== this.#first.version) {
      const text = `is of version ${found ?? 'unknown'} of GFF, expected ${this.#first.version ?? 'one without a version'} as in ${nameOfPart(this.#first.part)}`;
      throw wrongPart(part, text, { line: 1 });
    }
    const isFirst = this.#first === undefined;
    this.#first ??= { part, header, version: found };
    for (const line of lines) this.#addLine(line, isFirst);
  }

  get header(): Uint8Array {
    if (!this.#changed) return this.#first?.header ?? new Uint8Array(0);
    return Buffer.from(`${this.#lines.join('\n')}\n`, 'latin1');
  }

  #addLine(line: string, isFirst: boolean): void {
    const identity = line.trimEnd();
    if (!isFirst && this.#known.has(identity)) return;
    this.#known.add(identity);
    this.#lines.push(line);
    this.#changed ||= !isFirst;
  }
}
