import { blockWindows, contentOf } from '../bgzf/block-windows.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import { type BamReferences, readBamReferences } from './bam-header.ts';
import { BamRecordScanner, type BamScanOptions } from './record-scanner.ts';

/** The blocks in which a record may have begun of which the scanner has not yet told. */
class Trail {
  #blocks: { readonly offset: number; readonly contentOffset: number }[] = [];

  enter(offset: number, contentOffset: number): void {
    this.#blocks.push({ offset, contentOffset });
  }

  /** Where a place of the content is in the file; for places in rising order. */
  locate(place: number): VirtualOffset {
    while ((this.#blocks[1]?.contentOffset ?? Number.POSITIVE_INFINITY) <= place) this.#blocks.shift();
    const [block] = this.#blocks;
    return { block: block?.offset ?? 0, within: place - (block?.contentOffset ?? 0) };
  }
}

/**
 * Decompresses all of a BAM file and yields where its records begin, in batches, after checking that each of them can
 * be one, and that the last one is complete. This is the slow and certain way to know them.
 * @throws FormatError MALFORMED with the offset of the block in which the damage is
 */
export async function* scanBam(
  file: RandomAccessFile,
  options: BamScanOptions & { readonly header?: BamReferences; readonly end?: number } = {},
): AsyncGenerator<readonly VirtualOffset[]> {
  const header = options.header ?? (await readBamReferences(file));
  const scanner = new BamRecordScanner(header.references.length, options);
  const trail = new Trail();
  let skip = header.end.within;
  // Places are counted from the first record: that of the first block is before it.
  let contentOffset = -skip;
  try {
    for await (const blocks of blockWindows(file, header.end.block, options.end)) {
      const starts: VirtualOffset[] = [];
      for (const block of blocks) {
        const content = contentOf(file, block);
        trail.enter(block.offset, contentOffset);
        contentOffset += content.length;
        const records = content.subarray(Math.min(skip, content.length));
        skip -= content.length - records.length;
        for (const start of scanner.push(asBuffer(records))) starts.push(trail.locate(start));
      }
      if (starts.length > 0) yield starts;
    }
    scanner.end();
  } catch (error) {
    throw located(error, file, trail);
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The scanner counts in the content; what a user can look at is the file. */
const located = (error: unknown, file: RandomAccessFile, trail: Trail): unknown => {
  if (!(error instanceof FormatError) || error.path !== undefined || error.offset === undefined) return error;
  const { block, within } = trail.locate(error.offset);
  const text = `${error.rawMessage} (${within} bytes into the content of the BGZF block here)`;
  return new FormatError(error.code, text, { path: file.path, offset: block });
};
