import { ContentReader } from '../bgzf/content-reader.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';

/** A sequence to which reads are aligned. */
export interface BamReference {
  readonly name: string;
  /** In bases. */
  readonly length: number;
}

/** What precedes the records of a BAM file. */
export interface BamHeader {
  /** The header as SAM has it: lines that begin with `@`. */
  readonly text: string;
  readonly references: readonly BamReference[];
  /** Where the first record begins, or the file ends. */
  readonly end: VirtualOffset;
}

/** Headers of assemblies in millions of contigs take some 100 MB; what claims to be longer is damaged. */
const maximalTextSize = 1024 * 1024 * 1024;
const maximalNameSize = 64 * 1024;

class HeaderReader {
  readonly #content: ContentReader;
  readonly #file: RandomAccessFile;

  constructor(file: RandomAccessFile) {
    this.#file = file;
    this.#content = new ContentReader(file);
  }

  get position(): VirtualOffset {
    return this.#content.position;
  }

  async bytes(length: number): Promise<Buffer> {
    const bytes = await this.#content.take(length);
    if (bytes.length === length) return bytes;
    throw this.malformed(
      'the file ends within its header: it is incomplete; get it again from where it came from',
    );
  }

  async length(what: string, least: number, most: number): Promise<number> {
    const length = (await this.bytes(4)).readInt32LE(0);
    if (length >= least && length <= most) return length;
    throw this.malformed(
      `${what} is said to be ${length}, expected ${least} to ${most}: the header is damaged`,
    );
  }

  malformed(text: string): FormatError {
    return new FormatError('MALFORMED', text, {
      path: this.#file.path,
      offset: this.#content.position.block,
    });
  }
}

const textOf = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
};

const readReference = async (reader: HeaderReader): Promise<BamReference> => {
  const nameSize = await reader.length('the length of the name of a reference', 1, maximalNameSize);
  const bytes = await reader.bytes(nameSize + 4);
  const length = bytes.readInt32LE(nameSize);
  if (bytes[nameSize - 1] === 0 && length >= 0) return { name: textOf(bytes), length };
  throw reader.malformed('expected the name and the length of a reference: the header is damaged');
};

/**
 * Reads the header of a BAM file (section 4.2 of the SAM specification).
 * @throws FormatError MALFORMED with the offset of the BGZF block, if it is not one of BAM, damaged or incomplete
 */
export const readBamHeader = async (file: RandomAccessFile): Promise<BamHeader> => {
  const reader = new HeaderReader(file);
  const magic = await reader.bytes(4);
  if (magic.toString('latin1') !== 'BAM\x01') {
    throw reader.malformed('expected a BAM file; this is BGZF of something else');
  }
  const text = textOf(await reader.bytes(await reader.length('the length of its text', 0, maximalTextSize)));
  const count = await reader.length('the number of references', 0, 0x7fffffff);
  const references: BamReference[] = [];
  for (let index = 0; index < count; index += 1) references.push(await readReference(reader));
  return { text, references, end: reader.position };
};
