import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  AttemptId,
  AttemptReference,
  ClusterDriver,
  DriverListener,
  FilePart,
  Launch,
  OfferId,
} from '@galaxy-mesos/scheduler';
import { DriverError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { launchUnits } from '../launch-units.ts';
import { type AgentReport, LocalAgent } from './agent.ts';
import { OfferDesk } from './offer-desk.ts';
import { OfferBook } from './offers.ts';
import { type LocalDriverOptions, type LocalSettings, prepareMachine, settle } from './options.ts';
import { unknownAgent, unknownToAgent } from './outcome.ts';
import { faultOfAttemptId, readFrom, tailFile } from './sandbox.ts';

const agentId = 'local';
const frameworkId = 'local';

/** Those that agents of Mesos offer unless told otherwise. */
const offeredPorts = { begin: 31_000, end: 32_000 };

/** No more than a second is given to attempts when everything ends. */
const longestTeardownGraceSeconds = 1;

/** After so many lookups in a row others get their turn; each reads a small file. */
const reconcileBatch = 100;

interface Running {
  readonly agent: LocalAgent;
  readonly book: OfferBook;
  readonly desk: OfferDesk;
  readonly events: EventQueue;
}

/**
 * This machine as a cluster of one agent. Attempts are processes that outlive the driver; a later driver with
 * the same `sandboxRoot` finds them again. Memory limits are enforced on Linux only.
 *
 * @example
 * const driver = new LocalDriver({ sandboxRoot: '/tmp/sandboxes' });
 * await driver.start((event) => console.log(event));
 */
export class LocalDriver implements ClusterDriver {
  readonly kind = 'local';
  readonly #settings: LocalSettings;
  #phase: 'new' | 'started' | 'stopped' = 'new';
  #running: Running | undefined;
  #stopping: Promise<void> | undefined;

  /** @throws DriverError INVALID_OPTION */
  constructor(options: LocalDriverOptions) {
    this.#settings = settle(options);
  }

  /** @throws DriverError ALREADY_STARTED, UNSUPPORTED_PLATFORM, SANDBOX_ROOT_UNUSABLE */
  async start(listener: DriverListener): Promise<void> {
    if (this.#phase !== 'new')
      throw new DriverError('ALREADY_STARTED', 'A LocalDriver can be started once only');
    if (process.platform === 'win32') {
      throw new DriverError(
        'UNSUPPORTED_PLATFORM',
        'LocalDriver needs a POSIX system; use a Mesos cluster instead',
      );
    }
    const total = { ...prepareMachine(this.#settings), ports: [offeredPorts] };
    this.#phase = 'started';
    const events = new EventQueue(listener);
    const { hostname, plannedEnd } = this.#settings;
    const facts = {
      ...{ id: agentId, hostname, attributes: {} },
      ...(plannedEnd !== undefined && { plannedEnd }),
    };
    const book = new OfferBook(total, `local-${randomBytes(6).toString('hex')}`);
    const desk = new OfferDesk(book, ({ id, resources }) => {
      events.push({ type: 'offers', offers: [{ id, agent: facts, resources }] });
    });
    const agent = new LocalAgent(this.#settings, {
      occupied: (attemptId, held) => book.occupy(attemptId, held),
      released: (attemptId) => {
        book.release(attemptId);
        desk.changed();
      },
      reported: (attemptId, report) => tell(events, attemptId, report),
    });
    agent.prepare();
    agent.adoptAll();
    this.#running = { agent, book, desk, events };
    events.push({ type: 'subscribed', frameworkId });
    events.push({ type: 'agents', agents: [{ ...facts, total }], final: true });
    desk.changed();
    await nextTurn();
  }

  async launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    const { agent, book, desk, events } = this.#started();
    const valid = this.#refuseInvalid(launches);
    const started = book.accept(offerIds, valid).flatMap(({ launch, refusal }) => {
      if (refusal === undefined) return [launch];
      tell(events, launch.attemptId, dropped(refusal));
      return [];
    });
    for (const unit of launchUnits(started)) agent.start(unit);
    desk.changed();
  }

  async decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    const { book, desk } = this.#started();
    const until = performance.now() + refuseSeconds * 1000;
    for (const offerId of offerIds) book.decline(offerId, until);
    desk.changed();
  }

  async kill(attempt: AttemptReference, graceSeconds: number): Promise<void> {
    const { agent } = this.#started();
    if (isOurs(attempt) && agent.kill(attempt.attemptId, graceSeconds)) return;
    await this.#report(attempt);
    // An attempt of an earlier driver can come to light only now.
    if (isOurs(attempt)) agent.kill(attempt.attemptId, graceSeconds);
  }

  /** Does nothing: this driver's updates carry no acknowledgement, because an attempt's end stays in its sandbox. */
  async acknowledge(): Promise<void> {}

  /** Does nothing: this machine never asks whether it may go. */
  async answerInverseOffers(): Promise<void> {}

  async reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    const { agent } = this.#started();
    const all = agent.running.map((attemptId) => ({ attemptId, agentId }));
    for (const [index, attempt] of (attempts.length > 0 ? attempts : all).entries()) {
      if (index % reconcileBatch === reconcileBatch - 1) await nextTurn();
      // Stopped meanwhile: there is nobody left to tell.
      if (this.#running === undefined) return;
      await this.#report(attempt);
    }
  }

  async suppress(): Promise<void> {
    this.#started().book.suppress();
  }

  async revive(): Promise<void> {
    const { book, desk } = this.#started();
    book.revive();
    desk.changed();
  }

  /** @throws DriverError SANDBOX_UNREADABLE */
  async tailSandboxFile(
    { attemptId }: AttemptReference,
    file: 'stdout' | 'stderr',
    maximumBytes: number,
  ): Promise<string> {
    if (faultOfAttemptId(attemptId) !== undefined) return '';
    return tailFile(join(this.#settings.sandboxRoot, attemptId, file), maximumBytes);
  }

  /** @throws DriverError SANDBOX_UNREADABLE */
  async readSandboxFile(
    { attemptId }: AttemptReference,
    file: 'stdout' | 'stderr',
    from: number,
    maximumBytes: number,
  ): Promise<FilePart> {
    if (faultOfAttemptId(attemptId) !== undefined) return { bytes: new Uint8Array(), size: 0 };
    return readFrom(join(this.#settings.sandboxRoot, attemptId, file), from, maximumBytes);
  }

  /**
   * Nothing is told to the listener any more. The second time it only waits for the first.
   * @throws DriverError STILL_RUNNING
   */
  stop(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#stopping ??= this.#stop(how);
    return this.#stopping;
  }

  async #stop(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#phase = 'stopped';
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.events.close();
    running.desk.close();
    if (how === 'disconnect') running.agent.letGo();
    else await running.agent.endAll(Math.min(this.#settings.graceSeconds, longestTeardownGraceSeconds));
  }

  #started(): Running {
    if (this.#running !== undefined) return this.#running;
    const hint = this.#phase === 'new' ? 'call start() first' : 'it was stopped';
    throw new DriverError('NOT_STARTED', `This LocalDriver does not run: ${hint}`);
  }

  /** What is left can be started; a group of which one cannot is refused as a whole. */
  #refuseInvalid(launches: readonly Launch[]): readonly Launch[] {
    const { agent, events } = this.#started();
    const seen = new Set<AttemptId>();
    const faultOf = (launch: Launch): string | undefined => {
      const { attemptId } = launch;
      const fault = seen.has(attemptId) ? `Task has duplicate ID: ${attemptId}` : agent.faultOf(launch);
      seen.add(attemptId);
      return fault;
    };
    return launchUnits(launches).flatMap((unit) => {
      const faults = unit.map(faultOf);
      const fault = faults.find((text) => text !== undefined);
      if (fault === undefined) return unit;
      for (const [index, { attemptId }] of unit.entries()) {
        const message = faults[index] ?? `Not started with its group: ${fault}`;
        tell(events, attemptId, { state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID', message });
      }
      return [];
    });
  }

  async #report(attempt: AttemptReference): Promise<void> {
    const { agent, events } = this.#started();
    const { attemptId } = attempt;
    if (!isOurs(attempt)) tell(events, attemptId, unknownAgent);
    else if (faultOfAttemptId(attemptId) !== undefined) tell(events, attemptId, unknownToAgent);
    else await agent.report(attemptId);
  }
}

const isOurs = (attempt: AttemptReference): boolean => attempt.agentId === agentId;

const dropped = (message: string): AgentReport => ({
  state: 'TASK_DROPPED',
  reason: 'REASON_INVALID_OFFERS',
  message,
});

const tell = (events: EventQueue, attemptId: AttemptId, { at, ...report }: AgentReport): void => {
  events.push({ type: 'update', update: { attemptId, agentId, timestamp: at ?? Date.now(), ...report } });
};
