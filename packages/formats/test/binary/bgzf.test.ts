import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import {
  concatBgzf,
  cutContent,
  encode,
  openSource,
  type Piece,
  readPieces,
  scanBlocks,
} from '../../src/index.ts';

const present = requirePrograms('bgzip');

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bgzf-'));
});
afterAll(() => rm(directory, { recursive: true }));

const lines = (count: number, seed: number): string =>
  Array.from(
    { length: count },
    (_, index) => `${index}\t${Math.imul(index + seed, 2654435761) >>> 0}\n`,
  ).join('');

const compressed = async (name: string, text: string): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, text);
  execFileSync('bgzip', ['-f', path]);
  return `${path}.gz`;
};

const carryOut = async (name: string, pieces: readonly Piece[]): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, readPieces(pieces));
  return path;
};

const decompressed = (path: string): string => {
  execFileSync('bgzip', ['-t', path]);
  return execFileSync('bgzip', ['-dc', path], { encoding: 'utf8', maxBuffer: 1e9 });
};

describe.skipIf(!present)('a file of bgzip', () => {
  it('is cut between lines into files that bgzip reads, mostly by copying blocks', async () => {
    const text = lines(200_000, 0);
    await using file = await openSource(await compressed('cut', text));
    const cuts = [0, text.indexOf('\n', 1_000_000) + 1, text.indexOf('\n', 1_000_100) + 1, text.length];
    const header = Buffer.from('#number\tnoise\n');
    let joined = '';
    let copied = 0;
    for await (const pieces of cutContent(file, cuts, { header })) {
      const part = decompressed(await carryOut('part', pieces));
      expect(part.startsWith('#number\tnoise\n')).toBe(true);
      joined += part.slice(header.length);
      for (const piece of pieces) if ('source' in piece) copied += piece.length;
    }
    expect(joined).toBe(text);
    expect(copied / file.size).toBeGreaterThan(0.8);
  });

  it('has the blocks that its index by bgzip lists', async () => {
    const path = await compressed('indexed', lines(100_000, 1));
    execFileSync('bgzip', ['-r', path]);
    const index = await readFile(`${path}.gzi`);
    await using file = await openSource(path);
    const blocks = (await Array.fromAsync(scanBlocks(file))).flat();
    for (let entry = 0; entry < index.readUIntLE(0, 6); entry += 1) {
      expect(blocks[entry + 1]).toMatchObject({
        offset: index.readUIntLE(8 + 16 * entry, 6),
        contentOffset: index.readUIntLE(16 + 16 * entry, 6),
      });
    }
  });

  it('is joined with others without decompressing any', async () => {
    const texts = [lines(30_000, 2), '', lines(20_000, 3)];
    const files = await Promise.all(
      texts.map(async (text, index) => openSource(await compressed(`joined-${index}`, text))),
    );
    const path = await carryOut('joined', await concatBgzf(files));
    expect(decompressed(path)).toBe(texts.join(''));
    const sizes = files.reduce((sum, { size }) => sum + size, 0);
    expect((await stat(path)).size).toBe(sizes - 2 * 28);
    for (const file of files) await file[Symbol.asyncDispose]();
  });
});

describe.skipIf(!present)('a file that encode writes', () => {
  it.each([
    ['gzip', 'gzip'],
    ['bgzf', 'bgzip'],
  ] as const)('as %s is read by the program %s', async (compression, program) => {
    const text = lines(50_000, 4);
    await using source = await openSource(await compressed(`plain-${program}`, text));
    const path = join(directory, `written-${program}`);
    await writeFile(path, encode(source, compression));
    const read = execFileSync(program, ['-dc'], { input: await readFile(path), maxBuffer: 1e9 });
    expect(read.equals(await readFile(source.path))).toBe(true);
  });
});
