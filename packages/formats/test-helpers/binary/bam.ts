import fc from 'fast-check';
import { deflateBlocks, endOfFileMarker } from '../../src/bgzf/deflate-blocks.ts';
import { InMemory } from './in-memory-file.ts';

/** What a record of a test is made of. */
export interface TestRecord {
  readonly name: string;
  /** The index of the reference, or -1. */
  readonly reference: number;
  readonly position: number;
  readonly operations: number;
  readonly sequence: Uint8Array;
  readonly tags: Uint8Array;
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** A record as BAM has it. */
export const recordBytes = (record: TestRecord): Buffer => {
  const name = Buffer.from(`${record.name}\0`, 'latin1');
  const fixed = Buffer.alloc(36);
  fixed.writeInt32LE(record.reference, 4);
  fixed.writeInt32LE(record.position, 8);
  fixed.writeUInt8(name.length, 12);
  fixed.writeUInt16LE(record.operations, 16);
  fixed.writeInt32LE(record.sequence.length, 20);
  fixed.writeInt32LE(-1, 24);
  fixed.writeInt32LE(-1, 28);
  const bases = Buffer.alloc((record.sequence.length + 1) >> 1, 0x12);
  const bytes = Buffer.concat([
    fixed,
    name,
    Buffer.alloc(4 * record.operations, 0x10),
    bases,
    record.sequence,
    record.tags,
  ]);
  bytes.writeInt32LE(bytes.length - 4);
  return bytes;
};

/** Those of a header unless told otherwise. */
const references = [
  { name: 'chr1', length: 1_000_000 },
  { name: 'chr2', length: 500_000 },
];

/** A header as BAM has it. */
export const headerBytes = (text: string, of = references): Buffer => {
  const header = Buffer.from(text);
  const lengths = of.flatMap(({ name, length }) => [
    int32(name.length + 1),
    Buffer.from(`${name}\0`),
    int32(length),
  ]);
  return Buffer.concat([
    Buffer.from('BAM\x01', 'latin1'),
    int32(header.length),
    header,
    int32(of.length),
    ...lengths,
  ]);
};

/** Content as a BGZF file, in blocks of these sizes, over and over; with nothing to cut it by, as bgzip does. */
export const inBlocks = (content: Buffer, sizes: readonly number[]): InMemory => {
  const blocks: Uint8Array[] = [];
  for (let from = 0, index = 0; from < content.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 0xff00;
    blocks.push(...deflateBlocks(content.subarray(from, from + size)));
    from += size;
  }
  return new InMemory(Buffer.concat([...blocks, endOfFileMarker]));
};

/** Any record, most of them short, some as long as several blocks. */
const anyRecord: fc.Arbitrary<TestRecord> = fc.record({
  name: fc.string({ unit: fc.constantFrom('r', '1', ':', '/', '~'), minLength: 1, maxLength: 20 }),
  reference: fc.constantFrom(-1, 0, 1),
  position: fc.integer({ min: -1, max: 400_000 }),
  operations: fc.nat(5),
  sequence: fc.oneof(
    { weight: 20, arbitrary: fc.uint8Array({ maxLength: 60, max: 60 }) },
    { weight: 1, arbitrary: fc.nat(9000).map((length) => new Uint8Array(length).fill(30)) },
  ),
  tags: fc.oneof(fc.constant(Buffer.from('NMC\x02')), fc.constant(new Uint8Array(0))),
});

/** The header of files of these tests. */
export const header: Buffer = headerBytes('@HD\tVN:1.6\n');

/** Where records that follow one another begin. */
export const startsIn = (records: readonly Buffer[]): number[] => {
  let at = 0;
  return records.map((record) => {
    at += record.length;
    return at - record.length;
  });
};

/** A BAM file of records, in blocks of these sizes, over and over. */
export const fileOf = (records: readonly Buffer[], sizes: readonly number[] = [0xff00]): InMemory =>
  inBlocks(Buffer.concat([header, ...records]), sizes);

/** A short record of a read of this name. */
export const read = (name: string, length = 30): Buffer =>
  recordBytes({
    name,
    reference: 0,
    position: 7,
    operations: 1,
    sequence: new Uint8Array(length).fill(30),
    tags: Buffer.alloc(0),
  });

/** The records of a file. */
export const anyRecords = fc.array(anyRecord, { maxLength: 60, size: 'max' });

/** The sizes of blocks. */
export const anySizes = fc.array(fc.integer({ min: 40, max: 3000 }), { minLength: 1, maxLength: 3 });
