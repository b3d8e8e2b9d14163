import { wrongPart } from '../files/name-part.ts';
import type { HeaderUnion } from '../header/join-frames.ts';
import type { PartFrame } from '../header/part-frame.ts';
import { fieldOf, SamHeaders } from './sam-headers.ts';

/** One header for all parts, each of which has one, or none has. */
export class SamHeaderUnion implements HeaderUnion {
  readonly #headers = new SamHeaders();
  #hasHeader: boolean | undefined;

  add({ part, header }: PartFrame): void {
    const hasHeader = header.length > 0;
    this.#hasHeader ??= hasHeader;
    if (hasHeader !== this.#hasHeader) {
      const [found, expected] = hasHeader ? ['has a header', 'none'] : ['has no header', 'one'];
      throw wrongPart(part, `${found}, expected ${expected} as in the parts before it`, { line: 1 });
    }
    if (hasHeader) this.#headers.add(part, Buffer.from(header).toString('latin1'));
  }

  get header(): Uint8Array {
    return Buffer.from(this.#headers.text, 'latin1');
  }

  /** Whether the header says that reads are in the order of the references. */
  get isSorted(): boolean {
    return fieldOf(this.#headers.lines('@HD')[0] ?? '', 'SO') === 'coordinate';
  }

  /** The place of each reference in the order of the header; reads without one come last. */
  get contigs(): ReadonlyMap<string, number> {
    const names = this.#headers.lines('@SQ').map((line) => fieldOf(line, 'SN') ?? '');
    const places = names.map((name, index) => [name, index] as const);
    return new Map([...places, ['*', Number.POSITIVE_INFINITY] as const]);
  }
}
