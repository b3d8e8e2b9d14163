import type { ServerResponse } from 'node:http';
import { createCodec, type master, type mesos, type WireFormat } from '@galaxy-mesos/mesos-client';
import type { Exchange } from '../calls/exchange.ts';
import { type CallKind, parseCall } from '../calls/parse-call.ts';
import { EventStream } from '../event-stream.ts';
import { acceptedFormat } from '../http/negotiation.ts';
import { badRequest, type Reply, text } from '../http/reply.ts';
import { Inbox } from '../inbox.ts';
import { OperatorEndpoint } from './operator-endpoint.ts';

/** The call of this endpoint. */
export const masterCall: CallKind<'mesos.v1.master.Call'> = { message: 'mesos.v1.master.Call' };

/** What the endpoint needs to know of its master. */
export interface MasterOperatorOptions {
  readonly heartbeatSeconds: number;
  readonly masterInfo: () => mesos.MasterInfo;
  readonly frameworks: () => master.Response.GetFrameworks;
  /** Removes a framework; false where there is none of this id. */
  readonly teardown: (frameworkId: string) => boolean;
  /** Told of every command that was taken, for a cluster to carry out. */
  readonly commanded?: ((call: master.Call) => void) | undefined;
}

const codecs = {
  json: createCodec('json', 'mesos.v1.master.Event'),
  protobuf: createCodec('protobuf', 'mesos.v1.master.Event'),
};

/** Calls that are carried out later: 202. */
const asynchronous: ReadonlySet<string> = new Set([
  'RESERVE_RESOURCES',
  'UNRESERVE_RESOURCES',
  'CREATE_VOLUMES',
  'DESTROY_VOLUMES',
  'GROW_VOLUME',
  'SHRINK_VOLUME',
]);

/** `/api/v1` of a master: scripted answers, commands that are only noted, and the event stream. */
export class MasterOperator extends OperatorEndpoint<'master', master.Call> {
  readonly realm = 'mesos-master-readwrite';
  readonly #options: MasterOperatorOptions;
  readonly #subscriptions = new Inbox<EventStream<master.Event>>();
  readonly #streams = new Set<EventStream<master.Event>>();

  constructor(options: MasterOperatorOptions) {
    super('master');
    this.#options = options;
    this.answer('GET_MASTER', () => ({ master_info: options.masterInfo(), start_time: 0, elected_time: 0 }));
    this.answer('GET_FRAMEWORKS', () => options.frameworks());
    this.answer('GET_STATE', (call) => this.#state(call));
  }

  /** The next event stream that is subscribed to; it has got SUBSCRIBED and HEARTBEAT. Each is handed out once. */
  nextSubscription(): Promise<EventStream<master.Event>> {
    return this.#subscriptions.next();
  }

  /** The event streams that are open. */
  get streams(): readonly EventStream<master.Event>[] {
    return [...this.#streams];
  }

  reply(exchange: Exchange<master.Call>): Reply {
    const { headers, body, records } = exchange.request;
    const contentType = headers['content-type'];
    const parsed = parseCall(masterCall, contentType, records ? new Uint8Array() : body);
    if ('refusal' in parsed) return parsed.refusal;
    const { call } = parsed;
    const refusal = this.refuseCall(masterCall, call);
    if (refusal) return refusal;
    const format = acceptedFormat(headers.accept);
    if (!format)
      return text(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
    this.log.take(exchange);
    return this.#take(exchange, call, format);
  }

  #take(exchange: Exchange<master.Call>, call: master.Call, format: WireFormat): Reply {
    const { type = 'UNKNOWN' } = call;
    if (type === 'SUBSCRIBE') return this.#subscribe(exchange, format);
    if (type === 'TEARDOWN') {
      const isKnown = this.#options.teardown(call.teardown?.framework_id.value ?? '');
      return isKnown ? text(200) : badRequest('No framework found with specified ID');
    }
    if (type.startsWith('GET_')) return this.respond(type, this.scripted(type, call) ?? {}, format);
    this.#options.commanded?.(call);
    return this.replyOfFiles(call, format) ?? text(asynchronous.has(type) ? 202 : 200);
  }

  /** Made of the answers to the calls for its parts. */
  #state(call: master.Call): master.Response.GetState {
    return {
      get_tasks: (this.scripted('GET_TASKS', call) ?? {}) as master.Response.GetTasks,
      get_executors: (this.scripted('GET_EXECUTORS', call) ?? {}) as master.Response.GetExecutors,
      get_frameworks: (this.scripted('GET_FRAMEWORKS', call) ?? {}) as master.Response.GetFrameworks,
      get_agents: (this.scripted('GET_AGENTS', call) ?? {}) as master.Response.GetAgents,
    };
  }

  #subscribe(exchange: Exchange<master.Call>, format: WireFormat): Reply {
    return {
      headers: { 'Content-Type': codecs[format].contentType },
      opened: (response) => this.#opened(response, exchange, format),
    };
  }

  #opened(response: ServerResponse, exchange: Exchange<master.Call>, format: WireFormat): void {
    const { heartbeatSeconds } = this.#options;
    const reset = () => exchange.reset();
    const stream = new EventStream<master.Event>(response, {
      codec: codecs[format],
      heartbeat: { type: 'HEARTBEAT' },
      reset,
    });
    const get_state = this.scripted('GET_STATE', exchange.call) as master.Response.GetState;
    const subscribed = { get_state, heartbeat_interval_seconds: heartbeatSeconds };
    stream.send({ type: 'SUBSCRIBED', subscribed }).beat().beatEvery(heartbeatSeconds);
    this.#streams.add(stream);
    void stream.closed.then(() => this.#streams.delete(stream));
    this.#subscriptions.put(stream);
  }
}
