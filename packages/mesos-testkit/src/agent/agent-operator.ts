import { type agent, createCodec, type mesos } from '@galaxy-mesos/mesos-client';
import type { Exchange } from '../calls/exchange.ts';
import { type CallKind, parseCall } from '../calls/parse-call.ts';
import { EventStream } from '../event-stream.ts';
import { badRequest, type PlainReply, type Reply, text } from '../http/reply.ts';
import { Inbox } from '../inbox.ts';
import { OperatorEndpoint } from '../operator/operator-endpoint.ts';
import { attachInput } from './attach-input.ts';
import type { ContainerSession } from './container-session.ts';
import { ContainerTable, cannotBeFound, dotted, refuseAttach } from './container-table.ts';
import { type MediaTypes, negotiate, streamHeaders } from './media-types.ts';

/** The call of this endpoint. */
export const agentCall: CallKind<'mesos.v1.agent.Call'> = { message: 'mesos.v1.agent.Call' };

type AgentExchange = Exchange<agent.Call>;

const outputs = {
  json: createCodec('json', 'mesos.v1.agent.ProcessIO'),
  protobuf: createCodec('protobuf', 'mesos.v1.agent.ProcessIO'),
};

/** Mesos's own interval between the heartbeats of an attached output. */
const heartbeatSeconds = 30;
const heartbeat: agent.ProcessIO = {
  type: 'CONTROL',
  control: {
    type: 'HEARTBEAT',
    heartbeat: { interval: { nanoseconds: BigInt(heartbeatSeconds) * 10n ** 9n } },
  },
};

/** Calls that are answered by a stream. */
const streaming: ReadonlySet<string> = new Set([
  'LAUNCH_NESTED_CONTAINER_SESSION',
  'ATTACH_CONTAINER_OUTPUT',
]);

/** `/api/v1` of an agent: scripted answers, files, and containers whose input and output the test plays. */
export class AgentOperator extends OperatorEndpoint<'agent', agent.Call> {
  readonly realm = 'mesos-agent-readwrite';
  readonly #containers = new ContainerTable();
  readonly #sessions = new Inbox<ContainerSession>();

  constructor() {
    super('agent');
  }

  /** A container that is there, such as that of a task; its input and output can be attached to. */
  addContainer(id: string, { isAttachable = true } = {}): ContainerSession {
    return this.#containers.add(id, isAttachable);
  }

  /** The next container that is launched by a call; each is handed out once. */
  nextContainer(): Promise<ContainerSession> {
    return this.#sessions.next();
  }

  reply(exchange: AgentExchange): Reply {
    const media = negotiate(exchange.request);
    if ('status' in media) return media;
    if (media.isContentStream) {
      this.log.take(exchange);
      return { later: attachInput(exchange.request, media, this.#containers) };
    }
    const contentType = exchange.request.headers['content-type'];
    const parsed = parseCall(agentCall, contentType, exchange.request.body);
    if ('refusal' in parsed) return parsed.refusal;
    const { call } = parsed;
    const refusal = this.refuseCall(agentCall, call) ?? this.#refuseStream(call, media);
    if (refusal) return refusal;
    const reply = this.#take(exchange, call, media);
    this.log.take(exchange);
    return reply;
  }

  #refuseStream({ type = 'UNKNOWN' }: agent.Call, { isAcceptStream }: MediaTypes): PlainReply | undefined {
    if (!isAcceptStream || streaming.has(type)) return undefined;
    return text(406, `Streaming response is not supported for ${type} call`);
  }

  #take(exchange: AgentExchange, call: agent.Call, media: MediaTypes): Reply {
    const { type = 'UNKNOWN' } = call;
    if (type.startsWith('GET_')) return this.respond(type, this.scripted(type, call) ?? {}, media.accept);
    return (
      this.replyOfFiles(call, media.accept) ??
      this.#launch(exchange, call, media) ??
      this.#manage(exchange, call, media) ??
      text(200)
    );
  }

  #launch(exchange: AgentExchange, call: agent.Call, media: MediaTypes): Reply | undefined {
    const session = call.launch_nested_container_session;
    const launch = session ?? call.launch_nested_container ?? call.launch_container;
    if (!launch) return undefined;
    const { container_id: id } = launch;
    if (id.parent && !this.#containers.find(id.parent))
      return badRequest(`Parent container ${dotted(id.parent)} does not exist`);
    if (this.#containers.find(id)) return text(202);
    const container = this.#containers.add(dotted(id), session !== undefined);
    this.#sessions.put(container);
    return session ? this.#output(exchange, container, media, true) : text(200);
  }

  #manage(exchange: AgentExchange, call: agent.Call, media: MediaTypes): Reply | undefined {
    const wait = call.wait_nested_container ?? call.wait_container;
    if (wait) return this.#wait(call, wait.container_id, media);
    const kill = call.kill_nested_container ?? call.kill_container;
    if (kill) return this.#kill(kill.container_id);
    const remove = call.remove_nested_container ?? call.remove_container;
    if (remove) return this.#remove(remove.container_id);
    const attach = call.attach_container_output;
    if (!attach) return undefined;
    const container = this.#containers.find(attach.container_id);
    if (!container) return cannotBeFound(attach.container_id);
    return refuseAttach(container) ?? this.#output(exchange, container, media, false);
  }

  #output(exchange: AgentExchange, container: ContainerSession, media: MediaTypes, owns: boolean): Reply {
    return {
      headers: streamHeaders(media),
      opened: (response) => {
        const reset = () => exchange.reset();
        const options = { codec: outputs[media.accept], heartbeat, reset };
        container.attach(new EventStream(response, options).beatEvery(heartbeatSeconds), owns);
      },
    };
  }

  /** The answer comes when the container ends. */
  #wait({ type = 'WAIT_CONTAINER' }: agent.Call, id: mesos.ContainerID, { accept }: MediaTypes): Reply {
    const container = this.#containers.find(id);
    if (!container) return cannotBeFound(id);
    const { promise, resolve } = Promise.withResolvers<PlainReply>();
    container.wait((exit_status) => resolve(this.respond(type, { exit_status }, accept)));
    return { later: promise };
  }

  #kill(id: mesos.ContainerID): Reply {
    const container = this.#containers.find(id);
    if (!container) return text(404, `Container '${dotted(id)}' cannot be found (or is already killed)`);
    container.kill();
    return text(200);
  }

  #remove(id: mesos.ContainerID): Reply {
    const container = this.#containers.find(id);
    if (!container) return cannotBeFound(id);
    if (container.exitStatus === undefined) return text(500, 'Nested container has not terminated yet');
    this.#containers.remove(container);
    return text(200);
  }
}
