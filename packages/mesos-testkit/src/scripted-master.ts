import { randomUUID } from 'node:crypto';
import type { master, mesos, OperatorAnswer, scheduler } from '@galaxy-mesos/mesos-client';
import type { Taken } from './calls/call-log.ts';
import { Exchange } from './calls/exchange.ts';
import { peekCall } from './calls/parse-call.ts';
import type { Orders } from './calls/rules.ts';
import type { ReceivedRequest } from './http/received-request.ts';
import { notFound, type Reply, text } from './http/reply.ts';
import { MasterOperator, masterCall } from './operator/master-operator.ts';
import type { Scripted } from './operator/scripted-answers.ts';
import { type SchedulerBacking, SchedulerEndpoint, schedulerCall } from './scheduler/scheduler-endpoint.ts';
import { SchedulerExchange, type SchedulerStream } from './scheduler/scheduler-exchange.ts';
import { type Incoming, ScriptedServer, type ScriptedServerOptions } from './scripted-server.ts';
import { type LocationForm, redirectReply, type Standing, standingReply } from './standing.ts';

/** Mesos's own default, in seconds. */
const defaultHeartbeatSeconds = 15;

type SchedulerCallType = NonNullable<scheduler.Call['type']>;

/** How a master is set up. */
export interface ScriptedMasterOptions extends ScriptedServerOptions {
  /** Interval of heartbeats on event streams, which is also told to the subscriber; fractions are allowed. */
  readonly heartbeatSeconds?: number;
  /** Answers every request to the scheduler and operator endpoints by hand; see {@link ScriptedMaster.play}. */
  readonly play?: (exchange: SchedulerExchange) => void;
  /** @private A cluster that does what schedulers and operators say; calls are not kept then. */
  readonly backing?: SchedulerBacking & { readonly commanded: (call: master.Call) => void };
}

const operatorPath = /^(\/master)?\/api\/v1(\/.*)?$/;
const schedulerPath = /^(\/master)?\/api\/v1\/scheduler(\/.*)?$/;
const redirectPath = /^(\/master)?\/redirect$/;
const statePath = /^(\/master)?\/state$/;
const downloadPath = '/files/download';
const healthPath = /^(\/master)?\/health$/;

/**
 * A master without a cluster behind it: speaks the HTTP API of Mesos 1.11.0, notes what it is told, sends what a
 * test says, and misbehaves on command. It makes no offers and runs nothing by itself.
 */
export class ScriptedMaster extends ScriptedServer {
  readonly id: string = randomUUID();
  /**
   * Answers every request to an endpoint by hand instead of in the ordinary way. `call` is empty where the body is
   * no scheduler call.
   */
  play: ((exchange: SchedulerExchange) => void) | undefined;
  /** The operator API: its calls, its event streams, its files, and what it answers. */
  readonly operator: MasterOperator;
  readonly #scheduler: SchedulerEndpoint;
  #standing: Standing = { kind: 'leading' };

