import { deflateBlocks, endOfFileMarker } from '@galaxy-mesos/formats';
import fc from 'fast-check';

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

const headerText = Buffer.from('@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:900000\n');

/** The header of the files of these tests, decompressed. */
export const header: Buffer = Buffer.concat([
  Buffer.from('BAM\x01', 'latin1'),
  int32(headerText.length),
  headerText,
  int32(1),
  int32(5),
  Buffer.from('chr1\0'),
  int32(900_000),
]);

/** A read of this name with so many bases, which has a place or none, as BAM has it. */
export const read = (name: string, bases = 30, hasPlace = true): Buffer => {
  const fixed = Buffer.alloc(32);
  fixed.writeInt32LE(hasPlace ? 0 : -1, 0);
  fixed.writeInt32LE(hasPlace ? 7 : -1, 4);
  fixed.writeUInt8(name.length + 1, 8);
  fixed.writeInt32LE(bases, 16);
  fixed.writeInt32LE(-1, 20);
  fixed.writeInt32LE(-1, 24);
  const rest = Buffer.alloc(Math.ceil(bases / 2) + bases, 0x11);
  const record = Buffer.concat([fixed, Buffer.from(`${name}\0`), rest]);
  return Buffer.concat([int32(record.length), record]);
};

/** Reads, most of them short, some as long as several blocks. */
export const anyReads: fc.Arbitrary<Buffer[]> = fc.array(
  fc
    .record({
      name: fc.stringMatching(/^[a-c]{1,3}$/),
      bases: fc.oneof({ weight: 20, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(9000) }),
      hasPlace: fc.boolean(),
    })
    .map(({ name, bases, hasPlace }) => read(name, bases, hasPlace)),
  { maxLength: 60, size: 'max' },
);

/** A BAM file whose blocks hold so many bytes, in turn. */
export const bamOf = (reads: readonly Buffer[], sizes: readonly number[] = [0xff00]): Buffer => {
  const content = Buffer.concat([header, ...reads]);
  const blocks: Uint8Array[] = [];
  for (let from = 0, index = 0; from < content.length; index += 1) {
    const to = from + (sizes[index % sizes.length] ?? 0xff00);
    blocks.push(...deflateBlocks(content.subarray(from, to)));
    from = to;
  }
  return Buffer.concat([...blocks, endOfFileMarker]);
};
