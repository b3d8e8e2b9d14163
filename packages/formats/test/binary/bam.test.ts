import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import {
  concatBam,
  openSource,
  type Piece,
  readBamHeader,
  readPieces,
  type SplitBamOptions,
  scanBam,
  splitBam,
} from '../../src/index.ts';

const present = requirePrograms('samtools', 'bgzip');

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bam-'));
});
afterAll(() => rm(directory, { recursive: true }));

const samtools = (...args: readonly string[]): string =>
  execFileSync('samtools', args, { encoding: 'utf8', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'] });

const recordsIn = (path: string): string => samtools('view', path);

/** A number that looks like chance, the same in every run. */
const noise = (seed: number): number => Math.imul(seed ^ (seed >>> 15), 2654435761) >>> 0;

const sequence = (seed: number, length: number): string =>
  Array.from({ length }, (_, base) => 'ACGT'[noise(seed * 7919 + base) & 3]).join('');

interface Made {
  readonly reads: number;
  readonly length: number;
  readonly references?: number;
  /** Every so many reads are without a place. */
  readonly unplaced?: number;
}

const samOf = ({ reads, length, references = 3, unplaced = 10 }: Made): string => {
  const size = 1_000_000;
  const header = Array.from({ length: references }, (_, index) => `@SQ\tSN:chr${index + 1}\tLN:${size}\n`);
  const lines = Array.from({ length: reads }, (_, index) => {
    const bases = sequence(index, length);
    const quality = 'I'.repeat(length);
    // Two reads of each name, one after the other.
    const name = `read${index >> 1}`;
    if (index % unplaced === 0) return `${name}\t4\t*\t0\t0\t*\t*\t0\t0\t${bases}\t${quality}\n`;
    const chromosome = `chr${1 + (noise(index) % Math.min(3, references))}`;
    const position = 1 + (noise(index + 1) % (size - length));
    return `${name}\t0\t${chromosome}\t${position}\t60\t${length}M\t*\t0\t0\t${bases}\t${quality}\tNM:i:0\n`;
  });
  return ['@HD\tVN:1.6\tSO:unsorted\n', ...header, ...lines].join('');
};

const bamOf = async (name: string, made: Made, ...how: readonly string[]): Promise<string> => {
  const path = join(directory, `${name}.bam`);
  await writeFile(`${path}.sam`, samOf(made));
  samtools(...(how.length === 0 ? ['view', '--no-PG', '-b'] : how), '-o', path, `${path}.sam`);
  return path;
};

const write = async (name: string, pieces: readonly Piece[]): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, readPieces(pieces));
  return path;
};

const partsOf = async (path: string, options: SplitBamOptions): Promise<string[]> => {
  await using file = await openSource(path);
  const parts: string[] = [];
  for await (const { index, pieces } of splitBam(file, options)) {
    const part = await write(`part-${index}.bam`, pieces);
    samtools('quickcheck', '-v', part);
    expect(samtools('view', '-H', '--no-PG', part)).toBe(samtools('view', '-H', '--no-PG', path));
    parts.push(part);
  }
  return parts;
};

const expectIdentity = async (path: string, options: SplitBamOptions, count: number): Promise<void> => {
  const parts = await partsOf(path, options);
  expect(parts).toHaveLength(count);
  expect(parts.map(recordsIn).join('') === recordsIn(path)).toBe(true);
};

