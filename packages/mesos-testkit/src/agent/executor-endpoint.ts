import type { ServerResponse } from 'node:http';
import { createCodec, type executor, type mesos, type WireFormat } from '@galaxy-mesos/mesos-client';
import { CallLog } from '../calls/call-log.ts';
import type { Exchange } from '../calls/exchange.ts';
import { type CallKind, parseCall } from '../calls/parse-call.ts';
import { EventStream } from '../event-stream.ts';
import { acceptedFormat } from '../http/negotiation.ts';
import { badRequest, forbidden, type PlainReply, type Reply, text } from '../http/reply.ts';
import { Inbox } from '../inbox.ts';
import type { Endpoint } from '../scripted-server.ts';

/** The call of this endpoint. */
export const executorCall: CallKind<'mesos.v1.executor.Call'> = {
  message: 'mesos.v1.executor.Call',
  required: ['executor_id', 'framework_id'],
};

type ExecutorExchange = Exchange<executor.Call>;

const codecs = {
  json: createCodec('json', 'mesos.v1.executor.Event'),
  protobuf: createCodec('protobuf', 'mesos.v1.executor.Event'),
};

/** Mesos's own interval, in seconds. */
const defaultHeartbeatSeconds = 30 * 60;

/** An executor that the agent has started, or so it believes. */
export interface ExpectedExecutor {
  readonly executorInfo: mesos.ExecutorInfo;
  readonly frameworkInfo: mesos.FrameworkInfo;
  readonly containerId?: string;
}

/** The event stream of an executor. */
export class ExecutorStream extends EventStream<executor.Event> {
  readonly executorId: string;
  readonly frameworkId: string;
  /** As the executor subscribed: what it has not got acknowledged yet. */
  readonly subscribe: executor.Call.Subscribe;

  constructor(response: ServerResponse, exchange: ExecutorExchange, format: WireFormat) {
    super(response, {
      codec: codecs[format],
      heartbeat: { type: 'HEARTBEAT' },
      reset: () => exchange.reset(),
    });
    const { executor_id, framework_id, subscribe = {} } = exchange.call;
    this.executorId = executor_id?.value ?? '';
    this.frameworkId = framework_id?.value ?? '';
    this.subscribe = subscribe;
  }
}

interface KnownExecutor extends ExpectedExecutor {
  stream?: ExecutorStream;
}

/** What the endpoint needs to know of its agent. */
export interface ExecutorEndpointOptions {
  readonly heartbeatSeconds?: number | undefined;
  readonly agentInfo: () => mesos.AgentInfo;
}

function updateProblem({ type, update, executor_id, framework_id }: executor.Call): string | undefined {
  if (type !== 'UPDATE') return undefined;
  if (!update) return "Expecting 'update' to be present";
  const { uuid, state, source } = update.status;
  const sender = `executor ${executor_id?.value} of framework ${framework_id?.value}`;
  if (!uuid) return "Expecting 'uuid' to be present";
  if (state === 'TASK_STAGING') return `Received TASK_STAGING from ${sender} which is not allowed`;
  if (source !== 'SOURCE_EXECUTOR')
    return `Received Call from ${sender} with invalid source, expecting 'SOURCE_EXECUTOR'`;
  return undefined;
}

function callProblem(call: executor.Call): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  if (call.type === 'SUBSCRIBE' && !call.subscribe) return "Expecting 'subscribe' to be present";
  if (call.type === 'MESSAGE' && !call.message) return "Expecting 'message' to be present";
  return updateProblem(call);
}

/** `/api/v1/executor`: lets in the executors that the test expects, and acknowledges their updates. */
export class ExecutorEndpoint implements Endpoint<ExecutorExchange> {
  readonly realm = 'mesos-agent-executor';
  readonly log = new CallLog<ExecutorExchange>();
  /** Whether updates are acknowledged at once, as an agent does that has written them down. */
  acknowledges = true;
  readonly #options: ExecutorEndpointOptions;
  readonly #frameworks = new Map<string, Map<string, KnownExecutor>>();
  readonly #subscriptions = new Inbox<ExecutorStream>();

  constructor(options: ExecutorEndpointOptions) {
    this.#options = options;
  }

  /** Lets this executor subscribe from now on. */
  expect(expected: ExpectedExecutor): void {
    const { executorInfo, frameworkInfo } = expected;
    const frameworkId = frameworkInfo.id?.value ?? '';
    const executors = this.#frameworks.get(frameworkId) ?? new Map<string, KnownExecutor>();
    this.#frameworks.set(frameworkId, executors.set(executorInfo.executor_id.value, { ...expected }));
  }

  /** Knows no executor any more. */
  forget(): void {
    this.#frameworks.clear();
  }

  /** The stream of the next executor that subscribes; each is handed out once. */
  nextSubscription(): Promise<ExecutorStream> {
    return this.#subscriptions.next();
  }

  /** The streams of the executors that are connected. */
  get streams(): readonly ExecutorStream[] {
    const executors = [...this.#frameworks.values()].flatMap((ofOne) => [...ofOne.values()]);
    return executors.flatMap(({ stream }) => (stream?.isOpen ? stream : []));
  }

  reply(exchange: ExecutorExchange): Reply {
    const { headers, body } = exchange.request;
    const parsed = parseCall(executorCall, headers['content-type'], body);
    if ('refusal' in parsed) return parsed.refusal;
    const problem = callProblem(parsed.call);
    if (problem !== undefined) return badRequest(`Failed to validate Executor::Call: ${problem}`);
    const format = acceptedFormat(headers.accept);
    if (!format)
      return text(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
    const known = this.#find(parsed.call);
    if ('status' in known) return known;
    return this.#take(exchange, known, format);
  }

  #find({ framework_id, executor_id, type }: executor.Call): KnownExecutor | PlainReply {
    const executors = this.#frameworks.get(framework_id?.value ?? '');
    if (!executors) return badRequest('Framework cannot be found');
    const known = executors.get(executor_id?.value ?? '');
    if (!known) return badRequest('Executor cannot be found');
    return known.stream || type === 'SUBSCRIBE' ? known : forbidden('Executor is not subscribed');
  }

  #take(exchange: ExecutorExchange, known: KnownExecutor, format: WireFormat): Reply {
    this.log.take(exchange);
    const { type, update } = exchange.call;
    if (type === 'SUBSCRIBE')
      return {
        headers: { 'Content-Type': codecs[format].contentType },
        opened: (response) => this.#opened(new ExecutorStream(response, exchange, format), known),
      };
    const { task_id, uuid } = update?.status ?? {};
    if (this.acknowledges && task_id && uuid)
      known.stream?.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id, uuid } });
    return text(202);
  }

  #opened(stream: ExecutorStream, known: KnownExecutor): void {
    const { heartbeatSeconds = defaultHeartbeatSeconds, agentInfo } = this.#options;
    known.stream?.end();
    known.stream = stream;
    const { executorInfo, frameworkInfo, containerId } = known;
    const subscribed = {
      executor_info: executorInfo,
      framework_info: frameworkInfo,
      agent_info: agentInfo(),
      ...(containerId !== undefined && { container_id: { value: containerId } }),
    };
    stream.send({ type: 'SUBSCRIBED', subscribed }).beatEvery(heartbeatSeconds);
    this.#acknowledge(stream);
    this.#subscriptions.put(stream);
  }

  #acknowledge(stream: ExecutorStream): void {
    for (const { status } of stream.subscribe.unacknowledged_updates ?? [])
      if (this.acknowledges && status.uuid)
        stream.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id: status.task_id, uuid: status.uuid } });
  }
}
