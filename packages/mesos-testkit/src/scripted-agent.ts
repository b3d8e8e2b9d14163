import { randomUUID } from 'node:crypto';
import type { executor, mesos } from '@galaxy-mesos/mesos-client';
import { AgentOperator, agentCall } from './agent/agent-operator.ts';
import {
  ExecutorEndpoint,
  type ExecutorStream,
  type ExpectedExecutor,
  executorCall,
} from './agent/executor-endpoint.ts';
import type { Taken } from './calls/call-log.ts';
import { Exchange } from './calls/exchange.ts';
import { peekCall } from './calls/parse-call.ts';
import type { Orders } from './calls/rules.ts';
import { forbidden, notFound, type PlainReply, text, unavailable } from './http/reply.ts';
import { type Incoming, ScriptedServer, type ScriptedServerOptions } from './scripted-server.ts';

type ExecutorCallType = NonNullable<executor.Call['type']>;
type ExecutorExchange = Exchange<executor.Call>;

/** How an agent is set up. */
export interface ScriptedAgentOptions extends ScriptedServerOptions {
  /** Interval of heartbeats to executors, half an hour by default; fractions are allowed. */
  readonly heartbeatSeconds?: number;
}

/** The name of the process, by which an agent that is one of several in a process is told apart. */
const processName = 'slave(1)';
const executorPath = /^(\/slave\(1\))?\/api\/v1\/executor(\/.*)?$/;
const operatorPath = /^(\/slave\(1\))?\/api\/v1(\/.*)?$/;
const downloadPath = '/files/download';
const healthPath = /^(\/slave\(1\))?\/health$/;

/**
 * An agent that runs nothing: speaks the HTTP API of Mesos 1.11.0 to executors and operators, notes what it is
 * told, sends what a test says, and misbehaves on command.
 */
export class ScriptedAgent extends ScriptedServer {
  readonly id: string = `${randomUUID()}-S0`;
  /** The operator API: its calls, its files, its containers, and what it answers. */
  readonly operator: AgentOperator = new AgentOperator();
  readonly #executors: ExecutorEndpoint;
  /** Where a UNIX socket is spoken through, plain paths lead nowhere. */
  readonly #socketPath: string | undefined;
  #standing: 'serving' | 'booting' | 'recovering' = 'serving';

