import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder, maximumFrameBytes } from './frame-decoder.ts';

function decode(chunks: Iterable<Uint8Array>): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  const decoder = new FrameDecoder((payload) => frames.push(payload));
  for (const chunk of chunks) decoder.push(chunk);
  return frames;
}

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, length);
  return bytes;
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let position = 0;
  for (const size of sizes) {
    yield bytes.subarray(position, position + size);
    position += size;
  }
  yield bytes.subarray(position);
}

describe('FrameDecoder', () => {
  it('gives the same frames however the bytes are cut', () => {
    const payloads = fc.array(
      fc.uint8Array({ minLength: 1 }).map((bytes) => new Uint8Array(bytes)),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 9 })), (expected, sizes) => {
        const bytes = new Uint8Array(Buffer.concat(expected.map(encodeFrame)));
        expect(decode(cut(bytes, sizes))).toStrictEqual(expected);
        expect(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toStrictEqual(expected);
      }),
    );
  });

  it('takes a frame of the greatest length', () => {
    const payload = new Uint8Array(maximumFrameBytes);
    expect(decode([encodeFrame(payload)])[0]?.length).toBe(maximumFrameBytes);
  });

  it('refuses a longer one by its header', () => {
    expect(() => decode([header(maximumFrameBytes + 1)])).toThrow(
      expect.objectContaining({ code: 'RECORD_TOO_LARGE' }),
    );
  });

  it.each([0, -1, -(2 ** 31)])('refuses the length %d', (length) => {
    expect(() => decode([header(length)])).toThrow(expect.objectContaining({ code: 'MALFORMED_MESSAGE' }));
  });
});
