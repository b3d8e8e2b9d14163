import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MasterClient } from '@galaxy-mesos/mesos-client';
import type { Attempt, AttemptState, TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import {
  type RealAgent,
  type RealMesos,
  type RealMesosOptions,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { Runtime, type RuntimeParts, recordsIn } from './compose.ts';
import { type Account, Ledger } from './ledger.ts';

/** Long enough for a busy machine; a test that waits this long has failed. */
const patienceMilliseconds = 30_000;

/** A real cluster, a store and a ledger of what ran; all that was started is ended when it is disposed of. */
export class RealRun {
  readonly cluster: RealMesos;
  readonly ledger: Ledger;
  /** Where the store is. */
  readonly store: string;
  readonly #closing = new AsyncDisposableStack();

  private constructor(cluster: RealMesos) {
    this.cluster = cluster;
    this.ledger = new Ledger(cluster.folder);
    this.store = join(cluster.folder, 'store.sqlite');
    this.#closing.defer(() => cluster.stop());
  }

  static async start(options: RealMesosOptions): Promise<RealRun> {
    return new RealRun(await startMesos(options));
  }

  /** A scheduler that has started; tasks are submitted if there are any. */
  async runtime(tasks: readonly TaskSpec[] = [], parts: Partial<RuntimeParts> = {}): Promise<Runtime> {
    const runtime = await Runtime.open({ master: this.cluster.url, store: this.store, ...parts });
    // A second close does nothing but wait for the first.
    this.#closing.defer(() => runtime.close().catch(() => {}));
    await runtime.scheduler.start();
    if (tasks.length > 0) await runtime.scheduler.submit(tasks);
    return runtime;
  }

  /** Waits until the runtime has settled, closes it, and compares what ran with what the store says. */
  async account(runtime: Runtime): Promise<Account> {
    const settled = runtime.scheduler.settled();
    const isOver = settled.then(
      () => true,
      () => true,
    );
    await until(
      () => `all tasks to end; there was ${describe(runtime)}`,
      () => Promise.race([isOver, undefined]),
    );
    await settled;
    await runtime.close();
    return this.ledger.account(await recordsIn(this.store));
  }

  /** The agent where an attempt is. */
  async agentOf({ agentId }: Attempt): Promise<RealAgent> {
    await using master = new MasterClient({ master: (await this.cluster.leader()).url });
    const { agents = [] } = await master.call({ type: 'GET_AGENTS' });
    const found = agents.find(({ agent_info }) => agent_info.id?.value === agentId);
    const port = found?.pid?.split(':').at(-1);
    const agent = this.cluster.agents.find(({ url }) => port !== undefined && url.includes(`:${port}/`));
    if (!agent) throw new Error(`the agent ${agentId} is not one of the cluster's`);
    return agent;
  }

  /** Tasks of Mesos, attempts in our words, as the master has them. */
  async mesosTasks(which: 'tasks' | 'completed_tasks'): Promise<readonly { id: string; state: string }[]> {
    await using master = new MasterClient({ master: (await this.cluster.leader()).url });
    const tasks = (await master.call({ type: 'GET_TASKS' }))[which] ?? [];
    return tasks.map(({ task_id, state }) => ({ id: task_id.value, state }));
  }

  /** The ids of the frameworks that the master has, or has had. */
  async frameworks(): Promise<readonly string[]> {
    await using master = new MasterClient({ master: (await this.cluster.leader()).url });
    const { frameworks = [], completed_frameworks = [] } = await master.call({ type: 'GET_FRAMEWORKS' });
    return [...frameworks, ...completed_frameworks].map(
      ({ framework_info }) => framework_info.id?.value ?? '',
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing.disposeAsync();
  }
}

/** Polls until there is something. `what` ends the sentence "waited 30 s for". */
export async function until<T>(
  what: string | (() => string),
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + patienceMilliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(
        `waited ${patienceMilliseconds / 1000} s for ${typeof what === 'string' ? what : what()}`,
      );
    await sleep(20);
  }
}

/** All that a runtime told of the attempts at a task, in order. */
export function newsOf({ notices }: Runtime, taskId: TaskId): readonly Attempt[] {
  return notices.flatMap((notice) =>
    (notice.type === 'attempt' || notice.type === 'task') &&
    notice.spec.id === taskId &&
    notice.attempt !== undefined
      ? [notice.attempt]
      : [],
  );
}

/** The last notices, for the message of a test that waited in vain. */
const describe = ({ notices }: Runtime): string =>
  notices
    .slice(-30)
    .map((notice) =>
      'attempt' in notice && notice.attempt
        ? `${notice.type} ${notice.attempt.id} ${notice.attempt.state} ${notice.attempt.reason} ${notice.attempt.message}`
        : JSON.stringify(notice),
    )
    .join('\n');

/** Waits until an attempt at a task has been in a state. */
export function untilState(
  runtime: Runtime,
  taskId: TaskId,
  state: AttemptState,
  number = 1,
): Promise<Attempt> {
  return until(
    () => `attempt ${number} at ${taskId} to be ${state}; there was ${describe(runtime)}`,
    () => newsOf(runtime, taskId).find((attempt) => attempt.number === number && attempt.state === state),
  );
}
