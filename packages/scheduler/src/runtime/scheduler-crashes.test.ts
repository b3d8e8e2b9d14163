import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SchedulerError } from '../model/errors.ts';
import { isFinal, isTerminal, type TaskRecord } from '../model/task.ts';
import type { AttemptUpdate, Launch } from '../ports/driver.ts';
import type { TaskChange } from '../ports/store.ts';
import { aTask } from '../testing/core-fixture.ts';
import { ManualClock, untilIdle } from '../testing/manual-clock.ts';
import { MemoryTaskStore } from '../testing/memory-task-store.ts';
import { ModelCluster } from '../testing/model-cluster.ts';
import { Scheduler } from './scheduler.ts';

const never = new Promise<never>(() => {});

/** A store that a scheduler may die over: before a commit is written, or after. */
class MortalStore extends MemoryTaskStore {
  readonly finished = new Map<string, number>();
  dieAt: 'before the next commit' | 'after the next commit' | undefined;
  /** Counts deaths: what a dead scheduler still says does not count. */
  life = 0;

  /** What a scheduler sees of it in its life. */
  forThisLife(): { commit: MemoryTaskStore['commit']; load: MemoryTaskStore['load'] } {
    const { life } = this;
    return {
      load: () => this.load(),
      commit: async (changes) => {
        if (life !== this.life) return never;
        if (this.dieAt === 'before the next commit') return this.#die();
        await this.#write(changes);
        return this.dieAt === 'after the next commit' ? this.#die() : undefined;
      },
    };
  }

  async taskOf(attemptId: string): Promise<TaskRecord | undefined> {
    return (await this.load()).find(({ attempts }) => attempts.some(({ id }) => id === attemptId));
  }

  async #write(changes: readonly TaskChange[]): Promise<void> {
    for (const change of changes) {
      if (change.type !== 'moved') continue;
      const task = (await this.load()).find(({ spec }) => spec.id === change.taskId);
      expect(task && isFinal(task.state)).not.toBe(true);
      if (change.state === 'finished') {
        this.finished.set(change.taskId, (this.finished.get(change.taskId) ?? 0) + 1);
      }
    }
    await this.commit(changes);
  }

  #die(): Promise<never> {
    this.dieAt = undefined;
    this.life++;
    return never;
  }
}

const taskIds = ['a', 'b', 'c'];

/** One scheduler after another, on one store and one cluster. */
class World {
  readonly cluster = new ModelCluster();
  readonly store = new MortalStore();
  readonly clock = new ManualClock();
  readonly broken: string[] = [];
  /** What is held for sure, in this life and the next ones. */
  readonly held = new Set<string>();
  scheduler: Scheduler | undefined;
  #life = 0;

  async begin(): Promise<void> {
    const scheduler = await this.#start();
    await scheduler.submit(taskIds.map((id) => aTask(id, { retries: 2 })));
  }

  /** Starts a new scheduler if the last one has died. */
  async revive(): Promise<void> {
    await untilIdle();
    if (this.store.life === this.#life) return;
    this.cluster.cutOff();
    await this.#start();
    await untilIdle();
  }

  /** Asks the living scheduler for something that it may refuse, or die over. */
  ask(request: (scheduler: Scheduler) => Promise<void>, then = () => {}): void {
    const { scheduler } = this;
    if (scheduler) request(scheduler).then(() => scheduler === this.scheduler && then(), refused);
  }

  die(): void {
    this.store.life++;
  }

  async #start(): Promise<Scheduler> {
    this.#life = this.store.life;
    const store = this.store.forThisLife();
    const driver = this.cluster.driver(
      (launch) => this.#checkLaunch(launch),
      (update) => this.#checkAcknowledgement(update),
    );
    const scheduler = new Scheduler({ driver, store, clock: this.clock, listener: () => {} });
    this.scheduler = scheduler;
    await scheduler.hold([...this.held]);
    await scheduler.start();
    return scheduler;
  }

  async #checkLaunch({ attemptId, environment }: Launch): Promise<void> {
    if (this.held.has(environment.GALAXY_MESOS_TASK_ID ?? ''))
      this.broken.push(`${attemptId} launched although it was held`);
    if (!(await this.store.taskOf(attemptId)))
      this.broken.push(`${attemptId} launched before it was written`);
  }

  async #checkAcknowledgement({ attemptId, state }: AttemptUpdate): Promise<void> {
    const task = await this.store.taskOf(attemptId);
    const attempt = task?.attempts.find(({ id }) => id === attemptId);
    const isAwaited = task?.state === 'active' && task.attempts.at(-1) === attempt;
    if (isAwaited && isTerminal(state) && attempt && !isTerminal(attempt.state)) {
      this.broken.push(`${attemptId} ${state} acknowledged before it was written`);
    }
  }
}

/** Only this may be said to a request: the scheduler knows better, or was closed. */
const refused = (error: unknown): void => {
  if (!(error instanceof SchedulerError) || error.code === 'INVALID_TASK') throw error;
};

const taskAt = (index: number): string => taskIds[index % taskIds.length] ?? '';

type Step = (world: World, index: number) => void | Promise<void>;

const aProcess = ({ cluster }: World, index: number) =>
  [...cluster.processes.values()].at(index % Math.max(1, cluster.processes.size));

/** Does something to one of the processes, if there is any. */
const toProcess =
  (work: (cluster: ModelCluster, process: NonNullable<ReturnType<typeof aProcess>>) => void): Step =>
  (world, index) => {
    const process = aProcess(world, index);
    if (process) work(world.cluster, process);
  };

