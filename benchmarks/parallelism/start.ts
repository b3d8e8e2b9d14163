import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { median } from '../measure.ts';
import { writeFasta, writeFastq } from './inputs.ts';
import { type PlanUse, plan, remove, reportedIn, scaled, shell } from './programs.ts';

const megabytes = scaled(2000);
const partCount = 64;
const rounds = 3;
const cli = path.join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'galaxy-mesos.js');

/** How soon the first part of a large file is known, and its first task starts; how much memory planning takes. */
export function benchmarkStart(): Promise<void> {
  return reportedIn('parallelism-start', 'How soon the first task starts', async (folder, report) => {
    const reads = writeFastq(path.join(folder, 'input.fastq'), megabytes);
    writeFasta(path.join(folder, 'input.fasta'), megabytes);
    await shell('gzip -1 < input.fastq > gzip.fastq.gz && bgzip -@ 2 -c input.fastq > bgzf.fastq.gz', folder);
    const parts = { parts: partCount };
    const size = { size: Math.ceil(reads / partCount) };
    const rows = [['', 'first part', 'all parts', 'first task starts', 'peak memory of planning']];
    for (const [file, how] of [
      ['input.fasta', parts],
      ['input.fastq', parts],
      ['input.fastq', size],
      ['bgzf.fastq.gz', size],
      ['gzip.fastq.gz', size],
      ['gzip.fastq.gz', parts],
    ] as const) {
      rows.push(await rowOf(folder, file, how));
    }
    report.table(`${megabytes} MB in ${partCount} parts: seconds from the start of the program`, rows);
  });
}

async function rowOf(folder: string, file: string, how: object): Promise<string[]> {
  const format = file.includes('fasta') ? 'fasta' : 'fastq';
  const split = { strategy: 'records', parameters: { format, ...how } };
  const uses: PlanUse[] = [];
  const starts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`  round ${round + 1} of ${rounds}: ${file} ${JSON.stringify(how)}\n`);
    uses.push(await plan(folder, split, file));
    starts.push(startOfFirstTask(folder, file, how));
  }
  return [
    `${file}, by ${Object.keys(how).join()}`,
    median(uses.map(({ firstPart }) => firstPart)).toFixed(2),
    median(uses.map(({ seconds }) => seconds)).toFixed(2),
    median(starts).toFixed(2),
    `${Math.round(Math.max(...uses.map(({ peakMegabytes }) => peakMegabytes)))} MB`,
  ];
}

/** The whole program, with a task that only tells when it began. */
function startOfFirstTask(folder: string, file: string, how: object): number {
  const [option = '', value = ''] = Object.entries(how)[0] ?? [];
  const stamp = path.join(folder, 'began');
  remove(folder, 'began', 'result');
  const command = `[ -e '${stamp}' ] || date +%s%N > '${stamp}'; : {input} > {output}`;
  const options = ['map', '--input', file, `--${option}`, String(value), '--output', 'result', '--', command];
  const startedAt = Date.now() / 1000;
  const { status, stderr } = spawnSync(process.execPath, [cli, ...options], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(readFileSync(stamp, 'utf8')) / 1e9 - startedAt;
}
