import type { Framework } from '../master/framework.ts';
import type { Message } from '../network.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';
import type {
  CallAnswer,
  FrameworkCall,
  FrameworkEvent,
  FrameworkInfo,
  OfferWish,
  Subscriber,
} from '../vocabulary.ts';
import { CallError } from './call-error.ts';

/** Told of everything that comes over a {@link FrameworkSession}. */
export interface SessionListener {
  hear(event: FrameworkEvent): void;
  /** The session is subscribing again by itself. */
  disconnected(message: string): void;
}

/** Mesos's own: five heartbeats of 15 s. As long is waited for the answer to a call. */
const longestSilence = 75_000;
/** Between two attempts to connect, in milliseconds. */
const reconnectDelay = 1000;

interface PendingCall {
  readonly type: string;
  readonly since: number;
  readonly reject: (error: CallError) => void;
}

/** One subscription, from the call to the end of its stream. */
interface Connection {
  readonly subscriber: Subscriber;
  /** Once the master has taken it in. */
  framework: Framework | undefined;
  /** Whether the scheduler has read SUBSCRIBED. */
  isSubscribed: boolean;
  /** Calls that wait for their answers, in the order in which they were sent. */
  readonly pending: Set<PendingCall>;
  /** Whether the answer to the oldest of them is watched for. */
  isWatched: boolean;
}

/**
 * A scheduler's connection to whichever master leads, as a client of the HTTP API keeps it: it subscribes again by
 * itself and notices silence. It can be broken, cut in silence, and frozen.
 */
export class FrameworkSession {
  readonly #cluster: SimulatedCluster;
  readonly #listener: SessionListener;
  #info: FrameworkInfo;
  #connection: Connection | undefined;
  #suppressed: readonly string[] = [];
  #wish: OfferWish | undefined;
  #isClosed = false;
  #isDead = false;
  #isCut = false;
  /** What came while the process stood still. */
  #held: (() => void)[] | undefined;

  constructor(cluster: SimulatedCluster, info: FrameworkInfo, listener: SessionListener) {
    this.#cluster = cluster;
    this.#info = info;
    this.#listener = listener;
  }

  /** The id that the master gave or confirmed. */
  get frameworkId(): string | undefined {
    return this.#info.id;
  }

  get isSubscribed(): boolean {
    return this.#connection?.isSubscribed ?? false;
  }

