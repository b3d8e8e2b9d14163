import { type BamHeader, openSource, readBamHeader } from '@galaxy-mesos/formats';
import { expectMarker } from '../files/bgzf-body.ts';
import { type NumberedPart, nameOfPart, withPart, wrongPart } from '../files/name-part.ts';
import { SamHeaders } from '../sam/sam-headers.ts';

/** A part of which the header was read. */
export interface BamPart {
  readonly part: NumberedPart;
  readonly header: BamHeader;
  /** The united numbers of its references; absent: they are the same. */
  readonly translation: Int32Array | undefined;
}

/** The parts, and the header for all of them. */
export interface UnitedBam {
  readonly parts: readonly [BamPart, ...BamPart[]];
  readonly text: string;
  readonly references: readonly { readonly name: string; readonly length: number }[];
  /** Whether the united header is that of the first part, byte for byte. */
  readonly isFirst: boolean;
}

class References {
  readonly list: { readonly name: string; readonly length: number }[] = [];
  readonly #known = new Map<string, { readonly index: number; readonly part: NumberedPart }>();

  /** Answers the united numbers of the references of a header, or `undefined` if these are the same. */
  add(part: NumberedPart, { references }: BamHeader): Int32Array | undefined {
    const numbers = new Int32Array(references.length);
    let isSame = true;
    for (const [index, reference] of references.entries()) {
      numbers[index] = this.#numberOf(part, reference);
      isSame &&= numbers[index] === index;
    }
    return isSame ? undefined : numbers;
  }

  #numberOf(part: NumberedPart, { name, length }: { name: string; length: number }): number {
    const known = this.#known.get(name);
    if (known === undefined) {
      this.#known.set(name, { index: this.list.length, part });
      return this.list.push({ name, length }) - 1;
    }
    const expected = this.list[known.index]?.length;
    if (expected === length) return known.index;
    const text = `the reference ${name} has ${length} bases, expected ${expected} as in ${nameOfPart(known.part)}; were the parts made with the same reference?`;
    throw wrongPart(part, text);
  }
}

/** Reads the headers of all parts and unites them; see {@link SamHeaders}. */
export const uniteBam = async (
  parts: readonly NumberedPart[],
  signal: AbortSignal | undefined,
): Promise<UnitedBam> => {
  const headers = new SamHeaders();
  const references = new References();
  let first: BamPart | undefined;
  const others: BamPart[] = [];
  for (const part of parts) {
    await withPart(part, async () => {
      await using file = await openSource(part.path, { signal });
      const header = await readBamHeader(file);
      await expectMarker(part.path, signal);
      headers.add(part, header.text);
      const translation = references.add(part, header);
      if (first === undefined) first = { part, header, translation };
      else {
        // What is the same in every part is held once.
        const isSame =
          translation === undefined && header.references.length === first.header.references.length;
        const list = isSame ? first.header.references : header.references;
        others.push({ part, header: { ...header, text: '', references: list }, translation });
      }
    });
  }
  if (first === undefined) throw new Error('there are no parts');
  const isFirst =
    headers.text === first.header.text && references.list.length === first.header.references.length;
  return { parts: [first, ...others], text: headers.text, references: references.list, isFirst };
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** The header as BAM has it, decompressed. */
export const bamHeaderBytes = ({ text, references }: Pick<UnitedBam, 'text' | 'references'>): Buffer => {
  const bytes = Buffer.from(text);
  const list = references.flatMap(({ name, length }) => {
    const terminated = Buffer.from(`${name}\0`);
    return [int32(terminated.length), terminated, int32(length)];
  });
  return Buffer.concat([
    Buffer.from('BAM\x01', 'latin1'),
    int32(bytes.length),
    bytes,
    int32(references.length),
    ...list,
  ]);
};
