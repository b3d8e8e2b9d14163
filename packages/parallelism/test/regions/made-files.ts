import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a program prints. */
export const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'latin1', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'] });

/** What a shell command prints. */
export const shell = (command: string): string => run('sh', '-c', command);

/** The same number for the same seed, without a pattern. */
export const noise = (seed: number): number => {
  let value = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
};

/** Sequences of the made genome: one without reads, and one whose name holds colons. */
export const contigs = [
  { name: 'chr1', length: 60_000 },
  { name: 'empty', length: 3000 },
  { name: 'HLA:01:02', length: 9000 },
  { name: 'chrM', length: 4000 },
] as const;

const basesOf = (contig: number, length: number): string =>
  Array.from({ length }, (_, at) => 'ACGT'[noise(contig * 1_000_003 + at) & 3]).join('');

const genome = contigs.map(({ length }, number) => basesOf(number, length));

/** Sample `s` differs from the genome here, by one base. */
const isVariant = (position: number): boolean => noise(position * 7 + 3) % 211 === 0;

const readLength = 100;

const samLine = (at: number): string => {
  const kind = noise(at) % 100;
  const quality = 'I'.repeat(readLength);
  if (kind < 4) return `r${at}\t4\t*\t0\t0\t*\t*\t0\t0\t${basesOf(at, readLength)}\t${quality}\n`;
  // Reads crowd at the beginning of the first sequence.
  const [contig, span] = kind < 25 ? [0, 6000] : kind < 80 ? [0, 59_000] : kind < 92 ? [2, 8800] : [3, 3800];
  const from = noise(at + 77) % span;
  const bases = [...(genome[contig] ?? '').slice(from, from + readLength)].map((base, offset) =>
    isVariant(from + offset) ? { A: 'C', C: 'G', G: 'T', T: 'A' }[base] : base,
  );
  const name = contigs[contig]?.name;
  return `r${at}\t${(at & 1) * 16}\t${name}\t${from + 1}\t60\t${readLength}M\t*\t0\t0\t${bases.join('')}\t${quality}\n`;
};

/** Writes `genome.fa` and `reads.bam`, sorted, with their indexes. */
export async function makeReads(directory: string): Promise<void> {
  const fasta = contigs.map(({ name }, number) => {
    const lines = (genome[number] ?? '').match(/.{1,70}/g) ?? [];
    return `>${name} made -> for tests\n${lines.join('\n')}\n`;
  });
  await writeFile(join(directory, 'genome.fa'), fasta.join(''));
  run('samtools', 'faidx', join(directory, 'genome.fa'));
  const header = contigs.map(({ name, length }) => `@SQ\tSN:${name}\tLN:${length}\n`).join('');
  const lines = Array.from({ length: 16_000 }, (_, at) => samLine(at));
  const sam = join(directory, 'reads.sam');
  await writeFile(sam, `@HD\tVN:1.6\n@RG\tID:g\tSM:s\n${header}${lines.join('')}`);
  run('samtools', 'sort', '--no-PG', '-o', join(directory, 'reads.bam'), sam);
  run('samtools', 'index', join(directory, 'reads.bam'));
}

/** Writes sorted lines as `NAME.gz` with a tabix index. */
export async function makeLines(path: string, text: string, preset: string): Promise<string> {
  await writeFile(path, text);
  run('bgzip', '-f', path);
  run('tabix', '-f', '-p', preset, `${path}.gz`);
  return `${path}.gz`;
}

const vcfHead = [
  '##fileformat=VCFv4.2',
  '##FILTER=<ID=PASS,Description="All filters passed">',
  ...contigs.map(({ name, length }) => `##contig=<ID=${name},length=${length}>`),
  '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n',
].join('\n');

/** A VCF: variants on two sequences, some long deletions, one at a telomere, and one behind the end of its sequence. */
export const vcfText = (): string => {
  const lines: string[] = ['chr1\t0\ttelomere\tN\t<DEL>\t.\t.\t.\n'];
  for (let at = 1; at < 20_000; at += 1) {
    const reference = at % 50 === 0 ? 'ACGT'.repeat(60) : 'A';
    lines.push(
      `chr1\t${at * 3}\tv${noise(at) % 1000}\t${reference}\t${at % 50 === 0 ? 'A' : 'C'}\t.\t.\t.\n`,
    );
  }
  lines.push('chr1\t60007\tbehind\tA\tC\t.\t.\t.\n');
  for (let at = 1; at < 900; at += 1) lines.push(`chrM\t${at * 4}\tm${at}\tA\tC\t.\t.\t.\n`);
  return vcfHead + lines.join('');
};
