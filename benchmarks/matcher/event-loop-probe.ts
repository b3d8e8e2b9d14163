import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Scheduler, type TaskSpec } from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import { InstantCluster } from './instant-cluster.ts';

/** How long others had to wait for the event loop. All in milliseconds but `seconds`. */
export interface EventLoopFigures {
  readonly longest: number;
  readonly p99: number;
  /** The longest pause of the garbage collector, which is a part of the longest wait if they fall together. */
  readonly longestCollection: number;
  /** For all tasks, from the first that was handed in to the last that had ended. */
  readonly seconds: number;
  readonly launches: number;
}

const shapes = [1, 2, 4];

const specOf = (index: number): TaskSpec => {
  const cpus = shapes[index % shapes.length] ?? 1;
  const resources = { cpus, mem: cpus * 1024, disk: 0 };
  return { id: `task-${index}`, name: 'task', command: 'true', environment: {}, resources, retries: 0 };
};

const submittedAtATime = 500;

/** How often the loop is looked at; a wait cannot be told from none below this. */
const resolution = 1;

/** Runs tasks on a cluster of agents with 8 cores, and watches the event loop meanwhile. */
export async function measureEventLoop(agents: number, tasks: number): Promise<EventLoopFigures> {
  const driver = new InstantCluster({ agents, cpus: 8, runMilliseconds: 3000, eventsPerTurn: 200 });
  let finished = 0;
  let failure: Error | undefined;
  const scheduler = new Scheduler({
    driver,
    store: new MemoryTaskStore(),
    listener: (notice) => {
      if (notice.type === 'task' && notice.state === 'finished') finished += 1;
      if (notice.type === 'call-failed') failure ??= notice.error;
    },
  });
  let longestCollection = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestCollection = Math.max(longestCollection, duration);
  });
  collections.observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution });
  await scheduler.start();
  delay.enable();
  const startedAt = performance.now();
  for (let first = 0; first < tasks; first += submittedAtATime) {
    const count = Math.min(submittedAtATime, tasks - first);
    await scheduler.submit(Array.from({ length: count }, (_, index) => specOf(first + index)));
    // Whoever submits has I/O to wait for; a store in memory has not, and would let all of this be one turn.
    await nextTurn();
  }
  await scheduler.settled();
  const seconds = (performance.now() - startedAt) / 1000;
  delay.disable();
  await scheduler.close('disconnect');
  collections.disconnect();
  if (failure) throw failure;
  if (finished !== tasks) throw new Error(`${finished} of ${tasks} tasks have finished`);
  const waited = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
  return {
    longest: waited(delay.max),
    p99: waited(delay.percentile(99)),
    longestCollection,
    seconds,
    launches: driver.launches,
  };
}
