import { defaultPolicy, Scheduler, type TaskSpec } from '@galaxy-mesos/scheduler';
import { MemoryTaskStore, ScriptedDriver } from '@galaxy-mesos/scheduler/testing';

import { Matcher } from './ours.ts';

/** Who keeps the tasks, and whether they have anything of their own but their id. */
export const pendingKinds = ['matcher-alike', 'matcher-own', 'scheduler-own'] as const;

/** What tasks that wait take. All in bytes. */
export interface PendingMemory {
  readonly count: number;
  /** The most that the process ever had in memory, Node itself and garbage included. */
  readonly peak: number;
  /** Of live objects, when all tasks are there, less what was there before. */
  readonly live: number;
  /** Of `live`, the task specs themselves, which the submitter makes. */
  readonly specs: number;
}

const shared = { environment: {}, resources: { cpus: 1, mem: 1024, disk: 0 }, retries: 2 };

const alike = (index: number): TaskSpec => ({
  id: `task-${index}`,
  name: 'task',
  command: 'true',
  ...shared,
});

/** As Galaxy's jobs have them: the command names files of the task alone. */
const own = (index: number): TaskSpec => ({
  id: `task-${index}`,
  name: `part ${index} of a job`,
  command: `tool --threads 4 --input /data/jobs/000/parts/part-${index}.fasta --output result-${index}.tsv --format tabular`,
  environment: { PART: String(index), GALAXY_SLOTS: '4' },
  resources: { cpus: 4, mem: 8192, disk: 1024 },
  retries: 2,
});

function live(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const batchSize = 10_000;

async function addAll(specs: readonly TaskSpec[], kind: (typeof pendingKinds)[number]): Promise<object> {
  if (kind === 'scheduler-own') {
    const scheduler = new Scheduler({ driver: new ScriptedDriver(), store: new MemoryTaskStore() });
    await scheduler.start();
    for (let first = 0; first < specs.length; first += batchSize)
      await scheduler.submit(specs.slice(first, first + batchSize));
    return scheduler;
  }
  const matcher = new Matcher(defaultPolicy);
  for (const [sequence, spec] of specs.entries())
    matcher.add({ spec, resources: spec.resources, sequence, since: 0 });
  return matcher;
}

/** Takes so many tasks in. */
export async function measurePending(
  kind: (typeof pendingKinds)[number],
  count: number,
): Promise<PendingMemory> {
  const before = live();
  const make = kind === 'matcher-alike' ? alike : own;
  const specs = Array.from({ length: count }, (_, index) => make(index));
  const withSpecs = live();
  const keeper = await addAll(specs, kind);
  const after = live();
  const { maxRSS } = process.resourceUsage();
  if (keeper instanceof Scheduler) await keeper.close('disconnect');
  return { count: specs.length, peak: maxRSS * 1024, live: after - before, specs: withSpecs - before };
}
