import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, inflateRawSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deflateBlocks, endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import { compressionOf, detectCompression } from './compression.ts';
import { encode, type WrittenCompression } from './encode.ts';
import { type OpenDecodedOptions, openDecoded } from './open-decoded.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'compression-'));
});
afterAll(() => rm(directory, { recursive: true }));

let names = 0;
const fileWith = async (content: string | Uint8Array): Promise<string> => {
  names += 1;
  const path = join(directory, `file-${names}`);
  await writeFile(path, content);
  return path;
};

const decoded = async (content: Uint8Array, options?: OpenDecodedOptions): Promise<Buffer> => {
  await using source = await openDecoded(await fileWith(content), options);
  const bytes = Buffer.concat(await Array.fromAsync(source));
  if (options?.ignoreTrailingGarbage !== true) expect(source.consumed).toBe(content.length);
  return bytes;
};

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** Some of it compresses, some does not, and it is longer than all windows and chunks. */
const large = Buffer.from(
  Array.from({ length: 1_500_000 }, (_, index) =>
    index % 3 === 0 ? Math.imul(index * index, 2654435761) >>> 24 : 65,
  ),
);
const writable: readonly WrittenCompression[] = ['none', 'gzip', 'bgzf', 'zstd'];
const anyBytes = fc.uint8Array({ maxLength: 200 });

const bgzf = (content: Uint8Array): Buffer => Buffer.concat([...deflateBlocks(content), endOfFileMarker]);
/** How files of these compressions begin. */
const bzip2 = Buffer.from('BZh91AY&SY', 'latin1');
const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]);
const encoders = { gzip: gzipSync, bgzf, zstd: zstdCompressSync } as const;

describe('compressionOf', () => {
  it('goes by the bytes', async () => {
    const text = Buffer.from('>a\nACGT\n');
    expect(compressionOf(gzipSync(text))).toBe('gzip');
    expect(compressionOf(bgzf(text))).toBe('bgzf');
    expect(compressionOf(zstdCompressSync(text))).toBe('zstd');
    expect(compressionOf(bzip2)).toBe('bzip2');
    expect(compressionOf(xz)).toBe('xz');
    expect(await detectCompression(await fileWith(text))).toBe('none');
    expect(compressionOf(Buffer.from([0x5e, 0x2a, 0x4d, 0x18]))).toBe('zstd');
    expect(compressionOf(new Uint8Array(0))).toBe('none');
  });
});

describe('encode', () => {
  it.each(['gzip', 'bgzf'] as const)('takes chunks whose memory is used again to make %s', async (kind) => {
    const reused = Buffer.alloc(1000);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let round = 0; round < 100; round += 1) yield reused.fill(round);
    }
    const expected = Buffer.concat(Array.from({ length: 100 }, (_, round) => Buffer.alloc(1000, round)));
    expect(
      (await decoded(Buffer.concat(await Array.fromAsync(encode(chunks(), kind))))).equals(expected),
    ).toBe(true);
  });

  it('makes one member of gzip, for readers that look for no other', async () => {
    const encoded = Buffer.concat(await Array.fromAsync(encode(inChunks(large, 70_000), 'gzip')));
    expect(inflateRawSync(encoded.subarray(10)).equals(large)).toBe(true);
  });
});

