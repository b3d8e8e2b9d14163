import {
  MesosError,
  type mesos,
  type SchedulerCall,
  SchedulerSession,
  type SessionEvent,
} from '@galaxy-mesos/mesos-client';
import type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverListener,
  Launch,
  Offer,
  OfferId,
} from '@galaxy-mesos/scheduler';
import { DriverError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Agents } from './agents.ts';
import { acceptCall, acknowledgeCall, declineCall, killCall, reconcileCalls } from './calls.ts';
import { dropped, invalid, planLaunch, type Refusal } from './launch-plan.ts';
import { mesosUrlForTasks } from './mesos-url.ts';
import { totalOf } from './offer-resources.ts';
import { frameworkInfo, type MesosDriverOptions, type MesosSettings, settle } from './options.ts';
import { attemptUpdate } from './status.ts';
import { tearDown } from './teardown.ts';

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
  readonly #offers = new Map<OfferId, mesos.Offer>();
  #phase: 'new' | 'starting' | 'started' | 'stopped' = 'new';
  #events = new EventQueue(() => {});
  #stopping: Promise<void> | undefined;

  /** @throws DriverError INVALID_OPTION; MesosError INVALID_MASTER_URL */
  constructor(options: MesosDriverOptions) {
    this.#settings = settle(options);
    const { master, credential, connectTimeoutSeconds } = this.#settings;
    this.#session = new SchedulerSession({
      master,
      framework: frameworkInfo(this.#settings),
      connectTimeout: connectTimeoutSeconds * 1000,
      ...(credential && { credential }),
    });
    this.#agents = new Agents({
      credential,
      masterUrl: () => this.#session.masterUrl,
      frameworkId: () => this.#session.frameworkId,
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
   */
  async launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    this.#assertStarted();
    const [offerId = ''] = offerIds;
    const offer = this.#offers.get(offerId);
    this.#offers.delete(offerId);
    if (!offer) {
      const message = `There is no offer ${offerId}: it was used, declined, rescinded or lost with the connection`;
      this.#refuse(launches.map((launch) => dropped(launch, message)));
      return;
    }
    const { master, killGraceSeconds } = this.#settings;
    const url = mesosUrlForTasks(master, this.#session.master);
    const environment = url === undefined ? {} : { MESOS_URL: url };
    const { tasks, refusals } = planLaunch(offer, launches, { environment, killGraceSeconds });
    this.#refuse(refusals);
    if (tasks.length === 0) return this.decline([offerId], 0);
    const sent = new Set(tasks.map(({ task_id }) => task_id.value));
    await this.#accept(
      offer,
      tasks,
      launches.filter(({ attemptId }) => sent.has(attemptId)),
    );
  }

  async decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    this.#assertStarted();
    for (const id of offerIds) this.#offers.delete(id);
    if (offerIds.length === 0) return;
    try {
      await this.#session.send(declineCall(offerIds, refuseSeconds));
    } catch (error) {
      // Offers end with the connection: what was to be declined is no longer held out.
      if (!isWithoutEffect(error)) throw error;
    }
  }

  async kill(attempt: AttemptReference, graceSeconds: number): Promise<void> {
    await this.#send(killCall(attempt, graceSeconds));
  }

  async acknowledge(update: AttemptUpdate): Promise<void> {
    const call = acknowledgeCall(update);
    if (call) await this.#send(call);
  }

  async answerInverseOffers(): Promise<void> {}

  async reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    this.#assertStarted();
    // An agent that is full makes no offer, and its address is needed to tell where the files are.
    await this.#agents.learnFromMaster(attempts.map(({ agentId }) => agentId));
    for (const call of reconcileCalls(attempts)) await this.#send(call);
  }

  async suppress(): Promise<void> {
    await this.#send({ type: 'SUPPRESS' });
  }

  async revive(): Promise<void> {
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

  async #accept(
    offer: mesos.Offer,
    tasks: readonly mesos.TaskInfo[],
    launches: readonly Launch[],
  ): Promise<void> {
    try {
      await this.#send(acceptCall(offer.id, tasks));
    } catch (error) {
      if (isWithoutEffect(error)) this.#refuse(launches.map((launch) => dropped(launch, error.message)));
      else if (isInvalid(error)) {
        this.#refuse(launches.map((launch) => invalid(launch, error.message)));
        await this.decline([offer.id.value], 0);
      } else throw error;
    }
  }

  /** Tells of attempts that never reached an agent. */
  #refuse(refusals: readonly Refusal[]): void {
    for (const refusal of refusals)
      this.#events.push({ type: 'update', update: { ...refusal, timestamp: Date.now() } });
  }

  #hear(event: SessionEvent): void {
    switch (event.type) {
      case 'SUBSCRIBED':
        if (this.#phase === 'starting') this.#phase = 'started';
        this.#offers.clear();
        this.#agents.newMaster();
        this.#events.push({ type: 'subscribed', frameworkId: event.subscribed.framework_id.value });
        break;
      case 'OFFERS':
        this.#events.push({
          type: 'offers',
          offers: (event.offers.offers ?? []).map((offer) => this.#take(offer)),
        });
        break;
      case 'RESCIND':
        this.#offers.delete(event.rescind.offer_id.value);
        this.#events.push({ type: 'rescinded', offerId: event.rescind.offer_id.value });
        break;
      case 'UPDATE':
        this.#events.push({ type: 'update', update: this.#update(event.update.status) });
        break;
      case 'DISCONNECTED':
        this.#offers.clear();
        this.#events.push({ type: 'disconnected', message: event.reason.message });
        break;
      case 'FAILED':
        this.#offers.clear();
        this.#events.push({ type: 'failed', error: event.error });
        break;
      default:
      // Heartbeats are the session's business; the rest is not for tasks of the command executor.
    }
  }

  #take(offer: mesos.Offer): Offer {
    this.#offers.set(offer.id.value, offer);
    this.#agents.learn(offer);
    return {
      id: offer.id.value,
      agent: { id: offer.agent_id.value, hostname: offer.hostname, attributes: {} },
      resources: totalOf(offer.resources ?? []),
    };
  }

  #update(status: mesos.TaskStatus): AttemptUpdate {
    const sandboxOf = (attemptId: string, agentId: string) => this.#agents.sandboxOf({ attemptId, agentId });
    return attemptUpdate(status, sandboxOf, Date.now());
  }
}

/** Whether a call certainly did nothing, because the connection was over before it. */
const isWithoutEffect = (error: unknown): error is MesosError =>
  error instanceof MesosError && (error.code === 'NOT_CONNECTED' || error.code === 'SESSION_LOST');

/** Whether the call itself is at fault. An answer of 500 and above tells nothing of what was done. */
const isInvalid = (error: unknown): error is MesosError =>
  error instanceof MesosError &&
  (error.code === 'INVALID_MESSAGE' || (error.code === 'CALL_REFUSED' && (error.status ?? 500) < 500));
