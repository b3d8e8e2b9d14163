import type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  FilePart,
  KnownAgent,
  Launch,
  Offer,
  OfferId,
  OfferWish,
} from '@galaxy-mesos/scheduler';
import { agentResourcesOf } from '../resources/agent-resources.ts';
import { addBags, type Bag, emptyBag, subtractBags } from '../resources/bag.ts';
import { takeForTask } from '../resources/take-for-task.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';
import type { FrameworkEvent, FrameworkInfo, SimulatedOffer, TaskLaunch, TaskStatus } from '../vocabulary.ts';
import { CallError } from './call-error.ts';
import { FrameworkSession } from './framework-session.ts';

/** How to make a {@link SimulatedDriver}. */
export interface SimulatedDriverOptions {
  readonly cluster: SimulatedCluster;
  /** What differs from a framework of the role `*` that is partition-aware and checkpoints, with 60 s to fail over. */
  readonly framework?: Partial<FrameworkInfo>;
  /** Whether the agents there are are told after each subscription. Default true. */
  readonly tellsAgents?: boolean;
}

const defaultFramework: FrameworkInfo = {
  name: 'simulated',
  roles: ['*'],
  failoverTimeoutSeconds: 60,
  checkpoint: true,
  isPartitionAware: true,
  hasKillingState: true,
};

/** What Mesos's executor waits where nothing else is said. */
const defaultGraceSeconds = 3;

/** The port `ClusterDriver` on a {@link SimulatedCluster}: as a driver of the HTTP API, without the HTTP. */
export class SimulatedDriver implements ClusterDriver {
  readonly kind = 'mesos';
  /** The connection, to be broken, cut and frozen by tests. */
  readonly session: FrameworkSession;
  /** Launches that asked for more than their offers held, in words: a matcher's mistake. */
  readonly excesses: string[] = [];
  readonly #cluster: SimulatedCluster;
  readonly #tellsAgents: boolean;
  readonly #offers = new Map<OfferId, SimulatedOffer>();
  readonly #started = Promise.withResolvers<void>();
  #listener: DriverListener = () => {};
  #isOver = false;

  constructor({ cluster, framework, tellsAgents = true }: SimulatedDriverOptions) {
    this.#cluster = cluster;
    this.#tellsAgents = tellsAgents;
    this.session = new FrameworkSession(
      cluster,
      { ...defaultFramework, ...framework },
      {
        hear: (event) => this.#hear(event),
        disconnected: (message) => {
          this.#offers.clear();
          this.#tell({ type: 'disconnected', message });
        },
      },
    );
  }

  /** Offers that were told and are not answered, rescinded or void. */
  get openOffers(): number {
    return this.#offers.size;
  }

  /** Resolves in virtual time: let it pass, as with `untilDone`. Throws {@link CallError} if the framework is refused. */
  start(listener: DriverListener): Promise<void> {
    this.#listener = listener;
    this.session.connect();
    return this.#started.promise;
  }

