import type { ServerResponse } from 'node:http';
import { createCodec, type mesos, type scheduler, type WireFormat } from '@galaxy-mesos/mesos-client';
import { Exchange } from '../calls/exchange.ts';
import { EventStream } from '../event-stream.ts';
import { acceptedFormat, single } from '../http/negotiation.ts';
import type { StreamReply } from '../http/reply.ts';

const codecs = {
  json: createCodec('json', 'mesos.v1.scheduler.Event'),
  protobuf: createCodec('protobuf', 'mesos.v1.scheduler.Event'),
};

/** What belongs to one subscription. */
export interface Subscription {
  readonly streamId: string;
  readonly frameworkInfo: mesos.FrameworkInfo;
}

/** A number that Mesos 1.11.0 gives to no state of a task. */
const unknownState = 99;

/** The protobuf bytes of an update whose state is a number that nobody knows. */
function updateOfUnknownState(status: Omit<mesos.TaskStatus, 'state'>): Uint8Array {
  const encode = (state: mesos.TaskStatus['state']) =>
    codecs.protobuf.encode({ type: 'UPDATE', update: { status: { ...status, state } } });
  const other = encode('TASK_FINISHED');
  // The state is where the updates of two states differ.
  return encode('TASK_RUNNING').map((byte, at) => (byte === other[at] ? byte : unknownState));
}

/** The event stream of a framework. */
export class SchedulerStream extends EventStream<scheduler.Event> implements Subscription {
  /** Value of the header Mesos-Stream-Id. */
  readonly streamId: string;
  /** As the framework subscribed, with its id. */
  readonly frameworkInfo: mesos.FrameworkInfo;
  readonly #format: WireFormat;

  constructor(
    response: ServerResponse,
    { streamId, frameworkInfo }: Subscription,
    format: WireFormat,
    reset: () => void,
  ) {
    super(response, { codec: codecs[format], heartbeat: { type: 'HEARTBEAT' }, reset });
    this.#format = format;
    this.streamId = streamId;
    this.frameworkInfo = frameworkInfo;
  }

  get frameworkId(): string {
    return this.frameworkInfo.id?.value ?? '';
  }

  /** Sends an update with a state that this version of Mesos does not have. */
  sendUpdateOfUnknownState(status: Omit<mesos.TaskStatus, 'state'>): this {
    if (this.#format === 'protobuf') return this.sendRecord(updateOfUnknownState(status));
    const known = codecs.json.encode({
      type: 'UPDATE',
      update: { status: { ...status, state: 'TASK_RUNNING' } },
    });
    const text = Buffer.from(known).toString();
    return this.sendRecord(text.replace('"state":"TASK_RUNNING"', '"state":"TASK_NOT_YET_INVENTED"'));
  }
}

/** A request to the scheduler endpoint. */
export class SchedulerExchange extends Exchange<scheduler.Call> {
  /** The header Mesos-Stream-Id. */
  get streamId(): string | undefined {
    return single(this.request.headers['mesos-stream-id']);
  }

  /** The head of an event stream in the format that the request accepts. */
  streamReply(subscription: Subscription, opened: (stream: SchedulerStream) => void): StreamReply {
    const format = acceptedFormat(this.request.headers.accept) ?? 'json';
    return {
      headers: { 'Content-Type': codecs[format].contentType, 'Mesos-Stream-Id': subscription.streamId },
      opened: (response) => opened(new SchedulerStream(response, subscription, format, () => this.reset())),
    };
  }

  /** Opens an event stream by hand, on which nothing is sent yet. */
  openStream(streamId: string): SchedulerStream {
    const opened: SchedulerStream[] = [];
    const frameworkInfo = this.call.subscribe?.framework_info ?? { user: '', name: '' };
    this.deliver(this.streamReply({ streamId, frameworkInfo }, (stream) => opened.push(stream)));
    const [stream] = opened;
    if (!stream) throw new Error('the answer of this exchange is held: it cannot be answered by hand');
    return stream;
  }

  /** Opens an event stream by hand and sends SUBSCRIBED; heartbeats are up to the caller. */
  subscribed(streamId: string, heartbeatSeconds = 15): SchedulerStream {
    const framework_id = this.call.framework_id ?? { value: 'framework-1' };
    return this.openStream(streamId).send({
      type: 'SUBSCRIBED',
      subscribed: { framework_id, heartbeat_interval_seconds: heartbeatSeconds },
    });
  }
}
