import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { cutCommand, type FileRange, planSplit } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';

const directory = mkdtempSync(join(tmpdir(), 'paired-reads-'));
afterAll(() => rmSync(directory, { recursive: true }));

const run = (program: string, ...parameters: readonly string[]): string =>
  execFileSync(program, parameters, { cwd: directory, encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' });

const isInstalled = (program: string): boolean => {
  try {
    run('which', program);
    return true;
  } catch {
    console.warn(`${program} is not installed: tests with it are skipped`);
    return false;
  }
};

let state = 7;
const random = (below: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  // The high bits: the low ones repeat soon, and so would the genome.
  return Math.floor((state / 2 ** 32) * below);
};
const letter = (alphabet: string): string => alphabet[random(alphabet.length)] ?? '';
const sequence = (length: number): string => Array.from({ length }, () => letter('ACGT')).join('');

const complements: Readonly<Record<string, string>> = { A: 'T', C: 'G', G: 'C', T: 'A' };
const reversed = (bases: string): string =>
  Array.from(bases, (base) => complements[base])
    .reverse()
    .join('');

/** Qualities that fall towards the end, and look like titles now and then. */
const qualities = (length: number): string =>
  Array.from({ length }, (_, index) => (index === 0 ? letter('@+I') : index > 70 ? letter('#&') : 'I')).join(
    '',
  );

const genome = sequence(30_000);
const pairs = Array.from({ length: 500 }, (_, index) => {
  const start = random(29_000);
  const fragment = genome.slice(start, start + 250 + random(100));
  const read = (mate: number, bases: string): string =>
    `@pair${index}/${mate}\n${bases}\n+\n${qualities(bases.length)}\n`;
  return {
    forward: read(1, fragment.slice(0, 60 + random(40))),
    reverse: read(2, reversed(fragment).slice(0, 60 + random(40))),
  };
});
const forward = pairs.map((pair) => pair.forward).join('');
const reverse = pairs.map((pair) => pair.reverse).join('');
const interleaved = pairs.map((pair) => pair.forward + pair.reverse).join('');

const sidecar = {
  keep: async (bytes: Uint8Array): Promise<FileRange> => {
    const path = join(directory, 'sidecar');
    await using file = await open(path, 'a');
    const { size } = await file.stat();
    await file.write(bytes);
    return { path, offset: size, length: bytes.length };
  },
};

/** Runs a command on whole files, and on the parts of them one after the other. */
const wholeAndParts = async (
  files: Readonly<Record<string, string | Buffer>>,
  parameters: object,
  command: (paths: readonly string[]) => string,
): Promise<{ whole: string; parts: string; count: number }> => {
  const inputs = Object.entries(files).map(([name, content]) => {
    writeFileSync(join(directory, name), content);
    return { name, paths: [join(directory, name)] as const };
  });
  const split = { strategy: 'records', parameters: { format: 'fastq', ...parameters } };
  const results: string[] = [];
  for await (const { slices } of planSplit(split, inputs, planContext({ sidecar }))) {
    const paths = slices.map(({ input, pieces }) => {
      run('/bin/sh', '-c', cutCommand(pieces, `part.${input}`));
      return `part.${input}`;
    });
    results.push(command(paths));
  }
  return { whole: command(Object.keys(files)), parts: results.join(''), count: results.length };
};

describe.skipIf(!isInstalled('bwa'))('bwa mem', () => {
  // The size of fragments is given: bwa would learn it from the reads of each run.
  const align = (paths: readonly string[], ...options: readonly string[]): string =>
    run('bwa', 'mem', '-v', '1', '-I', '300,30', ...options, 'genome.fa', ...paths).replaceAll(
      /^@.*\n/gm,
      '',
    );

  it.each([
    ['plain', forward, reverse],
    ['gzip', gzipSync(forward), gzipSync(reverse)],
  ])('aligns parts of pairs as it aligns all of them: %s', async (_name, one, other) => {
    writeFileSync(join(directory, 'genome.fa'), `>genome\n${genome}\n`);
    run('bwa', 'index', 'genome.fa');
    const said = await wholeAndParts({ 'forward.fq': one, 'reverse.fq': other }, { parts: 7 }, align);
    expect(said.count).toBe(7);
    expect(said.parts).toBe(said.whole);
    expect(said.whole.split('\n').length).toBeGreaterThan(1000);
  });

  it('aligns parts of an interleaved file, in which no pair is torn', async () => {
    writeFileSync(join(directory, 'genome.fa'), `>genome\n${genome}\n`);
    run('bwa', 'index', 'genome.fa');
    const parameters = { bytes: 20_000, group: 2 };
    const said = await wholeAndParts({ 'pairs.fq': interleaved }, parameters, (paths) => align(paths, '-p'));
    expect(said.count).toBeGreaterThan(5);
    expect(said.parts).toBe(said.whole);
  });
});

describe.skipIf(!isInstalled('fastp'))('fastp', () => {
  it('trims parts of pairs as it trims all of them', async () => {
    const trim = ([one = '', other = '']: readonly string[]): string => {
      const report = ['-j', 'fastp.json', '-h', 'fastp.html', '--thread', '1', '--dont_eval_duplication'];
      run('fastp', '-i', one, '-I', other, '-o', 'out1.fq', '-O', 'out2.fq', '--cut_tail', ...report);
      // The mates of a pair side by side, so that results of parts in a row are the result of the whole.
      const mates = ['out1.fq', 'out2.fq'].map((name) =>
        readFileSync(join(directory, name), 'utf8').match(/(?:.*\n){4}/g),
      );
      return (mates[0] ?? []).map((read, index) => read + (mates[1]?.[index] ?? '')).join('');
    };
    const files = { 'forward.fq.gz': gzipSync(forward), 'reverse.fq.gz': gzipSync(reverse) };
    const said = await wholeAndParts(files, { size: 90 }, trim);
    expect(said.count).toBe(6);
    expect(said.parts).toBe(said.whole);
    expect(said.whole.length).toBeGreaterThan(10_000);
  });
});

describe.skipIf(!isInstalled('zstd'))('zstd', () => {
  it('decompresses the parts of a file that it would decompress', async () => {
    const files = { 'reads.zst': zstdCompressSync(forward) };
    const said = await wholeAndParts(files, { size: 120 }, ([path = '']) => run('zstd', '-dc', path));
    expect(said).toEqual({ whole: forward, parts: forward, count: 5 });
  });
});
