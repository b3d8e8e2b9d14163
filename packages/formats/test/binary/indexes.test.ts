import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import {
  blockAt,
  chunksOf,
  cutFile,
  divideWork,
  endsWithMarker,
  formatRegion,
  locateByGzi,
  locateContent,
  openSource,
  ownershipExpression,
  type Piece,
  readBamHeader,
  readBinningIndex,
  readCrai,
  readFai,
  readGzi,
  readPieces,
  recordStartsOf,
  scanBam,
  scanBlocks,
  splitBamByWork,
  splitTabixByWork,
  workByBins,
  workBySlices,
  writeGzi,
} from '../../src/index.ts';

const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'] });
const samtools = (...args: readonly string[]): string => run('samtools', ...args);

const present = requirePrograms('samtools', 'bgzip', 'tabix', 'bcftools');

let directory: string;
let bam: string;
const references = [
  { name: 'chr1', length: 400_000 },
  { name: 'empty', length: 5000 },
  { name: 'HLA:01:02', length: 100_000 },
  { name: 'chrM', length: 16_569 },
  { name: 'last', length: 2000 },
];

const noise = (seed: number): number => Math.imul(seed ^ (seed >>> 15), 2654435761) >>> 0;

/** Reads crowd at some places, some are spliced over 50,000 bases, some have no place, or only that of their mate. */
const samLine = (index: number): string => {
  const bases = Array.from({ length: 60 }, (_, base) => 'ACGT'[noise(index * 131 + base) & 3]).join('');
  const end = `${bases}\t${'I'.repeat(60)}\n`;
  const kind = noise(index) % 100;
  if (kind < 7) return `r${index}\t4\t*\t0\t0\t*\t*\t0\t0\t${end}`;
  const [chosen = 0, crowded = 400_000] =
    kind < 50 ? [0, 9000] : kind < 70 ? [0, 340_000] : kind < 80 ? [2, 90_000] : [3, 16_000];
  const place = `${references[chosen]?.name}\t${1 + (noise(index + 7) % crowded)}`;
  if (kind === 20) return `r${index}\t4\t${place}\t0\t*\t*\t0\t0\t${end}`;
  if (kind === 60) return `r${index}\t0\t${place}\t60\t30M50000N30M\t*\t0\t0\t${end}`;
  return `r${index}\t0\t${place}\t60\t60M\t*\t0\t0\t${end}`;
};

beforeAll(async () => {
  if (!present) return;
  directory = await mkdtemp(join(tmpdir(), 'indexes-'));
  bam = join(directory, 'sorted.bam');
  const header = references.map(({ name, length }) => `@SQ\tSN:${name}\tLN:${length}\n`).join('');
  const lines = Array.from({ length: 40_000 }, (_, index) => samLine(index));
  await writeFile(`${bam}.sam`, `@HD\tVN:1.6\n${header}${lines.join('')}`);
  samtools('sort', '--no-PG', '-o', bam, `${bam}.sam`);
  samtools('index', bam);
  samtools('index', '-c', '-m', '12', bam, `${bam}.csi`);
});
afterAll(async () => {
  if (present) await rm(directory, { recursive: true });
});

const write = async (name: string, pieces: readonly Piece[]): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, readPieces(pieces));
  return path;
};