describe('openDecoded', () => {
  it('gives back what was encoded, in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyBytes,
          fc.nat(large.length).map((end) => large.subarray(0, end)),
        ),
        fc.constantFrom(...writable),
        fc.integer({ min: 50, max: 400_000 }),
        async (content, compression, size) => {
          const encoded = Buffer.concat(await Array.fromAsync(encode(inChunks(content, size), compression)));
          if (content.length > 0) expect(compressionOf(encoded)).toBe(compression);
          expect((await decoded(encoded)).equals(content)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('reads any sequence of members or frames as one', async () => {
    const member = fc.tuple(fc.constantFrom<'gzip' | 'bgzf'>('gzip', 'bgzf'), anyBytes);
    const frames = fc.array(fc.tuple(fc.constant<'zstd'>('zstd'), anyBytes), { minLength: 1 });
    const anyMembers = fc.oneof(fc.array(member, { minLength: 1 }), frames);
    await fc.assert(
      fc.asyncProperty(anyMembers, async (members) => {
        const file = Buffer.concat(members.map(([kind, content]) => encoders[kind](content)));
        expect(await decoded(file)).toEqual(Buffer.concat(members.map(([, content]) => content)));
      }),
      { numRuns: 60 },
    );
  });

  it('may be read again, and left before its end', async () => {
    await using source = await openDecoded(await fileWith(gzipSync(large)));
    for await (const chunk of source) {
      expect(chunk[1]).toBe(large[1]);
      break;
    }
    expect(Buffer.concat(await Array.fromAsync(source)).equals(large)).toBe(true);
  });

  it('takes zero bytes at the end for padding', async () => {
    expect(String(await decoded(Buffer.concat([gzipSync('abc'), Buffer.alloc(3000)])))).toBe('abc');
  });

  it('refuses anything else behind the last member, unless it is to be ignored', async () => {
    const whole = gzipSync('abc');
    const file = Buffer.concat([whole, Buffer.from('\0\0garbage')]);
    await expect(decoded(file)).rejects.toMatchObject({ code: 'MALFORMED', offset: whole.length });
    expect(String(await decoded(file, { ignoreTrailingGarbage: true }))).toBe('abc');
    const blocks = Buffer.concat([bgzf(Buffer.from('abc')), Buffer.from('garbage')]);
    await expect(decoded(blocks, { ignoreTrailingGarbage: true })).rejects.toMatchObject({
      code: 'MALFORMED',
    });
  });

  it.each(['gzip', 'bgzf', 'zstd'] as const)('refuses %s that is cut off anywhere', async (kind) => {
    const file = encoders[kind](large.subarray(0, 1000));
    const beforeMarker = kind === 'bgzf' ? file.length - endOfFileMarker.length : file.length;
    for (let length = 20; length < beforeMarker; length += 29) {
      await expect(decoded(file.subarray(0, length))).rejects.toMatchObject({
        code: 'MALFORMED',
        offset: length,
      });
    }
  });

  it.each(['gzip', 'bgzf'] as const)('gives no other bytes for any damage to %s', async (kind) => {
    const content = large.subarray(0, 90);
    const file = encoders[kind](content);
    const end = kind === 'bgzf' ? file.length - endOfFileMarker.length : file.length;
    let refused = 0;
    for (let at = 18; at < end; at += 1) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const found = await decoded(damaged).catch((reason: unknown) => reason);
      // The bits that fill up the last byte of the data mean nothing.
      if (Buffer.isBuffer(found) && found.equals(content)) continue;
      expect(found).toMatchObject({
        code: 'MALFORMED',
        path: expect.any(String),
        offset: expect.any(Number),
      });
      refused += 1;
    }
    expect(refused).toBeGreaterThanOrEqual(end - 19);
  });

  it('notices a wrong checksum of zstd', async () => {
    const file = Buffer.concat(await Array.fromAsync(encode(inChunks(large, 1e6), 'zstd')));
    file[file.length - 1] = (file.at(-1) ?? 0) ^ 1;
    await expect(decoded(file)).rejects.toMatchObject({ code: 'MALFORMED', offset: expect.any(Number) });
  });

  it('tells where damage is in a long member', async () => {
    const file = gzipSync(large);
    const at = Math.floor(file.length / 2);
    file.fill(0xff, at, at + 300);
    const error = await decoded(file).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'MALFORMED', offset: expect.any(Number) });
    const { offset } = error as { offset: number };
    // A decompressor may notice late; it never does before.
    expect(offset).toBeGreaterThan(at - 2 ** 16);
    expect(offset).toBeLessThan(file.length);
  });

  it('refuses what is not of the expected compression', async () => {
    await expect(decoded(Buffer.from('>a\n'), { compression: 'gzip' })).rejects.toThrow(
      'expected gzip, but the file is not compressed',
    );
    await expect(decoded(zstdCompressSync('a'), { compression: 'bgzf' })).rejects.toThrow('the file is zstd');
    expect(String(await decoded(bgzf(Buffer.from('abc')), { compression: 'gzip' }))).toBe('abc');
  });

  it('tells how to read what it does not', async () => {
    await expect(decoded(bzip2)).rejects.toThrow('bzip2 -dk FILE');
    await expect(decoded(xz)).rejects.toThrow('xz -dk FILE');
  });

  it('counts lines of the decompressed text', async () => {
    await using source = await openDecoded(await fileWith(gzipSync('a\nb\nc\n')));
    expect(await source.lineAt(4)).toBe(3);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    await using source = await openDecoded(await fileWith(gzipSync(large)), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(Array.fromAsync(source)).rejects.toThrow('enough');
  });
});
