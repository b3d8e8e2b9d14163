import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalDriver } from '@galaxy-mesos/drivers';
import { openJobStore } from '@galaxy-mesos/job-store';
import type { TaskStore } from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import { type Contender, compete, printTable, secondsOf } from './measure.ts';
import { timeTasks, trueTasks } from './true-tasks.ts';

const count = 1000;
const atOnce = 2;
const rounds = 3;

/** Tasks of `true` on this machine, two at a time, beside GNU parallel. */
export async function benchmarkLocalTasks(): Promise<void> {
  const contenders = [
    { name: `GNU parallel -j${atOnce} true`, run: runParallel },
    { name: 'scheduler, tasks in memory', run: () => runLocally(async () => new MemoryTaskStore()) },
    {
      name: 'scheduler, tasks in SQLite',
      run: () =>
        runLocally(async (folder) =>
          (await openJobStore(path.join(folder, 'job.sqlite'))).taskStore('local'),
        ),
    },
  ].filter(({ run }) => run !== runParallel || hasParallel());
  await report(contenders);
}

async function report(contenders: readonly Contender[]): Promise<void> {
  const seconds = await compete(contenders, { rounds });
  const peer = hasParallel() ? seconds[0] : undefined;
  printTable(`${count.toLocaleString('en')} tasks of \`true\` on this machine, ${atOnce} at a time`, [
    ['', 'seconds', 'ms per task', 'ratio to parallel'],
    ...contenders.map(({ name }, index) => {
      const time = seconds[index] ?? Number.NaN;
      const ratio = peer === undefined ? '-' : (time / peer).toFixed(2);
      return [name, time.toFixed(2), ((time * 1000) / count).toFixed(2), ratio];
    }),
  ]);
  if (peer === undefined)
    console.log('\nGNU parallel is not here to compare with (Debian package parallel).');
}

async function runLocally(openStore: (folder: string) => Promise<TaskStore>): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-local-tasks-'));
  try {
    const driver = new LocalDriver({
      sandboxRoot: path.join(folder, 'sandboxes'),
      resources: { cpus: atOnce, mem: 1024 },
    });
    return await timeTasks(trueTasks(count, 1), { driver, store: await openStore(folder) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hasParallel = (): boolean => spawnSync('parallel', ['--version']).status === 0;

const runParallel = (): Promise<number> =>
  secondsOf(() => {
    const input = Array.from({ length: count }, (_, index) => `${index}\n`).join('');
    // -n0: the lines say how often, and are not handed to `true`.
    const options = ['--will-cite', `-j${atOnce}`, '-n0', 'true'];
    const { status, stderr } = spawnSync('parallel', options, { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(`parallel: ${stderr}`);
  });
