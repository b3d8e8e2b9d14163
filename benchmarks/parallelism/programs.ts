import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MergeChoice, SplitChoice } from '@galaxy-mesos/parallelism';
import { Report } from '../matcher/report.ts';
import { secondsOf } from '../measure.ts';

/** What is left of the memory of a daemon for the heap of a child that plans or joins, in MiB. */
const heapLimit = 256;

/** `BENCH_SCALE=0.05` tries everything with a twentieth of the data; the figures mean nothing then. */
const scale = Number(process.env.BENCH_SCALE ?? 1);

/** So many, of megabytes or records, unless all is to be tried with less. */
export const scaled = (count: number): number => Math.max(1, Math.round(count * scale));

/** Does something in a directory that is removed afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-parallelism-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Finds something out, and writes it to docs/benchmarks, unless it was only tried with less data. */
export async function reported(
  name: string,
  title: string,
  find: (report: Report) => Promise<void>,
): Promise<void> {
  const report = new Report(name, title);
  await find(report);
  if (scale === 1) report.write();
}

/** The same, in a directory that is removed afterwards. */
export const reportedIn = (
  name: string,
  title: string,
  find: (folder: string, report: Report) => Promise<void>,
): Promise<void> => reported(name, title, (report) => inFolder((folder) => find(folder, report)));

/** Runs shell text; answers the seconds it took. */
export function shell(command: string, folder: string): Promise<number> {
  return secondsOf(() => {
    const { status, stderr } = spawnSync('/bin/bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  });
}

/** Removes files of an earlier round: not in the time that is taken. */
export function remove(folder: string, ...names: readonly string[]): void {
  for (const name of names) rmSync(path.join(folder, name), { recursive: true, force: true });
}

/** What is told of a child that plans or joins; its process's start is a part of the time. */
export interface ChildUse {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** What {@link plan} answers besides. */
export interface PlanUse extends ChildUse {
  readonly parts: number;
  /** From the start of the process until the first part was told. */
  readonly firstPart: number;
}

/** The programs are JavaScript, as those that jobs start are: Node takes 0.07 s longer to start one in TypeScript. */
const argumentsOf = (program: string, order: object): readonly string[] => [
  ...process.execArgv,
  `--max-old-space-size=${heapLimit}`,
  path.join(import.meta.dirname, program),
  JSON.stringify(order),
];

async function child<Told>(program: string, order: object): Promise<Told & ChildUse> {
  let told = '';
  const seconds = await secondsOf(() => {
    told = execFileSync(process.execPath, argumentsOf(program, order), { encoding: 'utf8' });
  });
  return { ...(JSON.parse(told) as Told & ChildUse), seconds };
}

/** Plans in a process of its own, as a job's parts are planned. Leaves `cut.sh`, the commands by which tasks cut parts. */
export const plan = (folder: string, split: SplitChoice, ...names: readonly string[]): Promise<PlanUse> =>
  child<PlanUse>('plan-child.mjs', orderOf(folder, split, names));

const orderOf = (folder: string, split: SplitChoice, names: readonly string[]): object => ({
  folder,
  split,
  paths: names.map((name) => path.join(folder, name)),
});

/** Joins files in a process of its own, as results are joined. */
export const join = (
  folder: string,
  merge: MergeChoice,
  names: readonly string[],
  destination: string,
): Promise<ChildUse> => child('join-child.mjs', { folder, merge, names, destination });

/** Cuts the parts of the last plan, one after the other, by the tasks' own commands. */
export const cut = (folder: string): Promise<number> => shell('sh cut.sh', folder);

/** Plans, and cuts each part as soon as it is told, one after the other: the tasks of a job do not wait for the plan's end. */
export const cutWhilePlanned = (folder: string, split: SplitChoice, name: string): Promise<number> => {
  const words = [process.execPath, ...argumentsOf('plan-child.mjs', orderOf(folder, split, [name]))];
  const planner = words.map((word) => `'${word}'`).join(' ');
  return shell(
    `rm -f cut.sh && mkfifo cut.sh && { sh cut.sh & } && ${planner} && wait $! && rm cut.sh`,
    folder,
  );
};

/** The names of parts, in order. */
export const partNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `part-${index}`);

/** A row of a table: what, seconds, and how often a peer's time that is. */
export const ratioRow = (what: string, seconds: number, ...peers: readonly number[]): readonly string[] => [
  what,
  seconds.toFixed(2),
  ...peers.map((peer) => (seconds / peer).toFixed(2)),
];

/** Does what takes minutes in the first round only, and answers the same seconds in the others. */
export function once(run: () => Promise<number>): () => Promise<number> {
  let seconds: Promise<number> | undefined;
  return () => {
    seconds ??= run();
    return seconds;
  };
}

/** Starts a program of the kind that plans or joins, and does nothing with it: what every figure of ours has in it. */
export const start = (folder: string): Promise<number> =>
  shell([process.execPath, ...process.execArgv, idle].map((word) => `'${word}'`).join(' '), folder);

const idle = path.join(import.meta.dirname, 'idle-child.mjs');