describe.skipIf(!present).each(['bai', 'csi'])('an index of the kind %s by samtools', (kind) => {
  it('knows how many reads there are', async () => {
    const index = await readBinningIndex(`${bam}.${kind}`);
    const counted = references.map(({ name, length }, at) => {
      const { mapped = 0, unmapped = 0 } = index.references.at(at)?.counts ?? {};
      return `${name}\t${length}\t${mapped}\t${unmapped}\n`;
    });
    expect(`${counted.join('')}*\t0\t0\t${index.unplaced}\n`).toBe(samtools('idxstats', bam));
  });

  it('knows places at which records begin, and no others', async () => {
    await using file = await openSource(bam);
    const all = new Set(
      (await Array.fromAsync(scanBam(file))).flat().map(({ block, within }) => `${block}:${within}`),
    );
    const starts = recordStartsOf(await readBinningIndex(`${bam}.${kind}`));
    expect(starts.length).toBeGreaterThan(10);
    for (const { block, within } of starts) expect(all).toContain(`${block}:${within}`);
  });

  it('leads to all reads of a region', async () => {
    await using file = await openSource(bam);
    const { end } = await readBamHeader(file);
    const header = await cutFile(file, { block: 0, within: 0 }, end);
    for (const [reference, from, to] of [
      [0, 100, 200],
      [0, 8990, 9100],
      [0, 200_000, 200_500],
      [2, 0, 50_000],
      [3, 7, 8],
    ] as const) {
      const chunks = chunksOf(await readBinningIndex(`${bam}.${kind}`), reference, from, to);
      const pieces = [...header.slice(0, -1)];
      for (const chunk of chunks) pieces.push(...(await cutFile(file, chunk.from, chunk.to)).slice(0, -1));
      const path = await write('region.bam', [...pieces, ...header.slice(-1)]);
      samtools('index', path);
      const region = formatRegion({ reference: references[reference]?.name ?? '', from, to });
      expect(samtools('view', path, region)).toBe(samtools('view', bam, region));
      expect(samtools('view', '-c', path)).not.toBe(samtools('view', '-c', bam));
    }
  });

  it.each([
    { parts: 1 },
    { parts: 7 },
    { parts: 40 },
    { parts: 5, by: 'reads' },
    { maximalWork: 100_000 },
  ] as const)('divides a file into parts that hold every read once, by %o', async (options) => {
    await using file = await openSource(bam);
    const index = await readBinningIndex(`${bam}.${kind}`);
    const seen: string[] = [];
    for await (const { index: number, regions, unplaced, pieces } of splitBamByWork(file, index, options)) {
      const path = await write(`part-${number}.bam`, pieces);
      samtools('quickcheck', '-v', path);
      const records = samtools('view', path);
      seen.push(records);
      const bounds = new Map(regions.map((region) => [region.reference, region]));
      const foreign = records.split('\n').filter((line) => {
        const [, , reference = '*', position] = line.split('\t');
        const region = bounds.get(reference);
        const at = Number(position) - 1;
        const inside = region !== undefined && at >= region.from && at < (region.to ?? 0);
        return line !== '' && !(unplaced ? reference === '*' : inside);
      });
      expect(foreign).toEqual([]);
    }
    expect(seen.join('') === samtools('view', bam)).toBe(true);
  });

  it('divides work by what there is to read, not by length', async () => {
    await using file = await openSource(bam);
    const index = await readBinningIndex(`${bam}.${kind}`);
    const parts = (await Array.fromAsync(splitBamByWork(file, index, { parts: 4 }))).filter(
      ({ unplaced }) => !unplaced,
    );
    const counts: number[] = [];
    for (const { pieces } of parts)
      counts.push(Number(samtools('view', '-c', await write('counted.bam', pieces))));
    const mean = counts.reduce((sum, count) => sum + count, 0) / 4;
    for (const count of counts) expect(Math.abs(count - mean) / mean).toBeLessThan(0.35);
    // Four regions of equal length would have put more than half of all into the first.
    expect(parts[0]?.regions[0]?.to).toBeLessThan(10_000);
  });
});

