import { type mesos, SchedulerSession, type SessionEvent } from '@galaxy-mesos/mesos-client';

const endings: ReadonlySet<unknown> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_LOST',
]);

/** A framework that launches shell commands on whatever is offered, and follows what becomes of them. */
export class TaskFramework {
  readonly #session: SchedulerSession;
  readonly #offers: mesos.Offer[] = [];
  readonly #states = new Map<string, mesos.TaskStatus['state']>();
  #wake: (() => void)[] = [];

  private constructor(master: string, id: string | undefined) {
    this.#session = new SchedulerSession({
      master,
      framework: {
        user: 'root',
        name: 'pilots-test',
        roles: ['*'],
        // Without GPU_RESOURCES nothing is offered of agents that have GPUs.
        capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'GPU_RESOURCES' }],
        failover_timeout: 600,
        checkpoint: true,
        ...(id !== undefined && { id: { value: id } }),
      },
    });
  }

  /** Subscribed; with an id, that of an earlier one. */
  static async start(master: string, id?: string): Promise<TaskFramework> {
    const started = new TaskFramework(master, id);
    await started.#session.start((event) => started.#hear(event));
    return started;
  }

  get id(): string | undefined {
    return this.#session.frameworkId;
  }

  async offer(): Promise<mesos.Offer> {
    return this.#wait(() => this.#offers.shift());
  }

  /** Launches a shell command, and waits until it runs or has ended. */
  async launch(taskId: string, command: string): Promise<void> {
    const offer = await this.offer();
    const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } }) as const;
    const task: mesos.TaskInfo = {
      name: taskId,
      task_id: { value: taskId },
      agent_id: offer.agent_id,
      command: { value: command },
      resources: [scalar('cpus', 0.1), scalar('mem', 32)],
    };
    await this.#session.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }],
        filters: { refuse_seconds: 0 },
      },
    });
    await this.#wait(() => {
      const state = this.#states.get(taskId);
      return state === 'TASK_RUNNING' || endings.has(state) ? state : undefined;
    });
  }

  /** The last state of a task. */
  async ending(taskId: string): Promise<mesos.TaskStatus['state']> {
    return this.#wait(() => {
      const state = this.#states.get(taskId);
      return endings.has(state) ? state : undefined;
    });
  }

  /** Leaves its tasks to themselves. */
  async close(): Promise<void> {
    await this.#session.close();
  }

  async tearDown(): Promise<void> {
    await this.#session.send({ type: 'TEARDOWN' });
    await this.#session.close();
  }

  async #hear(event: SessionEvent): Promise<void> {
    if (event.type === 'SUBSCRIBED') this.#offers.length = 0;
    else if (event.type === 'OFFERS') this.#offers.push(...(event.offers.offers ?? []));
    else if (event.type === 'UPDATE') await this.#note(event.update.status);
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #note({ task_id, agent_id, uuid, state }: mesos.TaskStatus): Promise<void> {
    this.#states.set(task_id.value, state);
    if (uuid && agent_id)
      await this.#session.send({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
  }

  /** Until there is a value, looked for after each event. */
  async #wait<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const value = look();
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }
}