  connect(): void {
    if (this.#isClosed || this.#connection) return;
    const connection: Connection = {
      subscriber: {
        hear: (event) => this.#carryEvent(connection, event),
        ended: () =>
          this.#toScheduler('CLOSED', () => this.#lose(connection, 'the master closed the stream')),
      },
      framework: undefined,
      isSubscribed: false,
      pending: new Set(),
      isWatched: false,
    };
    this.#connection = connection;
    this.#toMaster('SUBSCRIBE', () => this.#subscribe(connection));
    this.#watch(connection);
  }

  /** Sends a call; resolves when it was taken. Throws {@link CallError}. */
  async call(call: FrameworkCall): Promise<void> {
    const connection = this.#connection;
    if (this.#isDead) return new Promise(() => {});
    if (this.#isClosed) throw new CallError('STOPPED', `${call.type} was not sent: the driver is stopped`);
    if (!connection?.isSubscribed)
      throw new CallError('NOT_CONNECTED', `${call.type} was not sent: there is no subscription`);
    this.#remember(call);
    const answer = await new Promise<CallAnswer>((resolve, reject) => {
      const pending = { type: call.type, since: this.#cluster.time.now, reject };
      connection.pending.add(pending);
      if (!connection.isWatched) this.#watchAnswers(connection);
      const settle = (result: CallAnswer) => {
        connection.pending.delete(pending);
        resolve(result);
      };
      this.#toMaster(call.type, () => this.#deliver(connection, call, settle), taskOf(call));
    });
    if (answer.status >= 300) throw new CallError('CALL_REFUSED', `${call.type}: ${answer.message}`);
  }

  /** The connection breaks, and both sides notice. */
  breakOff(message = 'the connection was reset'): void {
    const connection = this.#connection;
    if (!connection) return;
    this.#leaveMaster(connection);
    this.#lose(connection, message);
  }

  /** Nothing passes any more, and nobody is told: a connection that is half open. */
  cut(): void {
    this.#isCut = true;
    const connection = this.#connection;
    this.#cluster.time.after(longestSilence, () => {
      if (this.#isCut && connection && this.#connection === connection)
        this.#lose(connection, 'no heartbeats came');
    });
  }

  /** Ends {@link cut}; what was sent meanwhile is lost. */
  mend(): void {
    this.#isCut = false;
  }

  /** SIGSTOP of the scheduler's process. */
  freeze(): void {
    this.#held ??= [];
  }

  /** SIGCONT: what came meanwhile is read now. */
  thaw(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const take of held) this.#cluster.time.after(0, () => this.#take(take));
  }

  /** `kill -9` of the scheduler's process: its connection closes, and calls are never answered any more. */
  crash(): void {
    const connection = this.#connection;
    this.#isClosed = true;
    this.#isDead = true;
    this.#connection = undefined;
    if (connection) this.#leaveMaster(connection);
  }

  /** Ends the connection; nothing is told any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    if (!connection) return;
    for (const { reject } of connection.pending) reject(new CallError('STOPPED', 'the driver is stopped'));
    this.#leaveMaster(connection);
  }

  #leaveMaster({ framework, subscriber }: Connection): void {
    // A connection that is cut cannot be closed at the other side.
    if (framework && !this.#isCut) this.#cluster.master?.frameworks.disconnected(framework, subscriber);
  }

  #subscribe(connection: Connection): void {
    const { master } = this.#cluster;
    if (this.#connection !== connection) return;
    const options = { suppressedRoles: this.#suppressed, ...(this.#wish && { wish: this.#wish }) };
    if (master) connection.framework = master.subscribe(this.#info, connection.subscriber, options);
    else this.#toScheduler('CLOSED', () => this.#lose(connection, 'no master leads'));
  }

  /** What subscribing again must say again. */
  #remember(call: FrameworkCall): void {
    const { roles } = this.#info;
    if (call.type === 'UPDATE_FRAMEWORK') this.#wish = call.wish;
    if (call.type === 'SUPPRESS') this.#suppressed = call.roles ?? roles;
    if (call.type === 'REVIVE') this.#suppressed = [];
  }

  #deliver(connection: Connection, call: FrameworkCall, settle: (answer: CallAnswer) => void): void {
    const { master } = this.#cluster;
    const id = this.#info.id ?? '';
    const answer = master?.call(id, connection.subscriber, call) ?? {
      status: 503,
      message: 'no master leads',
    };
    const message = { hop: 'answer', type: call.type, ...taskOf(call) } as const;
    this.#cluster.network.carry(message, () => {
      if (!this.#isCut) this.#take(() => settle(answer));
    });
  }

  #carryEvent(connection: Connection, event: FrameworkEvent): void {
    this.#toScheduler(event.type, () => this.#hear(connection, event), taskOf(event));
  }

  #hear(connection: Connection, event: FrameworkEvent): void {
    if (this.#connection !== connection || this.#isClosed) return;
    if (event.type === 'SUBSCRIBED') {
      this.#info = { ...this.#info, id: event.frameworkId };
      connection.isSubscribed = true;
    }
    if (event.type === 'ERROR') this.close();
    this.#listener.hear(event);
  }

  #lose(connection: Connection, message: string): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    for (const { reject } of connection.pending) reject(new CallError('FATE_UNKNOWN', message));
    if (connection.isSubscribed) this.#listener.disconnected(message);
    this.#cluster.time.after(reconnectDelay, () => this.#take(() => this.connect()));
  }

  /** Without an answer to the oldest call the connection counts as dead. */
  #watchAnswers(connection: Connection): void {
    const [oldest] = connection.pending;
    connection.isWatched = oldest !== undefined;
    if (!oldest) return;
    const { now } = this.#cluster.time;
    this.#cluster.time.after(oldest.since + longestSilence - now, () => {
      if (this.#connection !== connection) return;
      if (connection.pending.has(oldest)) this.breakOff(`no answer to ${oldest.type}`);
      else this.#watchAnswers(connection);
    });
  }

  /** An attempt that nobody answers is given up. */
  #watch(connection: Connection): void {
    this.#cluster.time.after(longestSilence, () => {
      if (!connection.isSubscribed) this.#lose(connection, 'the master does not answer');
    });
  }

  #toMaster(type: string, arrive: () => void, about: Partial<Message> = {}): void {
    const { id } = this.#info;
    const from = id === undefined ? {} : { frameworkId: id };
    this.#cluster.network.carry({ hop: 'scheduler-to-master', type, ...from, ...about }, () => {
      if (!this.#isCut) arrive();
    });
  }

  #toScheduler(type: string, arrive: () => void, about: Partial<Message> = {}): void {
    const { id } = this.#info;
    const to = id === undefined ? {} : { frameworkId: id };
    this.#cluster.network.carry({ hop: 'master-to-scheduler', type, ...to, ...about }, () => {
      if (!this.#isCut) this.#take(arrive);
    });
  }

  #take(action: () => void): void {
    if (this.#held) {
      this.#held.push(action);
      return;
    }
    this.#cluster.time.heardOutside();
    action();
  }
}

/** The task that a call or an event is about, for faults to choose by. */
function taskOf(about: FrameworkCall | FrameworkEvent): Partial<Message> {
  if ('taskId' in about) return { taskId: about.taskId };
  if (about.type !== 'UPDATE') return {};
  return { taskId: about.status.taskId, state: about.status.state };
}
