import { userInfo } from 'node:os';
import { type mesos, SchedulerSession, type SessionEvent } from '@galaxy-mesos/mesos-client';
import { secondsOf } from './measure.ts';

const memory = 32;

/** What is to be run. */
export interface BareWork {
  readonly count: number;
  /** Of each task. */
  readonly cpus: number;
}

/**
 * Fills every offer with tasks of `true` and acknowledges what is heard of them: no store, no queue, no retries.
 * Answers the seconds from the subscription to the end of the last task.
 */
export async function launchBare(master: string, work: BareWork): Promise<number> {
  const framework = new BareFramework(master, work);
  return framework.run();
}

class BareFramework {
  readonly #session: SchedulerSession;
  readonly #work: BareWork;
  readonly #done = Promise.withResolvers<void>();
  #launched = 0;
  #finished = 0;

  constructor(master: string, work: BareWork) {
    const framework = { user: userInfo().username, name: 'bench-bare', roles: ['*'], capabilities };
    this.#session = new SchedulerSession({ master, framework });
    this.#work = work;
  }

  async run(): Promise<number> {
    await this.#session.start((event) => void this.#hear(event).catch(this.#done.reject));
    try {
      return await secondsOf(() => this.#done.promise);
    } finally {
      await this.#session.send({ type: 'TEARDOWN' });
    }
  }

  async #hear(event: SessionEvent): Promise<void> {
    if (event.type === 'FAILED') throw event.error;
    if (event.type === 'UPDATE') await this.#acknowledge(event.update.status);
    if (event.type !== 'OFFERS') return;
    for (const offer of event.offers.offers ?? []) await this.#accept(offer);
  }

  async #acknowledge({ task_id, agent_id, uuid, state, message }: mesos.TaskStatus): Promise<void> {
    if (state === 'TASK_FINISHED') this.#finished += 1;
    else if (!running.has(state)) throw new Error(`${task_id.value} is ${state}: ${message ?? ''}`);
    if (uuid && agent_id) {
      await this.#session.send({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
    }
    if (this.#finished === this.#work.count) this.#done.resolve();
  }

  /** With no task left the offer is declined, because that is what a launch of nothing does. */
  async #accept(offer: mesos.Offer): Promise<void> {
    const { count, cpus } = this.#work;
    const first = this.#launched;
    this.#launched = Math.min(count, first + roomFor(offer, cpus));
    const length = this.#launched - first;
    const tasks = Array.from({ length }, (_, index) => taskInfo(first + index, offer, cpus));
    await this.#session.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
        filters: { refuse_seconds: 0 },
      },
    });
  }
}

const running = new Set(['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING']);

const capabilities = [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }] as const;

function roomFor(offer: mesos.Offer, cpus: number): number {
  const offered = (name: string): number =>
    (offer.resources ?? []).reduce(
      (sum, resource) => sum + (resource.name === name ? (resource.scalar?.value ?? 0) : 0),
      0,
    );
  return Math.floor(Math.min(offered('cpus') / cpus, offered('mem') / memory) + 1e-6);
}

function taskInfo(index: number, offer: mesos.Offer, cpus: number): mesos.TaskInfo {
  return {
    name: `task ${index}`,
    task_id: { value: `task-${index}` },
    agent_id: offer.agent_id,
    command: { value: 'true' },
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: cpus } },
      { name: 'mem', type: 'SCALAR', scalar: { value: memory } },
    ],
  };
}
