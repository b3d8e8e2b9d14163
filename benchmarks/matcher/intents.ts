import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openJobStore } from '@galaxy-mesos/job-store';
import type { Attempt, TaskChange, TaskStore } from '@galaxy-mesos/scheduler';
import { requireRealPostgres, startPostgres } from '../../test-fixtures/real-postgres/real-postgres.ts';
import { quantile } from '../measure.ts';
import { cacheFolder } from '../mesos-decode/peers.ts';
import { trueTasks } from '../true-tasks.ts';
import { count, figure, Report } from './report.ts';

const taskCount = 20_000;
/** Launches that are written together by a scheduler that is busy: one commit for all that was matched at a time. */
const intentsPerCommit = 200;
/** Commits that are under way at a time where each is of one intent alone: the store puts them together. */
const atOnce = 200;

interface Writing {
  readonly name: string;
  readonly perCommit: number;
  readonly atOnce: number;
}

const writings: readonly Writing[] = [
  { name: `${intentsPerCommit} intents a commit`, perCommit: intentsPerCommit, atOnce: 1 },
  { name: `one intent a commit, ${atOnce} at a time`, perCommit: 1, atOnce },
];

/** What a scheduler writes before it launches an attempt. */
function intentOf(taskId: string): TaskChange[] {
  const attempt: Attempt = {
    id: `${taskId}-1`,
    taskId,
    number: 1,
    state: 'TASK_STAGING',
    agentId: 'agent-1',
    hostname: 'host-1',
    launchedAt: Date.now(),
  };
  return [
    { type: 'attempted', attempt },
    { type: 'moved', taskId, state: 'active' },
  ];
}

async function timeIntents(store: TaskStore, { perCommit, atOnce: lanes }: Writing): Promise<string[]> {
  const specs = trueTasks(taskCount, 1);
  for (let first = 0; first < taskCount; first += 1000)
    await store.commit(specs.slice(first, first + 1000).map((spec) => ({ type: 'added', spec })));
  const waits: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < taskCount) {
      const batch = specs.slice(next, next + perCommit);
      next += perCommit;
      const startedAt = performance.now();
      await store.commit(batch.flatMap(({ id }) => intentOf(id)));
      waits.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  const written = (await store.load()).filter(({ attempts }) => attempts.length === 1).length;
  if (written !== taskCount) throw new Error(`${written} of ${taskCount} intents are in the store`);
  return [figure(taskCount / seconds), figure(quantile(waits, 0.5)), figure(quantile(waits, 0.99))];
}

async function rowsOf(name: string, newLocation: () => Promise<string>): Promise<string[][]> {
  const rows: string[][] = [];
  for (const writing of writings) {
    const store = await openJobStore(await newLocation());
    try {
      rows.push([name, writing.name, ...(await timeIntents(store.taskStore('benchmark'), writing))]);
    } finally {
      await store.close();
    }
  }
  return rows;
}

async function sqliteRows(): Promise<string[][]> {
  // Not in /tmp, which may be memory: what counts is the time until the disk has it.
  await mkdir(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, 'intents-'));
  let files = 0;
  try {
    return await rowsOf('SQLite', async () => join(folder, `store-${++files}.sqlite`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function postgresRows(): Promise<string[][]> {
  if (!requireRealPostgres()) return [];
  const server = await startPostgres({ durable: true });
  try {
    return await rowsOf('PostgreSQL', () => server.newDatabase());
  } finally {
    await server.stop();
  }
}

/** How many launches a second can be made durable before they are sent. */
export async function benchmarkIntents(): Promise<void> {
  const report = new Report('matcher-store', 'Launches made durable before they are sent');
  report.table(`${count(taskCount)} intents`, [
    ['store', 'written', 'intents/s', 'median ms', 'p99 ms'],
    ...(await sqliteRows()),
    ...(await postgresRows()),
  ]);
  report.write();
}