describe.skipIf(!present)('a BAM file of samtools', () => {
  it('is cut into parts that samtools reads, with and without verifying', async () => {
    for (const how of [[], ['sort', '--no-PG'], ['sort', '-n', '--no-PG']]) {
      const path = await bamOf('short', { reads: 20_000, length: 80 }, ...how);
      await expectIdentity(path, { parts: 5 }, 5);
      await expectIdentity(path, { parts: 5, verify: true }, 5);
    }
  });

  it('is cut though records do not begin with blocks', async () => {
    const path = await bamOf('packed', { reads: 20_000, length: 80 });
    // bgzip fills each block, wherever a record ends.
    execFileSync('sh', ['-c', 'bgzip -dc "$1" | bgzip -c > "$1.packed"', 'sh', path]);
    await expectIdentity(`${path}.packed`, { parts: 6 }, 6);
  });

  it('is cut between long reads, each of which takes many blocks', async () => {
    const path = await bamOf('long', { reads: 40, length: 200_000 });
    await expectIdentity(path, { parts: 4 }, 4);
    await expectIdentity(path, { parts: 4, verify: true }, 4);
  });

  it('leaves pairs together, if asked to', async () => {
    const path = await bamOf('pairs', { reads: 30_001, length: 50 }, 'sort', '-n', '--no-PG');
    await expectIdentity(path, { parts: 7, group: true }, 7);
    const names = (await partsOf(path, { parts: 7, group: true })).map(
      (part) =>
        new Set(
          recordsIn(part)
            .split('\n')
            .filter(Boolean)
            .map((line) => line.split('\t')[0]),
        ),
    );
    expect(names.reduce((sum, { size }) => sum + size, 0)).toBe(15_001);
  });

  it('may have a header that is larger than its records', async () => {
    const path = await bamOf('header', { reads: 5000, length: 50, references: 100_000 });
    await using file = await openSource(path);
    expect((await readBamHeader(file)).references).toHaveLength(100_000);
    await expectIdentity(path, { parts: 3 }, 3);
  });

  it('may have one record, or none', async () => {
    await expectIdentity(await bamOf('one', { reads: 1, length: 50 }), { parts: 3 }, 1);
    await expectIdentity(await bamOf('none', { reads: 0, length: 50 }), { parts: 3 }, 1);
    await expectIdentity(await bamOf('unplaced', { reads: 9000, length: 50, unplaced: 1 }), { parts: 3 }, 3);
  });

  it('is refused when it is cut off, and when a block is damaged', async () => {
    const path = await bamOf('whole', { reads: 20_000, length: 80 });
    const { size } = await stat(path);
    const cut = `${path}.cut`;
    await copyFile(path, cut);
    await truncate(cut, Math.floor(size / 2));
    await expect(partsOf(cut, { parts: 3 })).rejects.toMatchObject({
      code: 'MALFORMED',
      path: cut,
      rawMessage: expect.stringContaining('end-of-file marker'),
    });
    const damaged = `${path}.damaged`;
    await copyFile(path, damaged);
    const handle = await open(damaged, 'r+');
    await handle.write(Buffer.from('damage'), 0, 6, Math.floor(size / 2));
    await handle.close();
    await expect(partsOf(damaged, { parts: 3, verify: true })).rejects.toMatchObject({
      code: 'MALFORMED',
      path: damaged,
      offset: expect.any(Number),
    });
  });

  it('shows a wrong cut as an error of the part before it', async () => {
    const path = await bamOf('wrong', { reads: 20_000, length: 80 });
    await using file = await openSource(path);
    const starts = (await Array.fromAsync(scanBam(file))).flat();
    const start = starts.find(({ block }) => block > file.size / 2 + 200);
    if (start === undefined) throw new Error('expected a record in the second half');
    const wrong = { ...start, within: start.within + 5 };
    const [before] = await partsOf(path, { parts: 2, recordStarts: [wrong] });
    expect(spawnSync('samtools', ['view', '-c', before ?? '']).status).not.toBe(0);
  });

  it('is joined from its parts, byte for byte the same records, without an inner end-of-file marker', async () => {
    const path = await bamOf('joined', { reads: 30_000, length: 80 }, 'sort', '--no-PG');
    const parts = await Promise.all((await partsOf(path, { parts: 5 })).map((part) => openSource(part)));
    const joined = await write('joined-again.bam', await concatBam(parts));
    for (const part of parts) await part[Symbol.asyncDispose]();
    samtools('quickcheck', '-v', joined);
    samtools('index', joined);
    expect(recordsIn(joined) === recordsIn(path)).toBe(true);
    expect(samtools('view', '-H', '--no-PG', joined)).toBe(samtools('view', '-H', '--no-PG', path));
  });
});
