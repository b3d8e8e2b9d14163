import { type Compression, openDecoded, type RecordFormat, scanRecords } from '@galaxy-mesos/formats';
import type { NumberedPart } from '../files/name-part.ts';

/** What of the result of a part is header, and what are records. */
export interface PartFrame {
  readonly part: NumberedPart;
  readonly compression: Compression;
  /** What precedes and follows records in a file of the format; see `Frame` of the package formats. */
  readonly header: Uint8Array;
  readonly footer: Uint8Array;
  /** Where the records begin, in bytes of the decompressed content. */
  readonly from: number;
  /** Where they end; `undefined`: where the content ends. */
  readonly to: number | undefined;
  /** Nothing is in it, not even a header. */
  readonly isEmpty: boolean;
}

/** Reads no further than to the first record, unless the format has something after the last one. */
export const readFrame = async (
  part: NumberedPart,
  format: RecordFormat,
  signal: AbortSignal | undefined,
): Promise<PartFrame> => {
  await using source = await openDecoded(part.path, { signal });
  const { compression } = source;
  const scan = scanRecords(format, source);
  let first: number | undefined;
  for await (const starts of scan.starts) {
    first ??= starts[0];
    if (first !== undefined && scan.frame.footer.length === 0) break;
  }
  const { header, footer } = scan.frame;
  const to = scan.bodyEnd;
  const from = header.length === 0 ? 0 : (first ?? to ?? 0);
  return { part, compression, header, footer, from, to, isEmpty: first === undefined && to === 0 };
};
