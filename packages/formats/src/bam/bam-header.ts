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

/** What of a header tells how the records are to be read. */
export interface BamReferences {
  readonly references: readonly BamReference[];
  /** Where the first record begins, or the file ends. */
  readonly end: VirtualOffset;
}

/** What precedes the records of a BAM file. */
export interface BamHeader extends BamReferences {
  /** The header as SAM has it: lines that begin with `@`. */
  readonly text: string;
}

/** Headers of assemblies in millions of contigs take some 100 MB; what claims to be longer is damaged. */
const maximalTextSize = 256 * 1024 * 1024;
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
    throw this.#tooShort();
  }

  async skip(length: number): Promise<void> {
    if ((await this.#content.skip(length)) < length) throw this.#tooShort();
  }

  async length(what: string, least: number, most: number): Promise<number> {
    const length = (await this.bytes(4)).readInt32LE(0);
    if (length >= least && length <= most) return length;
    throw this.malformed(
      `${what} is said to be ${length}, expected ${least} to ${most}: the header is damaged`,
    );
  }

  #tooShort(): FormatError {
    return this.malformed(
      'the file ends within its header: it is incomplete; get it again from where it came from',
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

const begin = async (file: RandomAccessFile): Promise<{ reader: HeaderReader; textSize: number }> => {
  const reader = new HeaderReader(file);
  const magic = await reader.bytes(4);
  if (magic.toString('latin1') !== 'BAM\x01') {
    throw reader.malformed('expected a BAM file; this is BGZF of something else');
  }
  return { reader, textSize: await reader.length('the length of its text', 0, maximalTextSize) };
};

const finish = async (reader: HeaderReader): Promise<BamReferences> => {
  const count = await reader.length('the number of references', 0, 0x7fffffff);
  const references: BamReference[] = [];
  for (let index = 0; index < count; index += 1) references.push(await readReference(reader));
  return { references, end: reader.position };
};

/**
 * Reads the header of a BAM file (section 4.2 of the SAM specification).
 * @throws FormatError MALFORMED with the offset of the BGZF block, if it is not one of BAM, damaged or incomplete
 */
export const readBamHeader = async (file: RandomAccessFile): Promise<BamHeader> => {
  const { reader, textSize } = await begin(file);
  const text = textOf(await reader.bytes(textSize));
  return { text, ...(await finish(reader)) };
};

/** The same without the text, which is as long again, and nobody needs who cuts. */
export const readBamReferences = async (file: RandomAccessFile): Promise<BamReferences> => {
  const { reader, textSize } = await begin(file);
  await reader.skip(textSize);
  return finish(reader);
};
