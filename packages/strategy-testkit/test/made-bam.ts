import { encode } from '@galaxy-mesos/formats';

const text = '@HD\tVN:1.6\tSO:unsorted\n@SQ\tSN:chr1\tLN:1000000\n';

const int32 = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [index, number] of numbers.entries()) bytes.writeInt32LE(number, 4 * index);
  return bytes;
};

const header = Buffer.concat([
  Buffer.from('BAM\x01', 'latin1'),
  int32(text.length),
  Buffer.from(text),
  int32(1, 5),
  Buffer.from('chr1\0'),
  int32(1_000_000),
]);

/** An unmapped read without bases. */
function read(index: number): Buffer {
  const name = Buffer.from(`read${index}\0`);
  const fixed = Buffer.alloc(8);
  fixed.writeUInt8(name.length, 0);
  fixed.writeUInt16LE(4680, 2);
  fixed.writeUInt16LE(4, 6);
  const body = Buffer.concat([int32(-1, -1), fixed, int32(0, -1, -1, 0), name]);
  return Buffer.concat([int32(body.length), body]);
}

async function* inChunks(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

/** A BAM file of so many reads. */
export async function bamOf(reads: number): Promise<Buffer> {
  const content = Buffer.concat([header, ...Array.from({ length: reads }, (_, index) => read(index))]);
  return Buffer.concat(await Array.fromAsync(encode(inChunks(content), 'bgzf')));
}

/** Whatever the header says. */
function headerEnd(content: Buffer): number {
  let at = 8 + content.readInt32LE(4);
  const references = content.readInt32LE(at);
  at += 4;
  for (let count = 0; count < references; count += 1) at += 8 + content.readInt32LE(at);
  return at;
}

/** The reads in the content of a BAM file. */
export function readsIn(content: Buffer): readonly string[] {
  const reads: string[] = [];
  for (let at = headerEnd(content); at < content.length; ) {
    const end = at + 4 + content.readInt32LE(at);
    reads.push(content.toString('latin1', at, end));
    at = end;
  }
  return reads;
}