const steps: Record<string, Step> = {
  offer: ({ cluster }) => cluster.offer(),
  finish: toProcess((cluster, process) => cluster.end(process, 'TASK_FINISHED')),
  fail: toProcess((cluster, process) => cluster.end(process, 'TASK_FAILED')),
  deliver: toProcess((cluster, process) => cluster.deliver(process)),
  'deliver all': ({ cluster }) => {
    for (const process of cluster.processes.values()) cluster.deliver(process);
  },
  'deliver twice': toProcess((cluster, process) => {
    cluster.deliver(process);
    cluster.deliver(process);
  }),
  'say it is lost': toProcess((cluster, process) => cluster.claim(process, 'TASK_LOST')),
  'lose its agent': toProcess((cluster, process) => cluster.claim(process, 'TASK_UNREACHABLE')),
  'find its agent': toProcess((cluster, process) => {
    if (process.alive) cluster.claim(process, 'TASK_RUNNING');
    else process.reachable = true;
  }),
  'lose a launch': ({ cluster }) => {
    cluster.nextLaunch = 'is lost';
  },
  'fail a launch': ({ cluster }) => {
    cluster.nextLaunch = 'fails';
  },
  'delay a launch': ({ cluster }) => {
    cluster.nextLaunch = 'is late';
  },
  'let it arrive': ({ cluster }) => cluster.letLateArrive(),
  hold: (world, index) =>
    world.ask(
      (scheduler) => scheduler.hold([taskAt(index)]),
      () => world.held.add(taskAt(index)),
    ),
  release: (world, index) => {
    world.held.delete(taskAt(index));
    world.ask((scheduler) => scheduler.release([taskAt(index)]));
  },
  cancel: (world, index) => world.ask((scheduler) => scheduler.cancel([taskAt(index)])),
  forget: (world, index) => world.ask((scheduler) => scheduler.forget([taskAt(index)])),
  disconnect: ({ cluster }) => cluster.disconnect(),
  connect: ({ cluster }) => cluster.connect(),
  'die before a commit': ({ store }) => {
    store.dieAt = 'before the next commit';
  },
  'die after a commit': ({ store }) => {
    store.dieAt = 'after the next commit';
  },
  'die now': (world) => world.die(),
  'wait a second': ({ clock }) => clock.advance(1),
  'wait long': ({ clock }) => clock.advance(130),
};

async function take(world: World, name: string, index: number): Promise<void> {
  await steps[name]?.(world, index);
  await world.revive();
}

/** Everything is repaired, every agent comes back, and every update gets through. */
async function heal(world: World): Promise<void> {
  const { cluster, store } = world;
  store.dieAt = undefined;
  cluster.nextLaunch = 'arrives';
  await world.revive();
  world.held.clear();
  world.ask((scheduler) => scheduler.release(taskIds));
  cluster.letLateArrive();
  for (const process of cluster.processes.values()) process.reachable = true;
  cluster.disconnect();
  cluster.connect();
  await exchange(world);
}

async function exchange({ cluster, clock }: World): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const process of cluster.processes.values()) cluster.deliver(process);
    await clock.advance(20);
  }
}

async function runToTheEnd(world: World): Promise<void> {
  for (let round = 0; round < 40; round++) {
    world.cluster.offer();
    await untilIdle();
    for (const process of world.cluster.processes.values()) world.cluster.end(process, 'TASK_FINISHED');
    await exchange(world);
    if ((await world.store.load()).every(({ state }) => isFinal(state))) return;
  }
}

const survivorsOf = ({ cluster }: World, taskId: string): number =>
  [...cluster.processes.values()].filter((process) => process.alive && process.taskId === taskId).length;

/** What was cancelled or forgotten must not run on, though nobody may know of it any more. */
async function expectNoneTooMany(world: World): Promise<void> {
  const states = new Map((await world.store.load()).map(({ spec, state }) => [spec.id, state]));
  for (const taskId of taskIds) {
    const most = (states.get(taskId) ?? 'cancelled') === 'cancelled' ? 0 : 1;
    expect(survivorsOf(world, taskId)).toBeLessThanOrEqual(most);
  }
}

// What a cluster mostly does is more likely, so that attempts get far enough to be spoiled.
const often = ['offer', 'offer', 'offer', 'deliver all', 'deliver all', 'wait a second', 'wait a second'];

const script = fc.array(fc.tuple(fc.constantFrom(...often, ...Object.keys(steps)), fc.nat(20)), {
  minLength: 5,
  maxLength: 60,
});

test('whatever happens, and wherever the scheduler dies, every task ends once', {
  timeout: 120_000,
}, async () => {
  let finishedInAll = 0;
  await fc.assert(
    fc.asyncProperty(script, async (taken) => {
      const world = new World();
      await world.begin();
      for (const [name, index] of taken) await take(world, name, index);
      await heal(world);
      await expectNoneTooMany(world);
      await runToTheEnd(world);
      const { launchedIds } = world.cluster;
      expect(new Set(launchedIds).size).toBe(launchedIds.length);
      expect(world.broken).toEqual([]);
      for (const { spec, state, attempts } of await world.store.load()) {
        const winners = attempts.filter((attempt) => attempt.state === 'TASK_FINISHED');
        const expected = state === 'finished' ? 1 : 0;
        expect([state, world.store.finished.get(spec.id) ?? 0, winners.length]).toEqual([
          state === 'finished' || state === 'cancelled' ? state : 'failed',
          expected,
          expected,
        ]);
        finishedInAll += expected;
      }
    }),
    { numRuns: 500 },
  );
  // Or else the steps would be too destructive to tell anything.
  expect(finishedInAll).toBeGreaterThan(200);
});
