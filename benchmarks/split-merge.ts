import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cutCommand, type Part, readyMerge } from '@galaxy-mesos/parallelism';
import { compete, printTable, secondsOf } from './measure.ts';

const megabytes = 1000;
const partCount = 64;
const rounds = 5;
const planner = path.join(import.meta.dirname, 'split-merge-plan.ts');

interface Plan {
  readonly parts: readonly Part[];
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** A large FASTA file: planned, cut by the tasks' own shell command and joined by the merge's, beside `cat`. */
export async function benchmarkSplitMerge(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-split-merge-'));
  try {
    const file = path.join(folder, 'input.fasta');
    const records = writeFasta(file, megabytes);
    await compare(folder, file, records);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, file: string, records: number): Promise<void> {
  const peaks: number[] = [];
  let plan = planInChild(file);
  const contenders = [
    { name: 'cat', run: async () => secondsOf(() => shell('cat input.fasta > copy', folder)) },
    {
      name: 'plan',
      run: async () => {
        plan = planInChild(file);
        peaks.push(plan.peakMegabytes);
        return plan.seconds;
      },
    },
    { name: 'cut', run: async () => secondsOf(() => cut(plan.parts, folder)) },
    { name: 'merge', run: async () => secondsOf(() => shell(concatCommand(), folder)) },
  ];
  const [cat = 0, planned = 0, cutting = 0, merging = 0] = await compete(contenders, { rounds });
  execFileSync('cmp', ['input.fasta', 'merged'], { cwd: folder });
  const row = (what: string, seconds: number): readonly string[] => [
    what,
    seconds.toFixed(2),
    Math.round(megabytes / seconds).toString(),
    (seconds / cat).toFixed(2),
  ];
  printTable(
    `${megabytes} MB of FASTA, ${records.toLocaleString('en')} records, ${partCount} parts, one core`,
    [
      ['', 'seconds', 'MB/s', 'ratio to cat'],
      row('cat FILE > COPY', cat),
      row('plan: scan for records', planned),
      row('cut all parts', cutting),
      row('merge', merging),
      row('plan, cut and merge', planned + cutting + merging),
    ],
  );
  console.log(
    `\nPeak memory of the planning process: ${Math.round(Math.max(...peaks))} MB; of Node alone: ${idlePeak()} MB.`,
  );
}

/** Records of 60 to 6,000 bases in lines of 60, always the same. Answers how many. */
function writeFasta(file: string, size: number): number {
  const line = 'ACGTTGCAACGGTTAACCATATCGCGATTACAGGCATCGATTTGACCAGTCAGTACCTGA\n';
  const handle = openSync(file, 'w');
  let records = 0;
  for (let written = 0; written < size * 1e6; ) {
    let block = '';
    while (block.length < 4e6) {
      records += 1;
      block += `>record${records} made for a benchmark\n${line.repeat(1 + ((records * 37) % 100))}`;
    }
    written += writeSync(handle, block);
  }
  closeSync(handle);
  return records;
}

/** In a process of its own, whose peak memory is then that of planning. */
function planInChild(file: string): Plan {
  const printed = execFileSync(process.execPath, [planner, file, String(partCount)], { encoding: 'utf8' });
  return JSON.parse(printed) as Plan;
}

function cut(parts: readonly Part[], folder: string): void {
  const names = parts.map(({ index }) => `part-${index}`);
  for (const { index, slices } of parts) {
    for (const { pieces } of slices) shell(cutCommand(pieces, `part-${index}`), folder);
  }
  writeFileSync(path.join(folder, 'parts.list'), names.map((name) => `${name}\0`).join(''));
}

function concatCommand(): string {
  const merge = readyMerge({ merge: 'concat' });
  if (merge.kind !== 'command') throw new Error('concat runs where tasks run');
  return merge.command;
}

function shell(command: string, cwd: string): void {
  const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

function idlePeak(): number {
  const program = 'console.log(process.resourceUsage().maxRSS)';
  return Math.round((Number(execFileSync(process.execPath, ['-e', program])) * 1024) / 1e6);
}
