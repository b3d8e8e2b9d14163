import { copyFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { quoteForShell, readyMerge } from '../../src/index.ts';
import { type CutPart, carryOut } from '../carry-out.ts';
import { contigs, makeReads, run, shell } from './made-files.ts';

const present = requirePrograms('samtools', 'bcftools', 'bedtools');

let directory: string;
let bam: string;
let genome: string;
let count = 0;
beforeAll(async () => {
  if (!present) return;
  directory = await mkdtemp(join(tmpdir(), "it's regions-"));
  bam = join(directory, 'reads.bam');
  genome = join(directory, 'genome.fa');
  await makeReads(directory);
}, 120_000);
afterAll(async () => {
  if (present) await rm(directory, { recursive: true });
});

const cut = (parameters: object, path = bam): Promise<readonly CutPart[]> => {
  count += 1;
  const split = { strategy: 'regions', parameters };
  return carryOut(split, [{ name: 'x', paths: [path] }], join(directory, `parts-${count}`));
};

const fileOf = ({ files }: CutPart): string => files.x ?? '';
const valuesOf = ({ part }: CutPart): Readonly<Record<string, string>> => part.values ?? {};
const view = (path: string): string => run('samtools', 'view', '--no-PG', path);
const same = (one: string, other: string): void => expect(one === other).toBe(true);

describe.skipIf(!present)('regions of BAM', () => {
  it.each([
    { parts: 1 },
    { parts: 7 },
    { parts: 5, equal: 'reads' },
    { parts: 5, equal: 'bases' },
    { parts: 40, together: false },
    { bytes: 60_000 },
    { window: 7000 },
    { by: 'contig' },
  ])(
    'hold every read once, in order, by %j',
    async (parameters) => {
      const parts = await cut(parameters);
      same(parts.map((part) => view(fileOf(part))).join(''), view(bam));
      const counts = parts.map((part) => Number(run('samtools', 'view', '-c', fileOf(part))));
      expect(counts.reduce((sum, one) => sum + one, 0)).toBe(Number(run('samtools', 'view', '-c', bam)));
      expect(valuesOf(parts.at(-1) as CutPart).region).toBe('*');
    },
    120_000,
  );

  it('divide work, and not length', async () => {
    const parts = await cut({ parts: 8, unplaced: false });
    expect(parts).toHaveLength(8);
    const counts = parts.map((part) => Number(run('samtools', 'view', '-c', fileOf(part))));
    expect(Math.max(...counts)).toBeLessThan(2 * Math.min(...counts));
  });

  it('have equally many reads where that is asked for, by the counts of the index', async () => {
    const parts = await cut({ parts: 6, equal: 'reads', unplaced: false });
    const counts = parts.map((part) => Number(run('samtools', 'view', '-c', fileOf(part))));
    expect(counts).toHaveLength(6);
    expect(Math.max(...counts)).toBeLessThan(1.5 * Math.min(...counts));
  });

  it('are of one sequence each where that is asked for, and reads without a place are in one part alone', async () => {
    const unplaced = run('samtools', 'view', '--no-PG', bam, '*');
    for (const how of [{ by: 'contig' }, { window: 9000 }, { parts: 3 }, { parts: 3, together: false }]) {
      const parts = await cut(how);
      same(view(fileOf(parts.at(-1) as CutPart)), unplaced);
      for (const part of parts.slice(0, -1)) expect(view(fileOf(part))).not.toMatch(/^\S+\t4\t\*/m);
      if (!('by' in how)) continue;
      const placed = parts.slice(0, -1).map((part) => view(fileOf(part)).match(/^\S+\t\d+\t\S+/gm) ?? []);
      const names = placed.map((lines) => new Set(lines.map((line) => line.split('\t')[2])));
      expect(names.map((some) => [...some])).toEqual(
        contigs.map(({ name }) => (name === 'empty' ? [] : [name])),
      );
    }
    const whole = await cut({ by: 'contig', whole: true, unplaced: true });
    const last = whole.at(-1) as CutPart;
    same(run('samtools', 'view', '--no-PG', fileOf(last), valuesOf(last).region ?? ''), unplaced);
  });

  it('may be of thousands of targets: a part is still a few pieces, each of one cut', async () => {
    const targets = join(directory, 'many.bed');
    const places = Array.from({ length: 5000 }, (_, at) => `chr1\t${at * 11}\t${at * 11 + 5}\n`);
    await writeFile(targets, places.join(''));
    const parts = await cut({ parts: 4, targets });
    const wanted = view(bam)
      .split('\n')
      .filter((line) => {
        const [, , reference, position] = line.split('\t');
        const at = Number(position) - 1;
        return reference === 'chr1' && at < 55_000 && at % 11 < 5;
      })
      .map((line) => `${line}\n`);
    expect(wanted.length).toBeGreaterThan(3000);
    same(parts.map((part) => view(fileOf(part))).join(''), wanted.join(''));
    for (const { part } of parts) expect(part.slices[0]?.pieces.length).toBeLessThan(40);
  }, 120_000);

  it('sum up to flagstat and to the intervals of bedtools', async () => {
    const parts = await cut({ parts: 6 });
    const flags = (path: string) =>
      run('samtools', 'flagstat', '-O', 'tsv', path)
        .split('\n')
        .slice(0, 7)
        .map((line) => Number.parseInt(line, 10));
    const sums = parts.map((part) => flags(fileOf(part)));
    expect(sums.reduce((sum, one) => sum.map((value, at) => value + (one[at] ?? 0)))).toEqual(flags(bam));
    const bed = parts.map((part) => run('bedtools', 'bamtobed', '-i', fileOf(part))).join('');
    same(bed, run('bedtools', 'bamtobed', '-i', bam));
  });

  it('give depth as the whole does, where the command works on a region of the whole', async () => {
    const parts = await cut({ parts: 9, whole: true });
    expect(parts.length).toBeGreaterThan(9);
    const depths = parts.map((part) =>
      run('samtools', 'depth', '-aa', '-r', valuesOf(part).region ?? '', fileOf(part)),
    );
    same(depths.join(''), run('samtools', 'depth', '-aa', bam));
    for (const part of parts) {
      const { region, contig, start, end } = valuesOf(part);
      expect(region).toBe(`${contig}:${start}-${end}`);
    }
  });

  it('give calls as the whole does', async () => {
    const call = (region: string, path: string, output: string) =>
      shell(
        `bcftools mpileup --no-version -d 100000 -f ${quoteForShell(genome)} ${region} ${quoteForShell(path)} 2>/dev/null | ` +
          `bcftools call --no-version --ploidy 1 -mv -o ${quoteForShell(output)}`,
      );
    const whole = join(directory, 'whole.vcf');
    call('', bam, whole);
    const targets = join(directory, 'named.bed');
    // bcftools takes no regions of sequences whose names hold colons.
    await writeFile(targets, 'chr1\t0\t60000\nempty\t0\t3000\nchrM\t0\t4000\n');
    const parts = await cut({ window: 9000, whole: true, targets });
    const results = parts.map((part) => {
      const output = `${fileOf(part)}.vcf`;
      call(`-r ${quoteForShell(valuesOf(part).region ?? '')}`, fileOf(part), output);
      return { path: output };
    });
    const merge = readyMerge({ merge: 'vcf' });
    if (merge.kind !== 'here') throw new Error('vcf is joined here');
    const destination = join(directory, 'called.vcf');
    await merge.join({ parts: results, destination });
    // The header tells the command of mpileup, or not: --no-version.
    const text = (path: string) => run('grep', '-v', '^##\\|^HLA', path);
    expect(text(whole).split('\n').length).toBeGreaterThan(200);
    expect(text(destination)).toBe(text(whole));
  }, 120_000);

  it('read what is around them, for the command to trim', async () => {
    const parts = await cut({ window: 5000, overlap: 100, unplaced: false, together: false });
    const depths = parts.map((part) => {
      const { contig, start, end } = valuesOf(part);
      return run('samtools', 'depth', fileOf(part))
        .split('\n')
        .filter((line) => {
          const [reference, position] = line.split('\t');
          return reference === contig && Number(position) >= Number(start) && Number(position) <= Number(end);
        })
        .map((line) => `${line}\n`);
    });
    same(depths.flat().join(''), run('samtools', 'depth', bam));
    expect(valuesOf(parts[1] as CutPart)).toEqual({
      region: 'chr1:5001-10000',
      contig: 'chr1',
      start: '5001',
      end: '10000',
      padded: 'chr1:4901-10100',
    });
  });

  it('are those of targets, each read that begins in one once', async () => {
    const targets = join(directory, 'targets.bed');
    const lines = [
      'chrM\t100\t900',
      'chr1\t50000\t59000',
      'chr1\t1000\t2500\tx',
      'chr1\t2000\t4000',
      'chr1\t4000\t4001',
    ];
    await writeFile(targets, `track name=x\n#\n${lines.join('\n')}\n`);
    const wanted = view(bam)
      .split('\n')
      .filter((line) => {
        const [, , reference, position] = line.split('\t');
        const at = Number(position) - 1;
        const within = (from: number, to: number): boolean => at >= from && at < to;
        if (reference === 'chrM') return within(100, 900);
        return reference === 'chr1' && (within(1000, 4001) || within(50_000, 59_000));
      })
      .map((line) => `${line}\n`)
      .join('');
    for (const how of [
      { by: 'target' },
      { by: 'contig' },
      { parts: 3 },
      { window: 700 },
      { parts: 4, equal: 'bases' },
    ]) {
      const parts = await cut({ ...how, targets });
      same(parts.map((part) => view(fileOf(part))).join(''), wanted);
    }
    const regions = (await cut({ by: 'target', targets, whole: true })).map((part) => valuesOf(part).region);
    expect(regions).toEqual(['chr1:1001-4000', 'chr1:4001-4001', 'chr1:50001-59000', 'chrM:101-900']);
    await writeFile(targets, 'chr1\t5\t9\nchr7\t1\t2\n');
    await expect(cut({ by: 'target', targets })).rejects.toThrow(
      /targets\.bed, line 2: .* has no sequence "chr7"/,
    );
    await writeFile(targets, 'chr1\t9\t5\n');
    await expect(cut({ by: 'target', targets })).rejects.toThrow(/line 1: expected the name of a sequence/);
  }, 120_000);

  it('of several inputs are the same', async () => {
    const other = join(directory, 'other.bam');
    run('samtools', 'view', '--no-PG', '-s', '0.5', '-o', other, bam);
    run('samtools', 'index', '-c', other);
    const split = { strategy: 'regions', parameters: { parts: 4 } };
    const inputs = [bam, other].map((path, at) => ({ name: `x${at}`, paths: [path] as const }));
    const parts = await carryOut(split, inputs, join(directory, 'several'));
    same(parts.map(({ files }) => view(files.x0 ?? '')).join(''), view(bam));
    same(parts.map(({ files }) => view(files.x1 ?? '')).join(''), view(other));
    const whole = await carryOut(
      { ...split, parameters: { parts: 4, whole: true } },
      inputs,
      join(directory, 'linked'),
    );
    for (const { part, files } of whole) {
      const region = part.values?.region ?? '';
      same(run('samtools', 'view', files.x1 ?? '', region), run('samtools', 'view', other, region));
    }
  });
});

describe.skipIf(!present)('an index', () => {
  it('that is missing is an error that tells how to make it', async () => {
    const lonely = join(directory, 'lonely.bam');
    await copyFile(bam, lonely);
    await expect(cut({ parts: 2 }, lonely)).rejects.toThrow(
      `[NOT_FOUND] ${lonely}: expected an index, found none beside it (.bai, .csi): make one with \`samtools index ${lonely}\``,
    );
    await expect(cut({ parts: 2, indexes: ['/a', '/b'] }, lonely)).rejects.toThrow(
      'for each of 1 inputs, found 2',
    );
    const index = join(directory, 'no.bai');
    await expect(cut({ parts: 2, indexes: [index] }, lonely)).rejects.toThrow(`found no ${index}`);
    const parts = await cut({ parts: 2, whole: true, indexes: [`${bam}.bai`] }, lonely);
    expect(run('samtools', 'view', '-c', fileOf(parts[0] as CutPart), contigs[0].name)).not.toBe('0\n');
  });

  it('of another file, or of what it was before, is refused; an older one that fits is not', async () => {
    const path = join(directory, 'grown.bam');
    run('samtools', 'view', '--no-PG', '-o', path, bam, 'chr1');
    run('samtools', 'index', path);
    await copyFile(bam, path);
    await utimes(`${path}.bai`, 1, 1);
    await expect(cut({ parts: 2 }, path)).rejects.toThrow(
      /\[MALFORMED\] .*grown\.bam: the index .*grown\.bam\.bai does not fit: it is older .* `samtools index .*grown\.bam`/,
    );
    await copyFile(`${bam}.bai`, `${path}.bai`);
    await utimes(`${path}.bai`, 1, 1);
    same((await cut({ parts: 3 }, path)).map((part) => view(fileOf(part))).join(''), view(bam));
  });
});
