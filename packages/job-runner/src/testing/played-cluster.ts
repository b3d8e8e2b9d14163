import type {
  AttemptReference,
  AttemptState,
  AttemptUpdate,
  ClusterDriver,
  DriverListener,
  FilePart,
  Launch,
  OfferId,
} from '@galaxy-mesos/scheduler';

/** What becomes of an attempt that runs; `run` leaves it running until it is killed or told to end. */
export type Play = (launch: Launch) => 'finish' | 'run' | Partial<AttemptUpdate> | Promise<'finish'>;

interface PlayedAttempt {
  readonly launch: Launch;
  update: AttemptUpdate;
}

const longestRefusalSeconds = 0.05;
const agent = { id: 'agent-1', hostname: 'host-1', attributes: {} };

/**
 * A cluster that outlives whoever uses it: attempts run on while nobody is connected, and whoever connects next can
 * ask for them. Each does what the test says as soon as it is launched.
 */
export class PlayedCluster {
  readonly attempts = new Map<string, PlayedAttempt>();
  play: Play;
  /** Resolves when it can be connected to; rejects if it never can. */
  reached: Promise<void> = Promise.resolve();
  /** Whether its agent hears of nothing, so that attempts there are not ended. */
  isDeaf = false;
  #connected: PlayedDriver | undefined;

  constructor(play: Play = () => 'finish') {
    this.play = play;
  }

  /** A driver of this cluster; the one before hears nothing any more, and nobody hears it. */
  driver(): ClusterDriver {
    this.#connected = new PlayedDriver(this);
    return this.#connected;
  }

  /** As when the process is killed that was connected. */
  cut(): void {
    this.#connected = undefined;
  }

  isConnected(driver: PlayedDriver): boolean {
    return this.#connected === driver;
  }

  launch(launch: Launch): void {
    const { attemptId } = launch;
    if (this.attempts.has(attemptId)) throw new Error(`${attemptId} was launched twice`);
    this.attempts.set(attemptId, { launch, update: updateOf(attemptId, 'TASK_STAGING') });
    setImmediate(() => void this.#run(launch));
  }

  /** Tells of the state of an attempt, if somebody is connected. */
  end(attemptId: string, state: AttemptState, more: Partial<AttemptUpdate> = {}): void {
    const attempt = this.attempts.get(attemptId);
    if (!attempt || isOver(attempt.update.state)) return;
    attempt.update = { ...updateOf(attemptId, state), ...more };
    this.tell(attempt.update);
  }

  tell(update: AttemptUpdate): void {
    this.#connected?.tell(update);
  }

  async #run(launch: Launch): Promise<void> {
    const { attemptId } = launch;
    this.end(attemptId, 'TASK_RUNNING');
    const end = await this.play(launch);
    if (end === 'run') return;
    if (end === 'finish') this.end(attemptId, 'TASK_FINISHED', { exitCode: 0 });
    else this.end(attemptId, end.state ?? 'TASK_FAILED', end);
  }
}

const updateOf = (attemptId: string, state: AttemptState): AttemptUpdate => ({
  attemptId,
  state,
  timestamp: 1_700_000_000_000,
  agentId: agent.id,
});

const isOver = (state: AttemptState): boolean =>
  state === 'TASK_FINISHED' || state === 'TASK_FAILED' || state === 'TASK_KILLED';

class PlayedDriver implements ClusterDriver {
  readonly kind = 'local';
  readonly #cluster: PlayedCluster;
  #listener: DriverListener = () => {};
  #offers = 0;
  #isOffering = false;

  constructor(cluster: PlayedCluster) {
    this.#cluster = cluster;
  }

  async start(listener: DriverListener): Promise<void> {
    await this.#cluster.reached;
    this.#listener = listener;
    this.#emit({ type: 'subscribed', frameworkId: 'played' });
    this.#offer();
  }

  tell(update: AttemptUpdate): void {
    setImmediate(() => this.#emit({ type: 'update', update }));
  }

  async launch(_offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    this.#isOffering = false;
    if (!this.#cluster.isConnected(this)) return;
    for (const launch of launches) this.#cluster.launch(launch);
    this.#offer();
  }

  async decline(_offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    this.#isOffering = false;
    // Nobody has to wait here as long as on a cluster.
    setTimeout(() => this.#offer(), Math.min(refuseSeconds, longestRefusalSeconds) * 1000).unref();
  }

  async kill({ attemptId }: AttemptReference): Promise<void> {
    if (this.#cluster.isDeaf || !this.#cluster.isConnected(this)) return;
    this.#cluster.end(attemptId, 'TASK_KILLED');
  }

  async acknowledge(): Promise<void> {}

  async answerInverseOffers(): Promise<void> {}

  async reconcile(asked: readonly AttemptReference[]): Promise<void> {
    const all = [...this.#cluster.attempts.keys()].map((attemptId) => ({ attemptId }));
    for (const { attemptId } of asked.length > 0 ? asked : all) {
      const known = this.#cluster.attempts.get(attemptId)?.update;
      this.tell(known ?? { ...updateOf(attemptId, 'TASK_GONE'), reason: 'REASON_RECONCILIATION' });
    }
  }

  async suppress(): Promise<void> {}

  async revive(): Promise<void> {
    this.#offer();
  }

  async tailSandboxFile(): Promise<string> {
    return 'said\n';
  }

  async readSandboxFile(_attempt: unknown, _file: unknown, from: number): Promise<FilePart> {
    return { bytes: Buffer.from('said\n').subarray(from), size: 5 };
  }

  async stop(): Promise<void> {
    if (this.#cluster.isConnected(this)) this.#cluster.cut();
  }

  #offer(): void {
    setImmediate(() => {
      if (this.#isOffering || !this.#cluster.isConnected(this)) return;
      this.#isOffering = true;
      const resources = { cpus: 1000, mem: 1_000_000, disk: 1_000_000 };
      this.#emit({ type: 'offers', offers: [{ id: `offer-${++this.#offers}`, agent, resources }] });
    });
  }

  #emit(event: Parameters<DriverListener>[0]): void {
    if (this.#cluster.isConnected(this)) this.#listener(event);
  }
}
