import { ContentReader } from '../bgzf/content-reader.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import type { NamedReference } from '../indexes/work.ts';
import { contigsOf } from '../vcf/contigs.ts';

/** What precedes the records of a BCF file. */
export interface BcfHeader {
  /** As VCF has it. */
  readonly text: string;
  /** By the numbers that records have. */
  readonly references: readonly NamedReference[];
  /** Where the first record begins, or the file ends. */
  readonly end: VirtualOffset;
}

/** What claims to be longer is damaged. */
const maximalTextSize = 256 * 1024 * 1024;

/** Reads the header of a BCF file, version 2 (section 6.2 of the VCF specification). */
export const readBcfHeader = async (file: RandomAccessFile): Promise<BcfHeader> => {
  const content = new ContentReader(file);
  const malformed = (text: string): FormatError => new FormatError('MALFORMED', text, { path: file.path });
  const beginning = await content.take(9);
  if (beginning.length < 9 || beginning.toString('latin1', 0, 4) !== 'BCF\x02') {
    throw malformed('expected a BCF file of version 2; this is BGZF of something else');
  }
  const size = beginning.readUInt32LE(5);
  const bytes = size <= maximalTextSize ? await content.take(size) : Buffer.alloc(0);
  if (bytes.length < size) throw malformed('the file ends within its header: it is incomplete; get it again');
  const text = bytes.toString('utf8').replace(/\0+$/, '');
  return { text, references: contigsOf(text.split(/\r?\n/)), end: content.position };
};
