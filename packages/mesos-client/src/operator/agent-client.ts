import { createCodec, type WireFormat } from '../codec/codec.ts';
import type { Call } from '../gen/agent.ts';
import type { ContainerID } from '../gen/mesos.ts';
import type { LinkedAbort } from '../linked-abort.ts';
import type { EventStream } from '../stream/event-stream.ts';
import { parseAgentAddress } from './agent-address.ts';
import { attachInput } from './attach-input.ts';
import type { ContainerInputSource } from './container-input.ts';
import { ContainerOutputStream } from './container-output.ts';
import { EndpointFinder } from './endpoint-finder.ts';
import { type AnyCall, OperatorChannel } from './operator-channel.ts';
import { OperatorClient } from './operator-client.ts';
import type { Abortable, OperatorOptions } from './operator-options.ts';
import { RecordReader } from './record-reader.ts';

/** What a client of an agent is made from. */
export interface AgentClientOptions extends OperatorOptions {
  /**
   * `host:5051`, `http://host:5051`, or with a path where several agents share a process,
   * `http://host:5051/slave(1)`. With `tls` set, an address without a scheme means https.
   */
  readonly agent: string;
}

/** How input is passed on to a container. */
export interface ContainerInputOptions extends Abortable {
  /** Milliseconds between heartbeats; 30 000 unless told otherwise. */
  readonly heartbeatMilliseconds?: number;
  /**
   * Whether the end of the source ends the container's standard input; true unless told otherwise. A container with a
   * terminal does not know such an end: send it the byte 4 (Ctrl-D).
   */
  readonly sendEndOfInput?: boolean;
}

/**
 * The operator API of one agent: state, containers, files. Close it when done: it keeps connections alive.
 *
 * Where Mesos's documentation misleads: LAUNCH_CONTAINER of a container that runs already is a success;
 * `exit_status` of WAIT_CONTAINER is a wait status, see `containerExit`; REMOVE_CONTAINER of a container without a
 * parent would end the agent, and is refused here (INVALID_MESSAGE).
 */
export class AgentClient extends OperatorClient<'agent'> {
  readonly #endpoint: URL;
  readonly #format: WireFormat;

  /** Connects nowhere yet. Throws INVALID_MASTER_URL. */
  constructor(options: AgentClientOptions) {
    const endpoint = parseAgentAddress(options.agent, options.tls ? 'https' : 'http');
    const candidates = async () => [endpoint];
    const finder = new EndpointFinder({ candidates, patience: options.patience ?? 0 });
    super(new OperatorChannel('agent', options, finder));
    this.#endpoint = endpoint;
    this.#format = options.contentType ?? 'protobuf';
  }

  /**
   * Starts a container below that of an executor, and resolves with its output once it runs. Closing the output kills
   * it; so does the end of this process. Throws CALL_REFUSED where the parent is not known (400), and as `call` does.
   */
  launchNestedContainerSession(
    session: NonNullable<Call['launch_nested_container_session']>,
    options: Abortable = {},
  ): Promise<ContainerOutputStream> {
    return this.#openOutput(
      { type: 'LAUNCH_NESTED_CONTAINER_SESSION', launch_nested_container_session: session },
      options,
    );
  }

  /**
   * What a container writes from now on. Any number may listen. Throws CALL_REFUSED where there is no such container
   * (404), or it has no switchboard for its input and output, as one that was started without a session (500).
   */
  attachContainerOutput(containerId: ContainerID, options: Abortable = {}): Promise<ContainerOutputStream> {
    return this.#openOutput(
      { type: 'ATTACH_CONTAINER_OUTPUT', attach_container_output: { container_id: containerId } },
      options,
    );
  }

  /**
   * Passes on input to a container, as fast as it reads; resolves when the source has ended and the agent has taken
   * all, or when the container has ended. Only one may do so at a time. Throws CALL_REFUSED as soon as the agent
   * refuses, without waiting for the source (409 where another one is attached, or 500 where the agent notices that in
   * the middle of the input); what the source throws, where it fails (the container's input stays open then);
   * CALL_FATE_UNKNOWN where the connection broke; ABORTED, also after some of it has arrived; and as `call` does. A
   * source that waits is told that it can end when it next gives something. Where this process dies meanwhile, the
   * agent goes on to take the container for attached to, and nobody else can give it input (409).
   */
  async attachContainerInput(
    containerId: ContainerID,
    source: ContainerInputSource,
    options: ContainerInputOptions = {},
  ): Promise<void> {
    await this.channel.track(attachInput(this.channel, this.#endpoint, { containerId, source, ...options }));
  }

  protected override async fileServer(): Promise<URL> {
    // Files are served at the root, also where several agents share a process and have a path each.
    return new URL('/', this.#endpoint);
  }

  async #openOutput(call: AnyCall, options: Abortable): Promise<ContainerOutputStream> {
    const linked = this.channel.link(options.signal);
    try {
      return this.#output(call, linked, await this.#openStream(call, linked.signal));
    } catch (error) {
      linked.release();
      throw error;
    }
  }

  #openStream(call: AnyCall, signal: AbortSignal): Promise<EventStream> {
    return this.channel.open(call, signal, {
      accept: 'application/recordio',
      'message-accept': this.channel.callCodec.contentType,
    });
  }

  #output({ type: callType }: AnyCall, linked: LinkedAbort, stream: EventStream): ContainerOutputStream {
    const close = () => {
      linked.release();
      return stream.close();
    };
    const { maximumRecordBytes } = this.channel;
    const { signal } = linked;
    const reader = new RecordReader({ ...stream, close }, { callType, maximumRecordBytes, signal });
    return new ContainerOutputStream(reader, createCodec(this.#format, 'mesos.v1.agent.ProcessIO'), close);
  }
}
