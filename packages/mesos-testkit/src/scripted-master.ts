import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';
import type { CallLog, Taken } from './calls/call-log.ts';
import type { Exchange } from './calls/exchange.ts';
import { peekCall } from './calls/parse-call.ts';
import type { Orders } from './calls/rules.ts';
import { authenticate, type Credentials } from './http/authentication.ts';
import { type FrontOptions, HttpFront } from './http/http-front.ts';
import { type ReceivedRequest, receiveRequest } from './http/received-request.ts';
import { methodNotAllowed, notFound, type Reply, text } from './http/reply.ts';
import { SchedulerEndpoint, schedulerCall } from './scheduler/scheduler-endpoint.ts';
import { SchedulerExchange, type SchedulerStream } from './scheduler/scheduler-exchange.ts';
import { type LocationForm, redirectReply, type Standing, standingReply } from './standing.ts';

/** Mesos's own default, in seconds. */
const defaultHeartbeatSeconds = 15;

type SchedulerCallType = NonNullable<scheduler.Call['type']>;

/** How a master is set up. */
export interface ScriptedMasterOptions extends FrontOptions {
  /** Interval of heartbeats on event streams, which is also told to the subscriber; fractions are allowed. */
  readonly heartbeatSeconds?: number;
  /** Who may come in; anyone by default. */
  readonly credentials?: Credentials;
  /** Answers every request to the scheduler and operator endpoints by hand; see {@link ScriptedMaster.play}. */
  readonly play?: (exchange: SchedulerExchange) => void;
}

/** An endpoint as far as requests reach it in the same way. */
interface Endpoint<Ex extends Exchange<{ readonly type?: string | undefined }>> {
  readonly log: CallLog<Ex>;
  reply(exchange: Ex, principal: string | undefined): Reply;
}

const schedulerPath = /^(\/master)?\/api\/v1\/scheduler(\/.*)?$/;
const redirectPath = /^(\/master)?\/redirect$/;
const healthPath = /^(\/master)?\/health$/;

/**
 * A master without a cluster behind it: speaks the HTTP API of Mesos 1.11.0, notes what it is told, sends what a
 * test says, and misbehaves on command. It makes no offers and runs nothing by itself.
 */
export class ScriptedMaster {
  readonly id: string = randomUUID();
  /**
   * Answers every request to an endpoint by hand instead of in the ordinary way. `call` is empty where the body is
   * no scheduler call.
   */
  play: ((exchange: SchedulerExchange) => void) | undefined;
  /** Who may come in from now on; anyone if undefined. */
  credentials: Credentials | undefined;
  readonly #front: HttpFront;
  readonly #scheduler: SchedulerEndpoint;
  #standing: Standing = { kind: 'leading' };
  #parked: (() => void)[] | undefined;

  /** Use {@link ScriptedMaster.listen}. */
  private constructor(options: ScriptedMasterOptions) {
    const { heartbeatSeconds = defaultHeartbeatSeconds } = options;
    this.play = options.play;
    this.credentials = options.credentials;
    this.#front = new HttpFront((...request) => void this.#receive(...request), options);
    this.#scheduler = new SchedulerEndpoint({
      masterId: this.id,
      heartbeatSeconds,
      masterInfo: () => this.info,
      crash: () => this.crash(),
    });
  }

  /** A master that listens on 127.0.0.1 and leads. */
  static async listen(options: ScriptedMasterOptions = {}): Promise<ScriptedMaster> {
    const master = new ScriptedMaster(options);
    await master.#front.listen();
    return master;
  }

  /** Such as `http://127.0.0.1:5050`. */
  get url(): string {
    return this.#front.url;
  }

  /** Host and port, such as `127.0.0.1:5050`. */
  get host(): string {
    return this.#front.host;
  }

  get port(): number {
    return this.#front.port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#front.connections;
  }

  /** Connections that were ever opened. */
  get connectionsSoFar(): number {
    return this.#front.connectionsSoFar;
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

  // Whether the master is there at all.

  /** New connections are refused from now on; those that are open go on. */
  refuseConnections(): void {
    this.#front.refuseConnections();
  }

  /** As after `kill -9`: connections are closed in the middle of what they do, new ones are refused. */
  crash(): void {
    this.#front.crash();
  }

  /** Listens again on the same port, with its memory. */
  comeBack(): Promise<void> {
    return this.#front.listen();
  }

  /** A new master in the place of this one: it has crashed, comes back, and knows nothing. */
  restart(): Promise<void> {
    this.crash();
    this.forget();
    return this.comeBack();
  }

  /** As a host that has vanished: connections stay, and no byte comes over them any more. */
  fallSilent(): void {
    this.#parked ??= [];
    for (const stream of this.streams) stream.fallSilent();
  }

  /** Ends {@link fallSilent}: what came in meanwhile is looked at now. */
  speakAgain(): void {
    const parked = this.#parked ?? [];
    this.#parked = undefined;
    for (const stream of this.streams) stream.speakAgain();
    for (const handle of parked) handle();
  }

  /** Stops for good and leaves nothing behind. */
  async close(): Promise<void> {
    this.forget();
    this.#scheduler.updates.stop();
    await this.#front.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #receive(message: IncomingMessage, response: ServerResponse, connection: number): Promise<void> {
    const request = await receiveRequest(message, connection);
    if (!request) return;
    const reset = () => this.#front.reset(message.socket);
    const handle = () => this.#handle(request, response, reset);
    if (this.#parked) this.#parked.push(handle);
    else handle();
  }

  #handle(request: ReceivedRequest, response: ServerResponse, reset: () => void): void {
    const call = peekCall(schedulerCall, request.headers['content-type'], request.body);
    const exchange = new SchedulerExchange({ request, response, call, reset });
    if (this.play) this.#scheduler.log.receive(exchange, () => this.play?.(exchange));
    else if (schedulerPath.test(request.path))
      this.#serve(this.#scheduler, exchange, 'mesos-master-scheduler');
    else exchange.deliver(this.#plainReply(request));
  }

  #serve<Ex extends Exchange<{ readonly type?: string | undefined }>>(
    endpoint: Endpoint<Ex>,
    exchange: Ex,
    realm: string,
  ): void {
    endpoint.log.receive(exchange, () => exchange.deliver(this.#reply(endpoint, exchange, realm)));
  }

  /** In the order in which Mesos looks at things. */
  #reply<Ex extends Exchange<{ readonly type?: string | undefined }>>(
    endpoint: Endpoint<Ex>,
    exchange: Ex,
    realm: string,
  ): Reply {
    const { request } = exchange;
    if (!request.isBodyIntact) return text(500, 'failed to decode body');
    if (this.#standing.kind === 'booting') return notFound();
    const identity = authenticate(this.credentials, request.headers.authorization, realm);
    if ('refusal' in identity) return identity.refusal;
    const notServing = standingReply(this.#standing, request.path);
    if (notServing) return notServing;
    if (request.method !== 'POST') return methodNotAllowed(request.method);
    return endpoint.reply(exchange, identity.principal);
  }

  #plainReply({ path }: ReceivedRequest): Reply {
    if (redirectPath.test(path)) return redirectReply(this.#standing, this.host);
    if (healthPath.test(path) && this.#standing.kind !== 'booting') return text(200);
    return notFound();
  }
}