  private constructor(options: ScriptedAgentOptions) {
    super(options);
    this.#socketPath = options.socketPath;
    this.#executors = new ExecutorEndpoint({
      heartbeatSeconds: options.heartbeatSeconds,
      agentInfo: () => this.info,
    });
    this.operator.answer('GET_AGENT', () => ({ agent_info: this.info }));
  }

  /** An agent that listens on 127.0.0.1, or on a UNIX socket. */
  static async listen(options: ScriptedAgentOptions = {}): Promise<ScriptedAgent> {
    const agent = new ScriptedAgent(options);
    await agent.comeBack();
    return agent;
  }

  /** What the agent says of itself. */
  get info(): mesos.AgentInfo {
    const [hostname = ''] = this.host.split(':');
    return { hostname, port: this.port, id: { value: this.id } };
  }

  /** The environment of an executor that this agent would have started. */
  environmentOf({ executorInfo, frameworkInfo }: ExpectedExecutor): Readonly<Record<string, string>> {
    return {
      MESOS_FRAMEWORK_ID: frameworkInfo.id?.value ?? '',
      MESOS_EXECUTOR_ID: executorInfo.executor_id.value,
      MESOS_AGENT_ENDPOINT: this.host,
      MESOS_SLAVE_ID: this.id,
      MESOS_SLAVE_PID: `${processName}@${this.host}`,
      MESOS_CHECKPOINT: frameworkInfo.checkpoint ? '1' : '0',
      ...(this.#socketPath !== undefined && { MESOS_DOMAIN_SOCKET: this.#socketPath }),
    };
  }

  // What executors did.

  /** Every request to the executor endpoint, refused ones among them. */
  get exchanges(): readonly ExecutorExchange[] {
    return this.#executors.log.exchanges;
  }

  /** The executor calls that were taken, in order. */
  get calls(): readonly executor.Call[] {
    return this.#executors.log.calls;
  }

  /** The next taken executor call of a type, past or to come; each is handed out once. */
  nextCall<Type extends ExecutorCallType>(type: Type): Promise<Taken<ExecutorExchange, Type>['call']> {
    return this.#executors.log.nextCall(type);
  }

  /** The next request that satisfies the condition, whatever becomes of it; each is handed out once. */
  nextExchange(isWanted?: (exchange: ExecutorExchange) => boolean): Promise<ExecutorExchange> {
    return this.#executors.log.nextExchange(isWanted);
  }

  /** Lets this executor subscribe from now on; others are answered "cannot be found". */
  expectExecutor(expected: ExpectedExecutor): void {
    this.#executors.expect(expected);
  }

  /** The stream of the next executor that subscribes; each is handed out once. */
  nextSubscription(): Promise<ExecutorStream> {
    return this.#executors.nextSubscription();
  }

  /** The streams of the executors that are connected now. */
  get streams(): readonly ExecutorStream[] {
    return this.#executors.streams;
  }

  /** What to do with the next executor call of a type (`*`: of any), or the next few, in place of the ordinary. */
  onNext(type: ExecutorCallType | '*', times = 1): Orders<ExecutorExchange> {
    return this.#executors.log.onNext(type, times);
  }

  /** What to do with every executor call of a type (`*`: of any) from now on. */
  onEvery(type: ExecutorCallType | '*'): Orders<ExecutorExchange> {
    return this.#executors.log.onEvery(type);
  }

  /** Forgets what {@link onNext} and {@link onEvery} said. */
  behave(): void {
    this.#executors.log.behave();
  }

  /** Whether updates are acknowledged at once; they are from the beginning. */
  set acknowledges(value: boolean) {
    this.#executors.acknowledges = value;
  }

  // What the agent is.

  /** Serves, as it does from the beginning. */
  serveAgain(): void {
    this.#standing = 'serving';
  }

  /** 404 for everything, as in the first moments of a process. */
  boot(): void {
    this.#standing = 'booting';
  }

  /** 503 "Agent has not finished recovery". */
  recover(): void {
    this.#standing = 'recovering';
  }

  /** Knows no executor any more: "Framework cannot be found". */
  forget(): void {
    this.#executors.forget();
  }

  override fallSilent(): void {
    super.fallSilent();
    for (const stream of this.streams) stream.fallSilent();
  }

  override speakAgain(): void {
    for (const stream of this.streams) stream.speakAgain();
    super.speakAgain();
  }

  protected override handle(incoming: Incoming): void {
    const { path, query, headers, body, records } = incoming.request;
    const contentType = headers['content-type'];
    const plain = (reply: PlainReply) => new Exchange({ ...incoming, call: {} }).deliver(reply);
    if (this.#standing === 'booting') plain(notFound());
    else if (this.#socketPath !== undefined && !path.startsWith(`/${processName}/`)) plain(forbidden());
    else if (executorPath.test(path))
      this.serve(
        this.#executors,
        new Exchange({ ...incoming, call: peekCall(executorCall, contentType, body) }),
      );
    else if (operatorPath.test(path)) {
      // Only one call is a stream of records, and it is not there yet.
      const call = records
        ? ({ type: 'ATTACH_CONTAINER_INPUT' } as const)
        : peekCall(agentCall, contentType, body);
      this.serve(this.operator, new Exchange({ ...incoming, call }));
    } else if (path === downloadPath) plain(this.operator.download(query.get('path') ?? ''));
    else plain(healthPath.test(path) ? text(200) : notFound());
  }

  protected override refuse(): PlainReply | undefined {
    return this.#standing === 'recovering' ? unavailable('Agent has not finished recovery') : undefined;
  }
}
