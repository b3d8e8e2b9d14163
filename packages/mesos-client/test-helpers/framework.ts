import type { FrameworkInfo, Offer, TaskInfo, TaskStatus } from '../src/gen/mesos.ts';
import {
  type MesosError,
  SchedulerSession,
  type SchedulerSessionOptions,
  type SessionEvent,
} from '../src/index.ts';

type EventOf<Type extends SessionEvent['type']> = Extract<SessionEvent, { readonly type: Type }>;

export const framework: FrameworkInfo = {
  user: 'root',
  name: 'mesos-client-test',
  roles: ['*'],
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }],
  failover_timeout: 60,
  checkpoint: true,
};

/** A session whose events can be waited for: each is handed out once, to the first that asks for such a one. */
export class TestScheduler {
  readonly session: SchedulerSession;
  readonly #events: SessionEvent[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(options: Omit<SchedulerSessionOptions, 'framework'> & { readonly framework?: FrameworkInfo }) {
    this.session = new SchedulerSession({ framework, ...options });
  }

  async start(signal?: AbortSignal): Promise<void> {
    await this.session.start(
      (event) => {
        if (event.type === 'SUBSCRIBED') this.#forgetOffers();
        this.#events.push(event);
        for (const look of this.#waiting) look();
      },
      { ...(signal && { signal }) },
    );
  }

  /** The next event of this type that also satisfies the condition; those of other kinds wait for others. */
  async next<Type extends SessionEvent['type']>(
    type: Type,
    isWanted: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const { promise, resolve } = Promise.withResolvers<EventOf<Type>>();
    const look = () => {
      const index = this.#events.findIndex(
        (event) => event.type === type && isWanted(event as EventOf<Type>),
      );
      if (index < 0) return;
      this.#waiting.delete(look);
      resolve(this.#events.splice(index, 1)[0] as EventOf<Type>);
    };
    this.#waiting.add(look);
    look();
    return promise;
  }

  /** Those of an earlier subscription are void. */
  #forgetOffers(): void {
    const others = this.#events.filter((event) => event.type !== 'OFFERS');
    this.#events.splice(0, this.#events.length, ...others);
  }

  async failure(): Promise<MesosError> {
    return (await this.next('FAILED')).error;
  }

  async offer(): Promise<Offer> {
    const { offers } = await this.next('OFFERS');
    const [first, ...others] = offers.offers ?? [];
    if (!first) throw new Error('an OFFERS event without offers');
    if (others.length > 0)
      await this.session.send({ type: 'DECLINE', decline: { offer_ids: others.map((offer) => offer.id) } });
    return first;
  }

  /** Launches a shell command on an offer of its own; tells the agent's offer. */
  async launch(taskId: string, command: string, more: Partial<TaskInfo> = {}): Promise<Offer> {
    const offer = await this.offer();
    const task: TaskInfo = {
      name: taskId,
      task_id: { value: taskId },
      agent_id: offer.agent_id,
      command: { value: command },
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      ],
      ...more,
    };
    await this.session.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }],
        filters: { refuse_seconds: 0 },
      },
    });
    return offer;
  }

  /** The next update of a task, already acknowledged. */
  async update(taskId: string): Promise<TaskStatus> {
    const event = await this.next('UPDATE', ({ update }) => update.status.task_id.value === taskId);
    const { status } = event.update;
    if (status.uuid && status.agent_id)
      await this.session.send({
        type: 'ACKNOWLEDGE',
        acknowledge: { agent_id: status.agent_id, task_id: status.task_id, uuid: status.uuid },
      });
    return status;
  }

  /** Takes updates of a task until one is of this state. */
  async updateTo(taskId: string, state: TaskStatus['state']): Promise<TaskStatus> {
    for (;;) {
      const status = await this.update(taskId);
      if (status.state === state) return status;
    }
  }
}
