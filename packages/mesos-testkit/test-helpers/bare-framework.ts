import type { SimulatedCluster } from '../src/simulation/simulated-cluster.ts';
import type {
  FrameworkCall,
  FrameworkEvent,
  FrameworkInfo,
  TaskStatus,
} from '../src/simulation/vocabulary.ts';
import type { ToldUpdate } from './recorded-updates.ts';

const silent = { state: 'unknown' };

/** A framework without a driver, which acknowledges at once and does nothing else by itself, as the recorder did. */
export class BareFramework {
  readonly events: FrameworkEvent[] = [];
  acknowledges = true;
  readonly #cluster: SimulatedCluster;
  #info: FrameworkInfo;

  constructor(cluster: SimulatedCluster, info: Partial<FrameworkInfo> = {}) {
    this.#cluster = cluster;
    this.#info = {
      name: 'bare',
      roles: ['*'],
      failoverTimeoutSeconds: 3600,
      checkpoint: true,
      isPartitionAware: true,
      hasKillingState: true,
      ...info,
    };
    this.subscribe();
  }

  subscribe(): void {
    this.#cluster.master?.subscribe(this.#info, this);
  }

  hear(event: FrameworkEvent): void {
    this.events.push(event);
    if (event.type === 'SUBSCRIBED') this.#info = { ...this.#info, id: event.frameworkId };
    if (event.type === 'UPDATE' && this.acknowledges) this.#acknowledge(event.status);
  }

  ended(): void {}

  get id(): string {
    return this.#info.id ?? '';
  }

  /** Answers the status of the master's answer. */
  call(call: FrameworkCall): number | undefined {
    return this.#cluster.master?.call(this.id, this, call).status;
  }

  /** The offers that are out, the newest first. */
  get offers() {
    const { master } = this.#cluster;
    return [...(master?.state.frameworks.get(this.id)?.offers ?? [])].reverse();
  }

  /** Launches tasks that run until they are killed with the newest offer, each with 0.1 cpus and 32 MiB. */
  launch(...taskIds: string[]): void {
    const bag = { cpus: 100, mem: 32_000, disk: 0, others: new Map(), ports: [] };
    const tasks = taskIds.map((taskId) => ({
      taskId,
      bag,
      command: '',
      environment: {},
      killGraceSeconds: 3,
    }));
    const offerIds = this.offers.slice(0, 1).map(({ id }) => id);
    this.call({ type: 'ACCEPT', offerIds, tasks, refuseSeconds: 0 });
  }

  /** What it was told of tasks, but for what it was told several times in a row. */
  get told(): ToldUpdate[] {
    const told = this.events.flatMap((event) => (event.type === 'UPDATE' ? toldOf(event.status) : []));
    return told.filter((one, index) => JSON.stringify(one) !== JSON.stringify(told[index - 1] ?? silent));
  }

  #acknowledge({ taskId, agentId, uuid }: TaskStatus): void {
    if (uuid === undefined || agentId === undefined) return;
    this.#cluster.time.after(1, () => this.call({ type: 'ACKNOWLEDGE', taskId, agentId, uuid }));
  }
}

const toldOf = ({ taskId, state, source, reason, message, uuid }: TaskStatus): ToldUpdate => ({
  task: taskId,
  state,
  source,
  reason,
  message,
  hasUuid: uuid !== undefined,
});

/** What was told of each task; who was told first of two tasks is chance. */
export const byTask = (told: readonly ToldUpdate[]): ReadonlyMap<string, readonly ToldUpdate[]> =>
  Map.groupBy(told, ({ task }) => task);
