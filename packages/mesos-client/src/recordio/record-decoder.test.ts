import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordDecoder } from './record-decoder.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function frame(records: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(records.flatMap((record) => [encode(`${record.length}\n`), record]));
}

/** Copies, since a record may be a view of the chunk. */
function decode(chunks: Iterable<Uint8Array>, maximumBytes?: number): Uint8Array[] {
  const records: Uint8Array[] = [];
  const decoder = new RecordDecoder((record) => records.push(Uint8Array.from(record)), maximumBytes);
  for (const chunk of chunks) decoder.push(chunk);
  decoder.end();
  return records;
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let position = 0;
  for (const size of [...sizes, bytes.length]) {
    yield bytes.subarray(position, position + size);
    position += size;
  }
}

describe('RecordDecoder', () => {
  it('finds the same records wherever the stream is cut', () => {
    const records = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    const sizes = fc.array(fc.nat(120), { maxLength: 60 });
    fc.assert(
      fc.property(records, sizes, (expected, at) => {
        expect(decode(cut(frame(expected), at))).toStrictEqual(expected);
      }),
    );
  });

  it('finds them byte by byte, text beyond ASCII and empty records among them', () => {
    const expected = ['', 'a', '{"message":"Größe 日本 🌌"}', '', '3\nabc'].map(encode);
    const bytes = frame(expected);
    expect(decode(cut(bytes, new Array(bytes.length).fill(1)))).toStrictEqual(expected);
  });

  it('hands a record that is whole in a chunk on as a part of the chunk, not as a copy', () => {
    const chunk = frame([encode('first'), encode('second')]);
    const found: Uint8Array[] = [];
    new RecordDecoder((record) => found.push(record)).push(chunk);
    expect(found.map(({ buffer }) => buffer === chunk.buffer)).toStrictEqual([true, true]);
  });

  it.each([
    [64 * 1024 * 1024, 64 * 1024],
    [64 * 1024 * 1024, 1000],
    [4 * 1024 * 1024, 1],
  ])('puts a record of %i bytes together from chunks of %i', (length, size) => {
    const record = Buffer.alloc(length, 'Größe 日本 🌌 ');
    const bytes = frame([record, encode('next')]);
    const found: Buffer[] = [];
    const decoder = new RecordDecoder((part) => found.push(Buffer.from(part)));
    for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
    decoder.end();
    expect(found.map((part) => part.length)).toStrictEqual([length, 4]);
    expect(found[0]?.equals(record)).toBe(true);
  });

  it('hands a record on as soon as its last byte is there', () => {
    const records: string[] = [];
    const decoder = new RecordDecoder((record) => records.push(Buffer.from(record).toString()));
    decoder.push(encode('3\nab'));
    expect(records).toStrictEqual([]);
    decoder.push(encode('c5'));
    expect(records).toStrictEqual(['abc']);
    decoder.push(encode('\nhello0\n'));
    expect(records).toStrictEqual(['abc', 'hello', '']);
  });

  it('refuses a record beyond the limit by its header alone', () => {
    const decoder = new RecordDecoder(() => {}, 1000);
    decoder.push(frame([new Uint8Array(1000)]));
    expect(() => decoder.push(encode('1001\n'))).toThrow(
      expect.objectContaining({ code: 'RECORD_TOO_LARGE' }),
    );
  });

  it.each([['x'], ['-1\n'], [' 1\na'], ['\n'], ['1\r\n'], ['12345678901234567\n'], ['0x10\n']])(
    'refuses %j for a length',
    (text) => {
      expect(() => decode([encode(text)])).toThrow(expect.objectContaining({ code: 'MALFORMED_RECORD' }));
    },
  );

  it.each([['3'], ['3\n'], ['3\nab']])('refuses a stream that ends after %j', (text) => {
    expect(() => decode([encode(text)])).toThrow(/ended inside a record/);
  });
});
