import type { AttemptState } from '../model/task.ts';
import type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  Launch,
} from '../ports/driver.ts';

interface Report {
  readonly state: AttemptState;
  readonly acknowledgement: string;
}

interface Process {
  readonly attemptId: string;
  readonly taskId: string;
  alive: boolean;
  reachable: boolean;
  /** What its agent still has to tell; the next only when the one before is acknowledged. */
  readonly reports: Report[];
}

const agentId = 'agent-1';
const resources = { cpus: 2, mem: 1024, disk: 1024 };
const invalidOffer = { state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS' } as const;

/**
 * A cluster as Mesos behaves, in a few lines: it outlives schedulers and connections, tells nothing by itself unless
 * a test lets it, and can lose, delay and repeat what passes between it and a scheduler.
 */
export class ModelCluster {
  readonly processes = new Map<string, Process>();
  readonly launchedIds: string[] = [];
  /** What happens to the next launch on its way. */
  nextLaunch: 'arrives' | 'is lost' | 'fails' | 'is late' = 'arrives';
  #late: (() => void)[] = [];
  #listener: DriverListener | undefined;
  #connection: object | undefined;
  #offers = new Set<string>();
  #count = 0;

  /** A driver for a new scheduler; every earlier one is cut off. */
  driver(onLaunch: (launch: Launch) => void, onAcknowledge: (update: AttemptUpdate) => void): ClusterDriver {
    const me = {};
    const ifConnected = async (work: () => void) => {
      if (this.#connection !== me) throw new Error('not connected');
      work();
    };
    return {
      kind: 'mesos',
      start: async (listener) => {
        this.#connection = me;
        this.#listener = listener;
        this.connect();
      },
      launch: ([offerId = ''], launches) =>
        ifConnected(() => {
          for (const launch of launches) {
            onLaunch(launch);
            this.launchedIds.push(launch.attemptId);
          }
          this.#receive(offerId, launches);
        }),
      decline: (offerIds) => ifConnected(() => offerIds.forEach((id) => void this.#offers.delete(id))),
      kill: ({ attemptId }) => ifConnected(() => this.#kill(attemptId)),
      acknowledge: (update) =>
        ifConnected(() => {
          onAcknowledge(update);
          const reports = this.processes.get(update.attemptId)?.reports;
          if (reports?.[0]?.acknowledgement === update.acknowledgement) reports?.shift();
        }),
      reconcile: (attempts) =>
        ifConnected(() => {
          const asked =
            attempts.length > 0 ? attempts : [...this.processes.values()].filter(({ alive }) => alive);
          for (const attempt of asked) this.#answer(attempt);
        }),
      answerInverseOffers: () => ifConnected(() => {}),
      suppress: () => ifConnected(() => {}),
      revive: () => ifConnected(() => {}),
      tailSandboxFile: async () => '',
      readSandboxFile: async () => ({ bytes: new Uint8Array(), size: 0 }),
      stop: async () => this.cutOff(),
    };
  }

  /** The scheduler is gone, whatever it still says. */
  cutOff(): void {
    this.#connection = this.#listener = undefined;
  }

  connect(): void {
    this.#offers.clear();
    this.#tell({ type: 'subscribed', frameworkId: 'model' });
  }

  disconnect(): void {
    this.#offers.clear();
    this.#tell({ type: 'disconnected', message: 'cut' });
  }

  offer(): void {
    const id = `offer-${++this.#count}`;
    this.#offers.add(id);
    this.#tell({
      type: 'offers',
      offers: [{ id, agent: { id: agentId, hostname: 'host-1', attributes: {} }, resources }],
    });
  }

  /** The process comes to its end. */
  end(process: Process, state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED'): void {
    if (!process.alive) return;
    process.alive = false;
    this.#report(process, state);
  }

  /** The agent tells what it has to tell, again if it must. */
  deliver(process: Process): void {
    const [report] = process.reports;
    if (report && process.reachable) this.#update(process.attemptId, report);
  }

  /** The master says something of its own. */
  claim(process: Process, state: 'TASK_LOST' | 'TASK_UNREACHABLE' | 'TASK_RUNNING'): void {
    process.reachable = state === 'TASK_RUNNING';
    this.#update(process.attemptId, { state });
  }

  /** Launches that were held up arrive. */
  letLateArrive(): void {
    for (const arrive of this.#late.splice(0)) arrive();
  }

  #receive(offerId: string, launches: readonly Launch[]): void {
    const how = this.nextLaunch;
    this.nextLaunch = 'arrives';
    if (how === 'fails') throw new Error('connection reset');
    if (how === 'is late') this.#late.push(() => this.#accept(offerId, launches));
    else if (how === 'arrives') this.#accept(offerId, launches);
  }

  #accept(offerId: string, launches: readonly Launch[]): void {
    const isValid = this.#offers.delete(offerId);
    for (const { attemptId, environment } of launches) {
      if (!isValid) {
        this.#update(attemptId, invalidOffer);
        continue;
      }
      const taskId = environment.GALAXY_MESOS_TASK_ID ?? '';
      const process = { attemptId, taskId, alive: true, reachable: true, reports: [] };
      this.processes.set(attemptId, process);
      this.#report(process, 'TASK_RUNNING');
    }
  }

  #kill(attemptId: string): void {
    const process = this.processes.get(attemptId);
    if (process?.reachable) this.end(process, 'TASK_KILLED');
  }

  #answer({ attemptId }: Pick<AttemptReference, 'attemptId'>): void {
    const process = this.processes.get(attemptId);
    if (!process) this.#update(attemptId, { state: 'TASK_GONE' });
    else if (!process.reachable) this.#update(attemptId, { state: 'TASK_UNREACHABLE' });
    else if (process.alive) this.#update(attemptId, { state: 'TASK_RUNNING' });
    else this.#update(attemptId, { state: process.reports.at(-1)?.state ?? 'TASK_GONE' });
  }

  #report(process: Process, state: AttemptState): void {
    process.reports.push({ state, acknowledgement: `uuid-${++this.#count}` });
  }

  #update(attemptId: string, update: Omit<AttemptUpdate, 'attemptId' | 'timestamp'>): void {
    this.#tell({ type: 'update', update: { attemptId, agentId, timestamp: 5, ...update } });
  }

  #tell(event: DriverEvent): void {
    this.#listener?.(event);
  }
}