describe.skipIf(!present)('regions of divided work', () => {
  it('have every read once by samtools itself, with the expression', async () => {
    await using file = await openSource(bam);
    const index = await readBinningIndex(`${bam}.bai`);
    const work = workByBins(index, (await readBamHeader(file)).references, file.size);
    const lines: string[] = [];
    for (const { regions, unplaced } of divideWork(work, { parts: 6 })) {
      const expression = ownershipExpression(regions);
      const which = unplaced ? ['*'] : regions.map(formatRegion);
      lines.push(samtools('view', ...(expression === undefined ? [] : ['-e', expression]), bam, ...which));
    }
    expect(lines.join('') === samtools('view', bam)).toBe(true);
  });

  it('of a CRAM file have every read once, too', async () => {
    const fasta = join(directory, 'reference.fa');
    await writeFile(
      fasta,
      references
        .map(({ name, length }) => `>${name}\n${'ACGT'.repeat(length / 4 + 1).slice(0, length)}\n`)
        .join(''),
    );
    samtools('faidx', fasta);
    const cram = join(directory, 'sorted.cram');
    samtools(
      'view',
      '-C',
      '--no-PG',
      '-T',
      fasta,
      '--output-fmt-option',
      'seqs_per_slice=1000',
      '-o',
      cram,
      bam,
    );
    samtools('index', cram);
    const named = (await readFai(`${fasta}.fai`)).map(({ name, length }) => ({ name, length }));
    expect(named).toEqual(references);
    const parts = [...divideWork(workBySlices(await readCrai(`${cram}.crai`), named), { parts: 5 })];
    expect(parts).toHaveLength(6);
    let count = 0;
    for (const { regions, unplaced } of parts) {
      const expression = ownershipExpression(regions);
      const which = unplaced ? ['*'] : regions.map(formatRegion);
      count += Number(
        samtools(
          'view',
          '-c',
          '-T',
          fasta,
          ...(expression === undefined ? [] : ['-e', expression]),
          cram,
          ...which,
        ),
      );
    }
    expect(count).toBe(40_000);
  });

  it('of a file of tabix or bcftools cover all of its lines', async () => {
    const vcf = join(directory, 'calls.vcf');
    const head =
      '##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n';
    const calls = Array.from(
      { length: 40_000 },
      (_, at) => `${1 + Math.floor(at / 30_000)}\t${1 + (at % 30_000) * 10}\tx${noise(at)}\tA\tC\t.\t.\t.\n`,
    );
    await writeFile(vcf, head + calls.join(''));
    run('bgzip', '-k', vcf);
    run('tabix', '-p', 'vcf', `${vcf}.gz`);
    run('bcftools', 'index', '-c', `${vcf}.gz`);
    for (const kind of ['tbi', 'csi']) {
      const index = await readBinningIndex(`${vcf}.gz.${kind}`);
      expect(index.columns).toMatchObject({
        format: 'vcf',
        sequence: 1,
        begin: 2,
        comment: '#',
        names: ['1', '2'],
      });
      await using file = await openSource(`${vcf}.gz`);
      const named = (index.columns?.names ?? []).map((name) => ({ name }));
      const parts = [...divideWork(workByBins(index, named, file.size - 28), { parts: 4 })];
      expect(parts.filter(({ unplaced }) => !unplaced)).toHaveLength(4);
      const regions = parts.flatMap((part) => part.regions.map(formatRegion));
      expect(regions.map((region) => run('tabix', `${vcf}.gz`, region)).join('')).toBe(calls.join(''));
      let lines = '';
      let count = 0;
      for await (const { pieces } of splitTabixByWork(file, index, { parts: 4 })) {
        const part = await write('part.vcf.gz', pieces);
        run('bcftools', 'view', '--no-version', '-o', `${part}.read`, part);
        const text = run('bgzip', '-dc', part);
        expect(text.startsWith(head)).toBe(true);
        lines += text.slice(head.length);
        count += 1;
      }
      expect(count).toBe(4);
      expect(lines === calls.join('')).toBe(true);
    }
  });

  it('of BED and GFF, too, whose features may overlap', async () => {
    const features = Array.from({ length: 60_000 }, (_, at) => ({
      at: Math.floor(at / 3) * 100,
      length: 1 + (noise(at) % 50_000),
    }));
    const texts = {
      bed: features.map(({ at, length }) => `chr1\t${at}\t${at + length}\tx\n`),
      gff: features.map(({ at, length }) => `chr1\tmade\tgene\t${at + 1}\t${at + length}\t.\t+\t.\tID=x\n`),
    };
    for (const [kind, lines] of Object.entries(texts)) {
      const path = join(directory, `features.${kind}`);
      await writeFile(path, `#made for a test\n${lines.join('')}`);
      run('bgzip', path);
      run('tabix', '-p', kind, `${path}.gz`);
      await using file = await openSource(`${path}.gz`);
      const parts: string[] = [];
      for await (const { pieces } of splitTabixByWork(file, await readBinningIndex(`${path}.gz.tbi`), {
        parts: 3,
      })) {
        parts.push(run('bgzip', '-dc', await write(`part.${kind}.gz`, pieces)));
      }
      expect(parts).toHaveLength(3);
      for (const part of parts) expect(part.startsWith('#made for a test\nchr1')).toBe(true);
      expect(parts.map((part) => part.slice(part.indexOf('\n') + 1)).join('') === lines.join('')).toBe(true);
    }
  });
});

describe.skipIf(!present)('an index of bgzip', () => {
  it('is what a scan of the blocks finds', async () => {
    run('bgzip', '-r', bam);
    await using file = await openSource(bam);
    const blocks = (await Array.fromAsync(scanBlocks(file))).flat();
    const starts = await readGzi(`${bam}.gzi`);
    const filled = blocks.filter(({ contentSize }) => contentSize > 0);
    expect(starts.slice(0, filled.length)).toEqual(
      filled.map(({ offset, contentOffset }) => ({ offset, contentOffset })),
    );
    for (const place of [0, 65_280, 100_000, 1_000_000]) {
      expect([locateByGzi(starts, place)]).toEqual(await Array.fromAsync(locateContent(file, [place])));
    }
    expect(blockAt(starts, 100_000)).toMatchObject({
      offset: blocks.findLast((one) => one.contentOffset <= 100_000)?.offset,
    });
    expect(writeGzi(starts)).toHaveLength(8 + 16 * (starts.length - 1));
    expect(await endsWithMarker(file)).toBe(true);
  });
});