  /** Use {@link ScriptedMaster.listen}. */
  private constructor(options: ScriptedMasterOptions) {
    super(options);
    const { heartbeatSeconds = defaultHeartbeatSeconds } = options;
    this.play = options.play;
    this.#scheduler = new SchedulerEndpoint({
      masterId: this.id,
      heartbeatSeconds,
      masterInfo: () => this.info,
      crash: () => this.crash(),
      ...(options.backing && { backing: options.backing }),
    });
    this.#scheduler.log.remembers = !options.backing;
    const { sessions } = this.#scheduler;
    this.operator = new MasterOperator({
      heartbeatSeconds,
      masterInfo: () => this.info,
      frameworks: () => sessions.describe(),
      teardown: (frameworkId) => {
        const isKnown = sessions.find(frameworkId) !== undefined;
        if (isKnown) sessions.remove(frameworkId);
        return isKnown;
      },
      commanded: options.backing?.commanded,
    });
    this.operator.log.remembers = !options.backing;
  }

  /** A master that listens on 127.0.0.1 and leads. */
  static async listen(options: ScriptedMasterOptions = {}): Promise<ScriptedMaster> {
    const master = new ScriptedMaster(options);
    await master.comeBack();
    return master;
  }

  /** What the master says of itself. */
  get info(): mesos.MasterInfo {
    const [hostname = ''] = this.host.split(':');
    return {
      id: this.id,
      // 127.0.0.1 in network order.
      ip: 0x0100007f,
      port: this.port,
      pid: `master@127.0.0.1:${this.port}`,
      hostname,
      version: '1.11.0',
      address: { hostname, ip: '127.0.0.1', port: this.port },
      capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }],
    };
  }

  // What schedulers did.

  /** Every request to the scheduler endpoint, refused ones among them, and all that {@link play} got. */
  get exchanges(): readonly SchedulerExchange[] {
    return this.#scheduler.log.exchanges;
  }

  /** The scheduler calls that were taken, in order; refused ones are none of them. */
  get calls(): readonly scheduler.Call[] {
    return this.#scheduler.log.calls;
  }

  /** The next taken scheduler call of a type, past or to come; each is handed out once. */
  nextCall<Type extends SchedulerCallType>(type: Type): Promise<Taken<SchedulerExchange, Type>['call']> {
    return this.#scheduler.log.nextCall(type);
  }

  /** As {@link nextCall}, with the request around it. */
  nextTaken<Type extends SchedulerCallType>(type: Type): Promise<Taken<SchedulerExchange, Type>> {
    return this.#scheduler.log.nextTaken(type);
  }

  /** The next request that satisfies the condition, whatever becomes of it; each is handed out once. */
  nextExchange(isWanted?: (exchange: SchedulerExchange) => boolean): Promise<SchedulerExchange> {
    return this.#scheduler.log.nextExchange(isWanted);
  }

  /** The stream of the next framework that subscribes; each is handed out once. */
  nextSubscription(): Promise<SchedulerStream> {
    return this.#scheduler.subscriptions.next();
  }

  /** The streams of the frameworks that are connected now. */
  get streams(): readonly SchedulerStream[] {
    return this.#scheduler.sessions.streams;
  }

  // What becomes of calls.

  /** What to do with the next scheduler call of a type (`*`: of any), or the next few, in place of the ordinary. */
  onNext(type: SchedulerCallType | '*', times = 1): Orders<SchedulerExchange> {
    return this.#scheduler.log.onNext(type, times);
  }

  /** What to do with every scheduler call of a type (`*`: of any) from now on. */
  onEvery(type: SchedulerCallType | '*'): Orders<SchedulerExchange> {
    return this.#scheduler.log.onEvery(type);
  }

  /** Forgets what {@link onNext} and {@link onEvery} said. */
  behave(): void {
    this.#scheduler.log.behave();
  }

  /** From now on, operator calls of this type are answered with this payload, or with what the function returns. */
  answer<Type extends NonNullable<master.Call['type']>>(
    type: Type,
    answer: Scripted<master.Call, OperatorAnswer<'master', Type>>,
  ): void {
    this.operator.answer(type, answer);
  }

  /** Sends an update to a framework every so many seconds until it is acknowledged; resolves when it is. */
  sendUntilAcknowledged(frameworkId: string, status: mesos.TaskStatus, everySeconds: number): Promise<void> {
    return this.#scheduler.updates.send(frameworkId, status, everySeconds);
  }

  // What the master is.

  /** Serves, as it does from the beginning. */
  lead(): void {
    this.#standing = { kind: 'leading' };
  }

  /** 404 for everything, as in the first moments of a process. */
  boot(): void {
    this.#standing = { kind: 'booting' };
  }

  /** 503 "Master has not finished recovery". */
  recover(): void {
    this.#standing = { kind: 'recovering' };
  }

  /** 503 "No leader elected". */
  loseLeader(): void {
    this.#standing = { kind: 'leaderless' };
  }

  /** 307 to this master, in the form of Mesos 1.11.0 or another. */
  follow(leader: { readonly host: string }, form: LocationForm = 'mesos'): void {
    this.#standing = { kind: 'following', leader: leader.host, form };
  }

  // What the master remembers.

  /** Knows no framework any more; streams stay open, and their calls are answered "Framework cannot be found". */
  forget(): void {
    this.#scheduler.sessions.forget();
  }

  /** Removes a framework for good, as when its failover timeout runs out or an operator tears it down. */
  removeFramework(frameworkId: string): void {
    this.#scheduler.sessions.remove(frameworkId);
  }

  /** A new master in the place of this one: it has crashed, comes back, and knows nothing. */
  restart(): Promise<void> {
    this.crash();
    this.forget();
    return this.comeBack();
  }

  override fallSilent(): void {
    super.fallSilent();
    for (const stream of [...this.streams, ...this.operator.streams]) stream.fallSilent();
  }

  override speakAgain(): void {
    for (const stream of [...this.streams, ...this.operator.streams]) stream.speakAgain();
    super.speakAgain();
  }

  override close(): Promise<void> {
    this.forget();
    this.#scheduler.updates.stop();
    return super.close();
  }

  protected override handle(incoming: Incoming): void {
    const { path, headers, body } = incoming.request;
    const contentType = headers['content-type'];
    const call = peekCall(schedulerCall, contentType, body);
    const exchange = new SchedulerExchange({ ...incoming, call });
    if (this.play) this.#scheduler.log.receive(exchange, () => this.play?.(exchange));
    else if (this.#standing.kind === 'booting') exchange.deliver(notFound());
    else if (schedulerPath.test(path)) this.serve(this.#scheduler, exchange);
    else if (operatorPath.test(path))
      this.serve(this.operator, new Exchange({ ...incoming, call: peekCall(masterCall, contentType, body) }));
    else exchange.deliver(this.#plainReply(incoming.request));
  }

  protected override refuse({ path }: ReceivedRequest): Reply | undefined {
    return standingReply(this.#standing, path);
  }

  #plainReply({ path, query }: ReceivedRequest): Reply {
    if (path === downloadPath) return this.operator.download(query.get('path') ?? '');
    if (redirectPath.test(path)) return redirectReply(this.#standing, this.host);
    if (healthPath.test(path)) return text(200);
    // The state of before the v1 API: where there is one to tell, it is not told here.
    return (statePath.test(path) && standingReply(this.#standing, path)) || notFound();
  }
}
