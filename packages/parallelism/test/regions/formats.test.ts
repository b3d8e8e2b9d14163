import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { readyMerge } from '../../src/index.ts';
import { type CutPart, carryOut } from '../carry-out.ts';
import { contigs, makeLines, makeReads, noise, run, vcfText } from './made-files.ts';

const present = requirePrograms('samtools', 'bcftools', 'bedtools', 'bgzip', 'tabix');

let directory: string;
let count = 0;
beforeAll(async () => {
  if (!present) return;
  directory = await mkdtemp(join(tmpdir(), "it's regions-"));
  await makeReads(directory);
}, 120_000);
afterAll(async () => {
  if (present) await rm(directory, { recursive: true });
});

const cut = (parameters: object, path: string): Promise<readonly CutPart[]> => {
  count += 1;
  const split = { strategy: 'regions', parameters };
  return carryOut(split, [{ name: 'x', paths: [path] }], join(directory, `parts-${count}`));
};

const fileOf = ({ files }: CutPart): string => files.x ?? '';
const same = (one: string, other: string): void => expect(one === other).toBe(true);
const ways = [
  { parts: 5 },
  { bytes: 8000 },
  { window: 4000 },
  { by: 'contig' },
  { parts: 4, together: false },
];

const joined = async (
  merge: string,
  parts: readonly CutPart[],
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<string> => {
  count += 1;
  const ready = readyMerge({ merge, parameters });
  if (ready.kind !== 'here') throw new Error(`${merge} is joined here`);
  const destination = join(directory, `joined-${count}`);
  await ready.join({ parts: parts.map((part) => ({ path: fileOf(part) })), destination });
  return destination;
};

describe.skipIf(!present)('regions', () => {
  it('of VCF hold every line once, also those at position 0 and behind the end, and join to the file', async () => {
    const text = vcfText();
    const vcf = await makeLines(join(directory, 'calls.vcf'), text, 'vcf');
    for (const parameters of [...ways, { parts: 3, equal: 'bases' }]) {
      const parts = await cut(parameters, vcf);
      expect(parts.length).toBeGreaterThan(1);
      const lines = parts.map((part) => run('bgzip', '-dc', fileOf(part)).replace(/^#.*\n/gm, ''));
      same(lines.join(''), text.replace(/^#.*\n/gm, ''));
      same(run('bgzip', '-dc', await joined('vcf', parts)), text);
    }
  }, 120_000);

  it('of VCF that overlap are trimmed where they are joined', async () => {
    const text = vcfText();
    const vcf = await makeLines(join(directory, 'around.vcf'), text, 'vcf');
    const parts = await cut({ window: 5000, overlap: 300, together: false }, vcf);
    const lines = parts.map((part) => run('bgzip', '-dc', fileOf(part)).replace(/^#.*\n/gm, ''));
    expect(lines.join('').length).toBeGreaterThan(text.length);
    same(run('bgzip', '-dc', await joined('vcf', parts, { duplicates: 'remove' })), text);
  }, 60_000);

  it('of BCF hold every record once', async () => {
    const bcf = join(directory, 'calls.bcf');
    await writeFile(`${bcf}.vcf`, vcfText());
    run('bcftools', 'view', '--no-version', '-o', bcf, `${bcf}.vcf`);
    run('bcftools', 'index', bcf);
    const text = (path: string): string => run('bcftools', 'view', '--no-version', '-H', path);
    for (const parameters of ways) {
      const parts = await cut(parameters, bcf);
      expect(parts.length).toBeGreaterThan(1);
      same(parts.map((part) => text(fileOf(part))).join(''), text(bcf));
    }
  }, 120_000);

  it('of BED and GFF hold every feature once, for bedtools to work on', async () => {
    const features = Array.from({ length: 9000 }, (_, at) => ({
      at: at * 6,
      length: 1 + (noise(at) % 5000),
    }));
    const bed = await makeLines(
      join(directory, 'features.bed'),
      `#made\n${features.map(({ at, length }) => `chr1\t${at}\t${at + length}\tf${at}\n`).join('')}`,
      'bed',
    );
    const gff = await makeLines(
      join(directory, 'features.gff'),
      `##gff-version 3\n${features.map(({ at, length }) => `chr1\tx\tgene\t${at + 1}\t${at + length}\t.\t+\t.\tID=${at}\n`).join('')}`,
      'gff',
    );
    const windows = join(directory, 'windows.bed');
    await writeFile(windows, 'chr1\t4000\t9000\nchr1\t30000\t31000\n');
    for (const path of [bed, gff]) {
      for (const parameters of ways.filter(({ by }) => by === undefined)) {
        const parts = await cut(parameters, path);
        expect(parts.length).toBeGreaterThan(1);
        const found = parts.map((part) => run('bedtools', 'intersect', '-a', fileOf(part), '-b', windows));
        same(found.join(''), run('bedtools', 'intersect', '-a', path, '-b', windows));
      }
      await expect(cut({ parts: 2, equal: 'bases' }, path)).rejects.toThrow('needs the length of chr1');
    }
  }, 120_000);

  it('of CRAM hold every read once, cut by samtools', async () => {
    const [cram, genome] = [join(directory, 'reads.cram'), join(directory, 'genome.fa')];
    run(
      'samtools',
      'view',
      '--no-PG',
      '-C',
      '-T',
      genome,
      '--output-fmt-option',
      'seqs_per_slice=500',
      '-o',
      cram,
      join(directory, 'reads.bam'),
    );
    run('samtools', 'index', cram);
    const view = (path: string): string => run('samtools', 'view', '--no-PG', '-T', genome, path);
    const targets = join(directory, 'cram.bed');
    await writeFile(targets, 'chr1\t100\t2000\nchr1\t2000\t3000\nchr1\t9000\t9999\n');
    for (const parameters of [...ways.filter(({ bytes }) => bytes === undefined), { bytes: 20_000 }]) {
      const parts = await cut({ ...parameters, reference: genome }, cram);
      expect(parts.length).toBeGreaterThan(3);
      same(parts.map((part) => view(fileOf(part))).join(''), view(cram));
    }
    const [part] = await cut({ parts: 1, targets, reference: genome }, cram);
    const [bamPart] = await cut({ parts: 1, targets }, join(directory, 'reads.bam'));
    if (part === undefined || bamPart === undefined) throw new Error('there is one part');
    const names = (path: string) => view(path).replace(/\t.*$/gm, '');
    same(names(fileOf(part)), names(fileOf(bamPart)));
  }, 120_000);

  it('of CRAM may be of thousands of sequences', async () => {
    const names = Array.from({ length: 3000 }, (_, at) => `scaffold:${at}`);
    const lines = names.map((name) => `r\t0\t${name}\t7\t60\t8M\t*\t0\t0\tACGTACGT\tIIIIIIII\n`);
    const sam = join(directory, 'scaffolds.sam');
    const reference = join(directory, 'scaffolds.fa');
    await writeFile(reference, names.map((name) => `>${name}\n${'ACGT'.repeat(10)}\n`).join(''));
    const cram = join(directory, 'scaffolds.cram');
    await writeFile(sam, [...names.map((name) => `@SQ\tSN:${name}\tLN:40\n`), ...lines].join(''));
    run('samtools', 'view', '--no-PG', '-C', '-T', reference, '-o', cram, sam);
    run('samtools', 'index', cram);
    const parts = await cut({ parts: 3, reference }, cram);
    expect(parts).toHaveLength(3);
    const view = (path: string): string => run('samtools', 'view', '--no-PG', '-T', reference, path);
    same(parts.map((part) => view(fileOf(part))).join(''), view(cram));
  }, 120_000);

  it.each(['plain', 'bgzip'])(
    'of FASTA are what samtools faidx gives (%s)',
    async (kind) => {
      const plain = join(directory, 'genome.fa');
      const content = await readFile(plain, 'latin1');
      if (kind === 'bgzip') {
        run('sh', '-c', 'bgzip -c "$0" > "$0.gz"', plain);
        run('samtools', 'faidx', `${plain}.gz`);
      }
      const path = kind === 'bgzip' ? `${plain}.gz` : plain;
      const text = (part: CutPart): string =>
        kind === 'bgzip' ? run('bgzip', '-dc', fileOf(part)) : run('cat', fileOf(part));
      same((await cut({ by: 'contig' }, path)).map(text).join(''), content);
      same((await cut({ parts: 1 }, path)).map(text).join(''), content);
      for (const how of [{ window: 3333 }, { parts: 7 }]) {
        for (const part of await cut({ ...how, together: false }, path)) {
          const { contig = '', start, end } = part.part.values ?? {};
          const length = contigs.find(({ name }) => name === contig)?.length;
          const [title, ...lines] = text(part).split('\n');
          const isWhole = start === '1' && end === String(length);
          expect(title).toBe(isWhole ? `>${contig} made -> for tests` : `>${contig}:${start}-${end}`);
          const expected = run('samtools', 'faidx', plain, `{${contig}}:${start}-${end}`)
            .split('\n')
            .slice(1);
          same(lines.join(''), expected.join(''));
        }
      }
      await writeFile(join(directory, 'stale.fa'), content.replace('\n', '\n\n'));
      await writeFile(join(directory, 'stale.fa.fai'), await readFile(`${plain}.fai`));
      await expect(cut({ parts: 2 }, join(directory, 'stale.fa'))).rejects.toThrow(
        /stale\.fa\.fai does not fit/,
      );
    },
    120_000,
  );

  it('of what has no index are refused, and told what would do', async () => {
    const path = join(directory, 'text.vcf');
    await writeFile(path, vcfText());
    await expect(cut({ parts: 2 }, path)).rejects.toThrow(
      'compress lines with bgzip, and index them with tabix',
    );
    await writeFile(`${path}.empty`, '');
    await expect(cut({ parts: 2 }, `${path}.empty`)).rejects.toThrow('found an empty file');
    run('sh', '-c', 'gzip -c "$0" > "$0.gz"', path);
    await expect(cut({ parts: 2 }, `${path}.gz`)).rejects.toThrow('found a file in gzip: decompress it');
    run('sh', '-c', 'bgzip -c "$0" > "$0.gz"', path);
    await expect(cut({ parts: 2 }, `${path}.gz`)).rejects.toThrow(
      `make one with \`tabix -p vcf ${path}.gz\``,
    );
  });
});
