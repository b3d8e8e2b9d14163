import { execFileSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fasta } from './fasta/fasta.ts';
import { scanRecords } from './record-scan.ts';
import { openSource } from './source.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterAll(() => rm(directory, { recursive: true }));

const fileWith = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
};

const contentOf = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(source));

/** Larger than two chunks, and no chunk like another. */
const large = Buffer.from(
  Array.from({ length: 2_500_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff),
);

describe('openSource', () => {
  it('yields a file of many chunks as it is, as often as it is read', async () => {
    await using source = await openSource(await fileWith('large', large));
    expect(source.size).toBe(large.length);
    expect((await contentOf(source)).equals(large)).toBe(true);
    expect((await contentOf(source)).equals(large)).toBe(true);
  });

  it('yields a range of a file', async () => {
    const range = { offset: 1_000_000, length: 1_200_000 };
    await using source = await openSource(await fileWith('ranged', large), { range });
    expect((await contentOf(source)).equals(large.subarray(1_000_000, 2_200_000))).toBe(true);
  });

  it('reads bytes at any place of the file, and fewer where it ends', async () => {
    const range = { offset: 1_000_000, length: 10 };
    await using source = await openSource(await fileWith('placed', large), { range });
    expect(await source.readAt(2_000_001, 5)).toEqual(large.subarray(2_000_001, 2_000_006));
    expect(await source.readAt(large.length - 3, 2 ** 40)).toEqual(large.subarray(-3));
    expect(await source.readAt(large.length + 7, 10)).toHaveLength(0);
  });

  it('yields chunks that later chunks leave alone', async () => {
    await using source = await openSource(await fileWith('kept', large));
    const chunks: Uint8Array[] = [];
    for await (const chunk of source) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
  });

  it('yields the same in fleeting chunks, each of which holds until the next is asked for', async () => {
    await using source = await openSource(await fileWith('fleeting', large));
    for (let reading = 0; reading < 2; reading += 1) {
      const copies: Buffer[] = [];
      for await (const chunk of source.fleeting()) copies.push(Buffer.from(chunk));
      expect(Buffer.concat(copies).equals(large)).toBe(true);
    }
  });

  it('may be left before its end', async () => {
    await using source = await openSource(await fileWith('left', large));
    for await (const chunk of source) {
      expect(chunk[0]).toBe(large[0]);
      break;
    }
  });

  it('yields nothing of an empty file', async () => {
    await using source = await openSource(await fileWith('empty', ''));
    expect(await Array.fromAsync(source)).toEqual([]);
  });

  it('names a file that is not there', async () => {
    const path = join(directory, 'absent.fa');
    await expect(openSource(path)).rejects.toMatchObject({ code: 'NOT_FOUND', path });
    await expect(openSource(join(await fileWith('plain', 'x'), 'below'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('refuses a directory, a device, and a pipe without waiting for its writer', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const [path, kind] of [
      [directory, 'a directory'],
      ['/dev/null', 'a device'],
      [pipe, 'a pipe'],
    ] as const) {
      await expect(openSource(path)).rejects.toMatchObject({
        code: 'NOT_A_FILE',
        rawMessage: expect.stringContaining(kind),
      });
    }
  });

  it.skipIf(process.getuid?.() === 0)('names a file that may not be read', async () => {
    const path = await fileWith('secret', 'x');
    await chmod(path, 0);
    await expect(openSource(path)).rejects.toMatchObject({ code: 'NO_PERMISSION', path });
  });

  it('refuses a range that the file does not hold', async () => {
    const path = await fileWith('short', '0123456789');
    for (const range of [
      { offset: 5, length: 6 },
      { offset: -1, length: 2 },
      { offset: 0, length: 0.5 },
    ]) {
      await expect(openSource(path, { range })).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
    }
  });

  it('ends with the reason of its signal', async () => {
    const path = await fileWith('aborted', large);
    const controller = new AbortController();
    await using source = await openSource(path, { signal: controller.signal });
    const reason = new Error('no longer wanted');
    const reading = async () => {
      for await (const _ of source) controller.abort(reason);
    };
    await expect(reading()).rejects.toBe(reason);
    await expect(openSource(path, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('notices a file that grew, was rewritten at the same length, or shrank while it was read', async () => {
    const path = await fileWith('changing', '>a\nAC\n');
    await using grown = await openSource(path);
    await expect(grown.assertUnchanged()).resolves.toBeUndefined();
    await appendFile(path, 'GT\n');
    await expect(grown.assertUnchanged()).rejects.toMatchObject({ code: 'CHANGED', path });
    await using rewritten = await openSource(path);
    await writeFile(path, '>b\nAC\nGT\n');
    await utimes(path, 1, 1);
    await expect(rewritten.assertUnchanged()).rejects.toMatchObject({ code: 'CHANGED', path });
    await using shrunk = await openSource(path);
    await truncate(path, 4);
    await expect(contentOf(shrunk)).rejects.toMatchObject({ code: 'CHANGED' });
  });

  it('keeps a failure of the chunk ahead until the reader asks for that chunk', async () => {
    const path = await fileWith('slowly read', large);
    await using source = await openSource(path);
    const sizes: number[] = [];
    const reading = async () => {
      for await (const chunk of source) {
        if (sizes.length === 0) truncateSync(path, 2 * 1024 * 1024);
        sizes.push(chunk.length);
        await setTimeout(30);
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: 'CHANGED', path });
    expect(sizes).toEqual([1024 * 1024, 1024 * 1024]);
  });

  it('lets an error far into a file name the path and the line', async () => {
    const text = `>a\n${'ACGTACGTAC\n'.repeat(200_000)}`;
    const path = await fileWith('damaged.fa', `${text}AC\0\n`);
    await using source = await openSource(path);
    const scan = Array.fromAsync(scanRecords(fasta, source).starts);
    await expect(scan).rejects.toMatchObject({
      code: 'MALFORMED',
      path,
      line: 200_002,
      offset: text.length + 2,
    });
    await expect(Array.fromAsync(scanRecords(fasta, source).starts)).rejects.toThrow(
      `${path}, line 200002: found a NUL byte`,
    );
  });
});
