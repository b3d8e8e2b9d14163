import { type Compression, detectCompression } from '../compression/compression.ts';
import { openDecoded } from '../compression/open-decoded.ts';
import { sniffFormat } from './sniff-format.ts';

/** Enough for some records of any format. */
const telling = 64 * 1024;

/** What the bytes of a file tell of it, whatever its name is. */
export interface SniffedFile {
  /** See {@link sniffFormat}; of the decompressed file. */
  readonly datatype: string;
  readonly compression: Compression;
}

/** What a file is by its beginning; `undefined` if there is nothing in it. Of bzip2 and xz the contents are not known. */
export async function sniffFile(path: string): Promise<SniffedFile | undefined> {
  const compression = await detectCompression(path);
  if (compression === 'bzip2' || compression === 'xz') return { datatype: 'data', compression };
  await using source = await openDecoded(path);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    chunks.push(chunk.subarray(0, telling - length));
    length += chunks.at(-1)?.length ?? 0;
    if (length >= telling) break;
  }
  const datatype = sniffFormat(Buffer.concat(chunks));
  return datatype === undefined ? undefined : { datatype, compression };
}
