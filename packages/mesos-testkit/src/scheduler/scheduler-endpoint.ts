import { randomUUID } from 'node:crypto';
import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';
import { CallLog } from '../calls/call-log.ts';
import { type CallKind, parseCall } from '../calls/parse-call.ts';
import { acceptedFormat } from '../http/negotiation.ts';
import { badRequest, forbidden, type Reply, text } from '../http/reply.ts';
import { Inbox } from '../inbox.ts';
import type { Endpoint } from '../scripted-server.ts';
import type { SchedulerExchange, SchedulerStream } from './scheduler-exchange.ts';
import { type KnownFramework, SessionTable } from './session-table.ts';
import { UpdateRetries } from './update-retries.ts';
import { principalProblem, refuseCall } from './validate-call.ts';
import { frameworkProblem } from './validate-framework.ts';

/** The call of this endpoint. */
export const schedulerCall: CallKind<'mesos.v1.scheduler.Call'> = { message: 'mesos.v1.scheduler.Call' };

/** A cluster behind the endpoint, which is told of everything that was let in. */
export interface SchedulerBacking {
  /** Whether a framework is over in the eyes of the cluster. */
  readonly isRemoved: (frameworkId: string) => boolean;
  /** A framework has subscribed, and has been told so. */
  readonly subscribed: (stream: SchedulerStream, subscribe: scheduler.Call.Subscribe) => void;
  readonly called: (stream: SchedulerStream, call: scheduler.Call) => void;
}

/** What an endpoint needs to know of its master. */
export interface SchedulerEndpointOptions {
  readonly masterId: string;
  readonly heartbeatSeconds: number;
  readonly masterInfo: () => mesos.MasterInfo;
  /** Ends the process of the master, so to speak. */
  readonly crash: () => void;
  readonly backing?: SchedulerBacking;
}

const accepted = (): Reply => text(202);

/** Fields of a framework that cannot be changed once it is there. */
const immutable = ['user', 'checkpoint', 'principal'] as const;

function updateProblem(info: mesos.FrameworkInfo, wanted: mesos.FrameworkInfo): string | undefined {
  const unset = { user: '', checkpoint: false, principal: '' };
  const field = immutable.find((name) => (info[name] ?? unset[name]) !== (wanted[name] ?? unset[name]));
  if (!field) return undefined;
  const change = `from '${info[field] ?? unset[field]}' to '${wanted[field] ?? unset[field]}'`;
  return `FrameworkInfo update is not valid: Updating 'FrameworkInfo.${field}' is unsupported; attempted to update ${change}`;
}

/** `/api/v1/scheduler`: judges calls as Mesos 1.11.0 does, and does what they say to the sessions. */
export class SchedulerEndpoint implements Endpoint<SchedulerExchange> {
  readonly realm = 'mesos-master-scheduler';
  readonly log = new CallLog<SchedulerExchange>();
  readonly sessions: SessionTable;
  readonly subscriptions = new Inbox<SchedulerStream>();
  readonly updates: UpdateRetries;
  readonly #options: SchedulerEndpointOptions;

  constructor(options: SchedulerEndpointOptions) {
    this.#options = options;
    this.sessions = new SessionTable(options.masterId, { countsDown: options.backing === undefined });
    this.updates = new UpdateRetries((frameworkId) => this.sessions.find(frameworkId)?.stream);
  }

  /** The answer to a request that a leading master lets in; taking the call is part of it. */
  reply(exchange: SchedulerExchange, principal: string | undefined): Reply {
    const { headers, body } = exchange.request;
    const parsed = parseCall(schedulerCall, headers['content-type'], body);
    if ('refusal' in parsed) return parsed.refusal;
    const { call } = parsed;
    const refusal = refuseCall(call, principal) ?? this.#refuseAccept(headers.accept);
    if (refusal) return refusal;
    return call.type === 'SUBSCRIBE'
      ? this.#subscribe(exchange, call)
      : this.#call(exchange, call, principal);
  }

  #refuseAccept(accept: string | undefined): Reply | undefined {
    if (acceptedFormat(accept)) return undefined;
    return text(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
  }

