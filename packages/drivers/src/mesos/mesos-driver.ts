import { userInfo } from 'node:os';
import {
  type Credential,
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
import { DriverError, messageOf } from '../errors.ts';
import { Agents } from './agents.ts';
import { mesosUrlForTasks } from './mesos-url.ts';
import { OfferedResources, totalOf } from './offer-resources.ts';
import { attemptUpdate } from './status.ts';
import { taskInfo } from './task-info.ts';

/** What a {@link MesosDriver} is made from. */
export interface MesosDriverOptions {
  /** `host:5050`, `http://host:5050`, or several masters with commas between. */
  readonly master: string;
  readonly frameworkName: string;
  /** To go on as this framework, with what it runs. */
  readonly frameworkId?: string;
  /** The role whose resources are wanted; `*` unless told otherwise. */
  readonly role?: string;
  /** The user as whom tasks run on the agents; the one of this process unless told otherwise. */
  readonly user?: string;
  readonly credential?: Credential;
  /** How long the master keeps the framework's tasks while no driver is connected; 0 unless told otherwise. */
  readonly failoverTimeoutSeconds?: number;
  /** Between SIGTERM and SIGKILL where Mesos's executor heeds only what the task says; 3 unless told otherwise. */
  readonly killGraceSeconds?: number;
  /** How long `start` tries to reach a master; 30 unless told otherwise. */
  readonly connectTimeoutSeconds?: number;
  /** Ends an attempt to connect. A driver that is connected is ended by `stop`. */
  readonly signal?: AbortSignal;
}

/** Reconciliation asks for so many attempts in one call at most, which keeps a master answering others. */
const reconcileBatch = 1000;

const capabilities = [
  { type: 'MULTI_ROLE' },
  { type: 'RESERVATION_REFINEMENT' },
  { type: 'PARTITION_AWARE' },
  { type: 'TASK_KILLING_STATE' },
] as const;

/**
 * A Mesos master as a cluster: the driver is a framework of it.
 *
 * @example
 * const driver = new MesosDriver({ master: '127.0.0.1:5050', frameworkName: 'example' });
 * await driver.start((event) => console.log(event));
 */
export class MesosDriver implements ClusterDriver {
  readonly kind = 'mesos';
  readonly #options: MesosDriverOptions;
  readonly #session: SchedulerSession;
  readonly #agents: Agents;
  #offers = new Map<OfferId, mesos.Offer>();
  #listener: DriverListener = () => {};

  /** @throws MesosError INVALID_MASTER_URL, UNSUPPORTED_MASTER_URL */
  constructor(options: MesosDriverOptions) {
    this.#options = options;
    const { master, credential, connectTimeoutSeconds } = options;
    this.#session = new SchedulerSession({
      master,
      framework: frameworkInfo(options),
      ...(credential && { credential }),
      ...(connectTimeoutSeconds !== undefined && { connectTimeout: connectTimeoutSeconds * 1000 }),
    });
    this.#agents = new Agents(() => this.#session.masterUrl, credential);
  }

  /** @throws MesosError MASTER_UNREACHABLE, FRAMEWORK_REMOVED and the others that make trying again pointless */
  async start(listener: DriverListener): Promise<void> {
    this.#listener = listener;
    const connecting = new AbortController();
    const abort = () => connecting.abort(this.#options.signal?.reason);
    this.#options.signal?.addEventListener('abort', abort, { once: true });
    if (this.#options.signal?.aborted) abort();
    try {
      await this.#session.start((event) => this.#hear(event), { signal: connecting.signal });
    } finally {
      this.#options.signal?.removeEventListener('abort', abort);
    }
  }

  async launch(offerId: OfferId, launches: readonly Launch[]): Promise<void> {
    const offer = this.#offers.get(offerId);
    this.#offers.delete(offerId);
    const tasks = offer && this.#describe(offer, launches);
    if (!offer || !tasks) {
      this.#drop(launches, 'TASK_DROPPED', 'the offer is no longer there, or is too small');
      return;
    }
    try {
      await this.#session.send({
        type: 'ACCEPT',
        accept: {
          offer_ids: [offer.id],
          operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
          // What is left may be offered again at once: more tasks may be waiting for just that.
          filters: { refuse_seconds: 0 },
        },
      });
    } catch (error) {
      // Where the master may have taken the call, only reconciliation can tell.
      if (!(error instanceof MesosError)) throw error;
      if (error.code === 'NOT_CONNECTED' || error.code === 'SESSION_LOST') {
        this.#drop(launches, 'TASK_DROPPED', error.message);
      } else if (error.code === 'CALL_REFUSED' || error.code === 'INVALID_MESSAGE') {
        this.#drop(launches, 'TASK_ERROR', error.message);
      } else throw error;
    }
  }

  async decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    for (const id of offerIds) this.#offers.delete(id);
    const offer_ids = offerIds.map((value) => ({ value }));
    await this.#session.send({
      type: 'DECLINE',
      decline: { offer_ids, filters: { refuse_seconds: refuseSeconds } },
    });
  }

  async kill({ attemptId, agentId }: AttemptReference, graceSeconds: number): Promise<void> {
    const nanoseconds = BigInt(Math.round(graceSeconds * 1e9));
    await this.#session.send({
      type: 'KILL',
      kill: {
        task_id: { value: attemptId },
        agent_id: { value: agentId },
        kill_policy: { grace_period: { nanoseconds } },
      },
    });
  }

  async acknowledge({ attemptId, agentId, acknowledgement }: AttemptUpdate): Promise<void> {
    if (acknowledgement === undefined || agentId === undefined) return;
    await this.#session.send({
      type: 'ACKNOWLEDGE',
      acknowledge: {
        agent_id: { value: agentId },
        task_id: { value: attemptId },
        uuid: Buffer.from(acknowledgement, 'base64'),
      },
    });
  }

  async reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    for (let from = 0; from < attempts.length; from += reconcileBatch) {
      // The agent's id must go with it: without, a master says UNKNOWN of a task on an unreachable agent.
      const tasks = attempts
        .slice(from, from + reconcileBatch)
        .map(({ attemptId, agentId }) => ({ task_id: { value: attemptId }, agent_id: { value: agentId } }));
      await this.#session.send({ type: 'RECONCILE', reconcile: { tasks } });
    }
  }

  async suppress(): Promise<void> {
    await this.#session.send({ type: 'SUPPRESS' });
  }

  async revive(): Promise<void> {
    await this.#session.send({ type: 'REVIVE' });
  }

  async tailSandboxFile(
    attempt: AttemptReference,
    file: 'stdout' | 'stderr',
    maximumBytes: number,
  ): Promise<string> {
    return this.#agents.tail(attempt, this.#frameworkId, file, maximumBytes);
  }

  /** @throws DriverError TEARDOWN_FAILED if the framework could not be ended; its time-out will. */
  async stop(how: 'teardown' | 'disconnect'): Promise<void> {
    const teardown: SchedulerCall = { type: 'TEARDOWN' };
    try {
      if (how === 'teardown' && this.#session.frameworkId !== undefined) await this.#session.send(teardown);
    } catch (error) {
      const seconds = this.#options.failoverTimeoutSeconds ?? 0;
      const message = `the framework ${this.#frameworkId} could not be ended (${messageOf(error)}); the master ends it in ${seconds} s`;
      throw new DriverError('TEARDOWN_FAILED', message, { cause: error });
    } finally {
      await this.#session.close();
    }
  }

  get #frameworkId(): string {
    return this.#session.frameworkId ?? '';
  }

  #describe(offer: mesos.Offer, launches: readonly Launch[]): mesos.TaskInfo[] | undefined {
    const offered = new OfferedResources(offer.resources ?? []);
    const common = {
      environment: { MESOS_URL: mesosUrlForTasks(this.#options.master, this.#session.master) },
      killGraceSeconds: this.#options.killGraceSeconds ?? 3,
    };
    const tasks: mesos.TaskInfo[] = [];
    for (const launch of launches) {
      const resources = offered.take(launch.resources);
      if (!resources) return undefined;
      tasks.push(taskInfo(launch, offer.agent_id.value, resources, common));
    }
    return tasks;
  }

  /** Tells of attempts that never reached an agent. */
  #drop(launches: readonly Launch[], state: 'TASK_DROPPED' | 'TASK_ERROR', message: string): void {
    const reason = state === 'TASK_DROPPED' ? 'REASON_INVALID_OFFERS' : 'REASON_TASK_INVALID';
    for (const { attemptId } of launches) {
      const update = { attemptId, state, message, reason, timestamp: Date.now() };
      this.#listener({ type: 'update', update });
    }
  }

  #hear(event: SessionEvent): void {
    switch (event.type) {
      case 'SUBSCRIBED':
        this.#offers.clear();
        this.#listener({ type: 'subscribed', frameworkId: event.subscribed.framework_id.value });
        break;
      case 'OFFERS':
        this.#listener({
          type: 'offers',
          offers: (event.offers.offers ?? []).map((offer) => this.#take(offer)),
        });
        break;
      case 'RESCIND':
        this.#offers.delete(event.rescind.offer_id.value);
        this.#listener({ type: 'rescinded', offerId: event.rescind.offer_id.value });
        break;
      case 'UPDATE':
        this.#listener({ type: 'update', update: this.#update(event.update.status) });
        break;
      case 'DISCONNECTED':
        this.#offers.clear();
        this.#listener({ type: 'disconnected', message: event.reason.message });
        break;
      case 'FAILED':
        this.#listener({ type: 'failed', error: event.error });
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
      agentId: offer.agent_id.value,
      hostname: offer.hostname,
      resources: totalOf(offer.resources ?? []),
    };
  }

  #update(status: mesos.TaskStatus): AttemptUpdate {
    const reference = { attemptId: status.task_id.value, agentId: status.agent_id?.value ?? '' };
    return attemptUpdate(status, this.#agents.sandboxOf(reference, this.#frameworkId), Date.now());
  }
}

const frameworkInfo = (options: MesosDriverOptions): mesos.FrameworkInfo => ({
  name: options.frameworkName,
  user: options.user ?? userInfo().username,
  roles: [options.role ?? '*'],
  capabilities,
  // Tasks of an agent that restarts go on.
  checkpoint: true,
  failover_timeout: options.failoverTimeoutSeconds ?? 0,
  ...(options.frameworkId !== undefined && { id: { value: options.frameworkId } }),
  ...(options.credential && { principal: options.credential.principal }),
});
