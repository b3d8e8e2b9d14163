import { encode, openDecoded, type RecordFormat, type WrittenCompression } from '@galaxy-mesos/formats';
import { type NumberedPart, wrongPart } from '../files/name-part.ts';
import { writeScratch } from '../files/result-file.ts';
import { readFrame } from '../header/part-frame.ts';
import { Territory } from './territory.ts';

/** Where lines say at which place they begin. */
export interface PlaceColumns {
  /** Counted from 1. */
  readonly contig: number;
  /** Counted from 1. */
  readonly position: number;
  /** What the first base of a sequence is called. */
  readonly base: 0 | 1;
}

interface Trim {
  readonly part: NumberedPart;
  readonly format: RecordFormat;
  readonly columns: PlaceColumns;
  readonly destination: string;
  readonly signal: AbortSignal | undefined;
}

const newline = 0x0a;
const hash = 0x23;

/** So much is gathered before it is compressed or written. */
const batchSize = 256 * 1024;

/** Writes what of a part's result is header, comment, or begins in the part's own region; compressed as it was. */
export async function trimPart({ part, format, columns, destination, signal }: Trim): Promise<void> {
  const { from, compression, isEmpty } = await readFrame(part, format, signal);
  if (isEmpty) return writeScratch({ destination, signal }, () => Promise.resolve());
  const territory = new Territory(part);
  const isKept = (line: Buffer): boolean => {
    if (line[0] === hash || line.length === 0) return true;
    const { contig, position } = placeOf(part, line, columns);
    return territory.has(contig, position);
  };
  await writeScratch({ destination, signal }, async (result) => {
    await result.writeAll(encode(keptOf(part, { from, isKept, signal }), written(part, compression)));
  });
}

function written(part: NumberedPart, compression: string): WrittenCompression {
  if (compression === 'none' || compression === 'gzip' || compression === 'bgzf' || compression === 'zstd')
    return compression;
  throw wrongPart(part, `is compressed by ${compression}; expected plain text, gzip, bgzip or zstd`);
}

interface Keeping {
  /** Where the header ends, in bytes of the content. */
  readonly from: number;
  /** Is asked for each line behind the header, without its end. */
  isKept(line: Buffer): boolean;
  readonly signal: AbortSignal | undefined;
}

async function* keptOf(part: NumberedPart, { from, isKept, signal }: Keeping): AsyncGenerator<Uint8Array> {
  await using source = await openDecoded(part.path, { signal });
  let header = from;
  let rest = Buffer.alloc(0);
  let batch: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    const inHeader = Math.min(header, chunk.length);
    header -= inHeader;
    // The source uses its memory again, and what is kept stays longer than that.
    if (inHeader > 0) yield Uint8Array.from(chunk.subarray(0, inHeader));
    const bytes = Buffer.concat([rest, chunk.subarray(inHeader)]);
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      if (isKept(bytes.subarray(start, end))) {
        batch.push(bytes.subarray(start, end + 1));
        size += end + 1 - start;
      }
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (size < batchSize) continue;
    yield Buffer.concat(batch);
    batch = [];
    size = 0;
  }
  if (rest.length > 0 && isKept(rest)) batch.push(rest);
  yield Buffer.concat(batch);
}

function placeOf(
  part: NumberedPart,
  line: Buffer,
  { contig, position, base }: PlaceColumns,
): { readonly contig: string; readonly position: number } {
  const cells = line.toString('latin1').split('\t', Math.max(contig, position));
  const [name, text] = [cells[contig - 1], cells[position - 1]];
  if (name === undefined || text === undefined || !/^\d+\r?$/.test(text)) {
    const quoted = JSON.stringify(line.toString('latin1', 0, 80));
    throw wrongPart(part, `expected a position in column ${position}, found the line ${quoted}`);
  }
  return { contig: name, position: Number.parseInt(text, 10) - base };
}