  #subscribe(exchange: SchedulerExchange, { subscribe }: scheduler.Call): Reply {
    if (exchange.streamId !== undefined)
      return badRequest("Subscribe calls should not include the 'Mesos-Stream-Id' header");
    const frameworkInfo = subscribe?.framework_info ?? { user: '', name: '' };
    const given = frameworkInfo.id?.value ?? '';
    const problem =
      this.sessions.isRemoved(given) || this.#options.backing?.isRemoved(given)
        ? 'Framework has been removed'
        : subscribe && frameworkProblem(subscribe);
    this.log.take(exchange);
    const streamId = randomUUID();
    if (problem !== undefined)
      return exchange.streamReply({ streamId, frameworkInfo }, (stream) =>
        stream.send({ type: 'ERROR', error: { message: problem } }).end(),
      );
    const id = { value: given === '' ? this.sessions.mintId() : given };
    const subscription = { streamId, frameworkInfo: { ...frameworkInfo, id } };
    return exchange.streamReply(subscription, (stream) => this.#opened(stream, subscribe));
  }

  #opened(stream: SchedulerStream, subscribe: scheduler.Call.Subscribe | undefined): void {
    const { heartbeatSeconds, masterInfo, backing } = this.#options;
    this.sessions.open(stream);
    const subscribed = {
      framework_id: { value: stream.frameworkId },
      heartbeat_interval_seconds: heartbeatSeconds,
      master_info: masterInfo(),
    };
    stream.send({ type: 'SUBSCRIBED', subscribed }).beat().beatEvery(heartbeatSeconds);
    this.updates.resume(stream);
    if (backing && subscribe) backing.subscribed(stream, subscribe);
    else this.subscriptions.put(stream);
  }

  #call(exchange: SchedulerExchange, call: scheduler.Call, principal: string | undefined): Reply {
    const frameworkId = call.framework_id?.value ?? '';
    const framework = this.sessions.find(frameworkId);
    const refusal = this.#refuseSession(exchange, frameworkId, framework, principal);
    if (refusal) return refusal;
    if (call.type === 'UPDATE_FRAMEWORK') return this.#updateFramework(exchange, call, framework);
    this.log.take(exchange);
    // The metrics of Mesos 1.11.0 know no such type, and abort.
    if (call.type === 'UNKNOWN') this.#options.crash();
    if (call.type === 'ACKNOWLEDGE' && call.acknowledge) this.updates.acknowledge(call.acknowledge);
    if (framework?.stream) this.#options.backing?.called(framework.stream, call);
    if (call.type === 'TEARDOWN') this.sessions.remove(frameworkId);
    return accepted();
  }

  #refuseSession(
    { streamId }: SchedulerExchange,
    frameworkId: string,
    framework: KnownFramework | undefined,
    principal: string | undefined,
  ): Reply | undefined {
    if (!framework) return badRequest('Framework cannot be found');
    const mismatch = principalProblem(principal, framework.info.principal);
    if (mismatch !== undefined) return badRequest(mismatch);
    if (!framework.stream) return forbidden('Framework is not subscribed');
    if (streamId === undefined)
      return badRequest("All non-subscribe calls should include the 'Mesos-Stream-Id' header");
    if (streamId === framework.stream.streamId) return undefined;
    const found = `The stream ID '${streamId}' included in this request`;
    return badRequest(
      `${found} didn't match the stream ID currently associated with framework ID ${frameworkId}`,
    );
  }

  #updateFramework(
    exchange: SchedulerExchange,
    { update_framework }: scheduler.Call,
    framework: KnownFramework | undefined,
  ): Reply {
    if (!update_framework || !framework) return badRequest('');
    const { framework_info } = update_framework;
    const problem = updateProblem(framework.info, framework_info) ?? frameworkProblem(update_framework);
    if (problem !== undefined) return badRequest(problem);
    this.log.take(exchange);
    this.sessions.update(framework.info.id?.value ?? '', framework_info);
    if (framework.stream) this.#options.backing?.called(framework.stream, exchange.call);
    return text(200);
  }
}