  async launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    const offers = offerIds.map((id) => this.#offers.get(id));
    for (const id of offerIds) this.#offers.delete(id);
    if (offers.some((offer) => !offer)) {
      this.#refuse(launches, 'an offer was used, declined, rescinded or lost with the connection');
      await this.decline(
        offers.flatMap((offer) => offer?.id ?? []),
        0,
      );
      return;
    }
    const tasks = this.#divide(
      offers.flatMap((offer) => offer ?? []),
      launches,
    );
    try {
      await this.session.call({ type: 'ACCEPT', offerIds, tasks, refuseSeconds: 0 });
    } catch (error) {
      if (!isWithoutEffect(error)) throw error;
      this.#refuse(launches, error.message);
    }
  }

  async decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    for (const id of offerIds) this.#offers.delete(id);
    if (offerIds.length === 0) return;
    try {
      await this.session.call({ type: 'DECLINE', offerIds, refuseSeconds });
    } catch (error) {
      if (!isWithoutEffect(error)) throw error;
    }
  }

  kill({ attemptId, agentId }: AttemptReference, graceSeconds: number): Promise<void> {
    return this.session.call({ type: 'KILL', taskId: attemptId, graceSeconds, ...(agentId && { agentId }) });
  }

  async acknowledge({ attemptId, agentId, acknowledgement }: AttemptUpdate): Promise<void> {
    if (acknowledgement === undefined || agentId === undefined) return;
    await this.session.call({
      type: 'ACKNOWLEDGE',
      taskId: attemptId,
      agentId,
      uuid: Number(acknowledgement),
    });
  }

  answerInverseOffers(offerIds: readonly OfferId[], answer: 'accept' | 'decline'): Promise<void> {
    const type = answer === 'accept' ? 'ACCEPT_INVERSE_OFFERS' : 'DECLINE_INVERSE_OFFERS';
    return this.session.call({ type, offerIds });
  }

  reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    const tasks = attempts.map(({ attemptId, agentId }) => ({
      taskId: attemptId,
      ...(agentId && { agentId }),
    }));
    return this.session.call({ type: 'RECONCILE', tasks });
  }

  suppress(): Promise<void> {
    return this.session.call({ type: 'SUPPRESS' });
  }

  async revive(wish?: OfferWish): Promise<void> {
    if (wish) await this.session.call({ type: 'UPDATE_FRAMEWORK', wish });
    await this.session.call({ type: 'REVIVE' });
  }

  /** Nothing is ever written in a simulated sandbox. */
  async tailSandboxFile(): Promise<string> {
    return '';
  }

  async readSandboxFile(): Promise<FilePart> {
    return { bytes: new Uint8Array(), size: 0 };
  }

  /** `kill -9` of the scheduler's process: nothing is told, sent or answered any more. */
  crash(): void {
    this.#isOver = true;
    this.#offers.clear();
    this.session.crash();
  }

  /** Does not wait for virtual time. */
  async stop(how: 'teardown' | 'disconnect'): Promise<void> {
    const { frameworkId } = this.session;
    const isSubscribed = this.session.isSubscribed;
    this.#isOver = true;
    this.#offers.clear();
    this.session.close();
    if (how === 'teardown' && isSubscribed && frameworkId !== undefined)
      this.#cluster.master?.frameworks.remove(frameworkId);
  }

  #hear(event: FrameworkEvent): void {
    if (event.type === 'ERROR') this.#fail(new CallError('STOPPED', event.message));
    if (event.type === 'SUBSCRIBED') this.#offers.clear();
    if (event.type === 'RESCIND') this.#offers.delete(event.offerId);
    const told = this.#eventOf(event);
    if (told) this.#tell(told);
    if (event.type !== 'SUBSCRIBED') return;
    this.#tellAgents();
    this.#started.resolve();
  }

  #eventOf(event: FrameworkEvent): DriverEvent | undefined {
    switch (event.type) {
      case 'SUBSCRIBED':
        return { type: 'subscribed', frameworkId: event.frameworkId };
      case 'OFFERS':
        return { type: 'offers', offers: event.offers.map((offer) => this.#take(offer)) };
      case 'RESCIND':
        return { type: 'rescinded', offerId: event.offerId };
      case 'INVERSE_OFFERS':
        return { type: 'inverse-offers', offers: event.offers };
      case 'UPDATE':
        return { type: 'update', update: updateOf(event.status) };
      case 'FAILURE':
        return { type: 'agent-lost', agentId: event.agentId };
      default:
        return undefined;
    }
  }

  #fail(error: CallError): void {
    this.#offers.clear();
    // Whoever waits for the start is told by its rejection alone.
    this.#started.promise.catch(() => {});
    this.#started.reject(error);
    this.#tell({ type: 'failed', error });
    this.#isOver = true;
  }

  #tell(event: DriverEvent): void {
    if (!this.#isOver) this.#listener(event);
  }

  #tellAgents(): void {
    const { master } = this.#cluster;
    if (!master || !this.#tellsAgents) return;
    const agents: KnownAgent[] = [...master.state.entries.values()].map(({ facts, agent }) => ({
      ...facts,
      total: agentResourcesOf(agent.total),
    }));
    this.#tell({ type: 'agents', agents, final: false });
  }

  #take(offer: SimulatedOffer): Offer {
    this.#offers.set(offer.id, offer);
    const { id, entry, role, bag } = offer;
    return { id, agent: entry.facts, role, resources: agentResourcesOf(bag) };
  }

  /** What each launch gets of the offers; one that they are too small for is refused here, as by a real driver. */
  #divide(offers: readonly SimulatedOffer[], launches: readonly Launch[]): TaskLaunch[] {
    let left = offers.reduce((sum: Bag, { bag }) => addBags(sum, bag), emptyBag);
    return launches.flatMap((launch) => {
      const bag = takeForTask(left, launch.resources, launch.assigned);
      if (!bag) {
        this.excesses.push(`${launch.attemptId} asks for more than what its offers have left`);
        this.#refuse([launch], 'the offers have too little left');
        return [];
      }
      left = subtractBags(left, bag);
      return [taskOf(launch, bag)];
    });
  }

  #refuse(launches: readonly Launch[], message: string): void {
    const words = { state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS', message } as const;
    for (const { attemptId } of launches) {
      const update = { attemptId, timestamp: this.#cluster.time.date, ...words };
      this.#cluster.time.after(0, () => {
        this.#cluster.time.heardOutside();
        this.#tell({ type: 'update', update });
      });
    }
  }
}

const isWithoutEffect = (error: unknown): error is CallError =>
  error instanceof CallError && (error.code === 'NOT_CONNECTED' || error.code === 'CALL_REFUSED');

const taskOf = (launch: Launch, bag: Bag): TaskLaunch => ({
  taskId: launch.attemptId,
  bag,
  command: launch.command,
  environment: launch.environment,
  killGraceSeconds: defaultGraceSeconds,
  ...(launch.maximumRunSeconds !== undefined && { maximumRunSeconds: launch.maximumRunSeconds }),
  ...(launch.groupId !== undefined && { groupId: launch.groupId }),
});

const updateOf = ({ taskId, uuid, source: _source, ...status }: TaskStatus): AttemptUpdate => ({
  ...status,
  attemptId: taskId,
  ...(uuid !== undefined && { acknowledgement: String(uuid) }),
});
