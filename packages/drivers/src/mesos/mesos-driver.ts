import { type SchedulerCall, SchedulerSession, type SessionEvent } from '@galaxy-mesos/mesos-client';
import type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  FilePart,
  Launch,
  OfferId,
  OfferWish,
} from '@galaxy-mesos/scheduler';
import { DriverError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { AgentLister } from './agent-lister.ts';
import { Agents } from './agents.ts';
import { acknowledgeCall, answerInverseOffersCall, killCall, reconcileCalls } from './calls.ts';
import { OfferAnswers } from './offer-answers.ts';
import { OpenOffers } from './open-offers.ts';
import { frameworkInfo, type MesosDriverOptions, type MesosSettings, settle } from './options.ts';
import { Roster } from './roster.ts';
import { SessionEar } from './session-ear.ts';
import { tearDown } from './teardown.ts';
import { Wishes } from './wishes.ts';

/**
 * A Mesos master as a cluster: the driver is a framework of it.
 *
 * @example
 * const driver = new MesosDriver({ master: '127.0.0.1:5050', frameworkName: 'example' });
 * await driver.start((event) => console.log(event));
 */
export class MesosDriver implements ClusterDriver {
  readonly kind = 'mesos';
  readonly #settings: MesosSettings;
  readonly #session: SchedulerSession;
  readonly #agents: Agents;
  readonly #lister: AgentLister;
  readonly #roster: Roster;
  readonly #wishes: Wishes;
  readonly #offers: OfferAnswers;
  readonly #ear: SessionEar;
  #phase: 'new' | 'starting' | 'started' | 'stopped' = 'new';
  #events = new EventQueue(() => {});
  #stopping: Promise<void> | undefined;

  /** @throws DriverError INVALID_OPTION; MesosError INVALID_MASTER_URL */
  constructor(options: MesosDriverOptions) {
    this.#settings = settle(options);
    const { master, credential, tls, connectTimeoutSeconds } = this.#settings;
    const framework = frameworkInfo(this.#settings);
    this.#session = new SchedulerSession({
      master,
      framework,
      connectTimeout: connectTimeoutSeconds * 1000,
      ...(credential && { credential }),
      ...(tls && { tls }),
    });
    const masterUrl = () => this.#session.masterUrl;
    this.#lister = new AgentLister({ credential, tls, masterUrl });
    this.#agents = new Agents({
      credential,
      tls,
      masterUrl,
      frameworkId: () => this.#session.frameworkId,
      list: () => this.#lister.list(),
    });
    const tell = (event: DriverEvent) => this.#events.push(event);
    const agents = this.#agents;
    this.#roster = new Roster({
      list: () => agents.list(),
      tell: (known) => tell({ type: 'agents', agents: known, final: false }),
    });
    const offers = new OpenOffers();
    this.#ear = new SessionEar({ offers, agents, roster: this.#roster, tell });
    this.#offers = new OfferAnswers({
      settings: this.#settings,
      session: this.#session,
      offers,
      agents,
      tell,
    });
    this.#wishes = new Wishes({
      framework,
      send: (call) => this.#session.send(call),
      version: () => this.#session.master?.version,
      warn: this.#settings.onWarning,
    });
  }

  /** The id that the master gave or confirmed; `undefined` before `start` unless one was given. */
  get frameworkId(): string | undefined {
    return this.#session.frameworkId;
  }

  /**
   * @throws MesosError MASTER_UNREACHABLE, FRAMEWORK_REMOVED, ABORTED and what else makes trying again
   * pointless; DriverError ALREADY_STARTED
   */
  async start(listener: DriverListener): Promise<void> {
    if (this.#phase !== 'new')
      throw new DriverError('ALREADY_STARTED', 'A MesosDriver can be started once only');
    this.#phase = 'starting';
    this.#events = new EventQueue(listener);
    const { signal } = this.#settings;
    // A session would be ended by its signal at any time, a driver only while it connects.
    const connecting = new AbortController();
    const abort = () => connecting.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await this.#session.start((event) => this.#hear(event), { signal: connecting.signal });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * @throws MesosError CALL_FATE_UNKNOWN and the like: reconciliation tells whether the attempts were started.
   * Where the master certainly has not taken the launch, each attempt gets an update instead.
   * @throws DriverError OFFERS_DIFFER
   */
  async launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    this.#assertStarted();
    await this.#offers.launch(offerIds, launches);
  }

  async decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    this.#assertStarted();
    await this.#offers.decline(offerIds, refuseSeconds);
  }

  async kill(attempt: AttemptReference, graceSeconds: number): Promise<void> {
    await this.#send(killCall(attempt, graceSeconds));
  }

  async acknowledge(update: AttemptUpdate): Promise<void> {
    const call = acknowledgeCall(update);
    if (call) await this.#send(call);
  }

  async answerInverseOffers(offerIds: readonly OfferId[], answer: 'accept' | 'decline'): Promise<void> {
    this.#assertStarted();
    if (offerIds.length > 0) await this.#send(answerInverseOffersCall(offerIds, answer));
  }

  async reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    this.#assertStarted();
    // An agent that is full makes no offer, and its address is needed to tell where the files are.
    await this.#agents.learnFromMaster(attempts.map(({ agentId }) => agentId));
    for (const call of reconcileCalls(attempts)) await this.#send(call);
  }

  async suppress(): Promise<void> {
    await this.#send({ type: 'SUPPRESS' });
  }

  async revive(wish?: OfferWish): Promise<void> {
    this.#assertStarted();
    if (wish !== undefined) await this.#wishes.tell(wish);
    await this.#send({ type: 'REVIVE' });
  }

  /** @throws DriverError SANDBOX_UNREADABLE, as when the agent cannot be reached */
  async tailSandboxFile(
    attempt: AttemptReference,
    file: 'stdout' | 'stderr',
    maximumBytes: number,
  ): Promise<string> {
    return this.#agents.tail(attempt, file, maximumBytes);
  }

  async readSandboxFile(
    attempt: AttemptReference,
    file: 'stdout' | 'stderr',
    from: number,
    maximumBytes: number,
  ): Promise<FilePart> {
    return this.#agents.read(attempt, file, from, maximumBytes);
  }

  /**
   * Nothing is told to the listener any more. The second time it only waits for the first.
   * @throws DriverError TEARDOWN_FAILED
   */
  stop(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#stopping ??= this.#stop(how);
    return this.#stopping;
  }

  async #stop(how: 'teardown' | 'disconnect'): Promise<void> {
    const wasStarted = this.#phase === 'started';
    this.#phase = 'stopped';
    this.#events.close();
    this.#roster.stop();
    this.#lister.stop();
    try {
      if (how === 'teardown' && wasStarted)
        await tearDown(this.#session, this.#settings.failoverTimeoutSeconds);
    } finally {
      await this.#session.close();
    }
  }

  #assertStarted(): void {
    if (this.#phase === 'started') return;
    const hint = this.#phase === 'stopped' ? 'it was stopped' : 'call start() first';
    throw new DriverError('NOT_STARTED', `This MesosDriver does not run: ${hint}`);
  }

  async #send(call: SchedulerCall): Promise<void> {
    this.#assertStarted();
    await this.#session.send(call);
  }

  #hear(event: SessionEvent): void {
    // The session may subscribe again to end the framework, which nobody is told of.
    if (this.#phase === 'stopped') return;
    if (event.type === 'SUBSCRIBED' && this.#phase === 'starting') this.#phase = 'started';
    this.#ear.hear(event);
  }
}
