import { type Compression, FormatError } from '@galaxy-mesos/formats';
import { type NumberedPart, nameOfPart } from './name-part.ts';

/** A part, and how its file is compressed. */
export interface CompressedPart {
  readonly part: NumberedPart;
  readonly compression: Compression;
}

/** @throws FormatError MALFORMED if a part is compressed in another way than the first */
export const expectSameCompression = (first: CompressedPart, { part, compression }: CompressedPart): void => {
  if (compression === first.compression) return;
  const text = `expected it to be compressed like ${nameOfPart(first.part)} (${first.compression}), found ${compression}`;
  throw new FormatError('MALFORMED', text, { path: part.path, offset: 0 });
};
