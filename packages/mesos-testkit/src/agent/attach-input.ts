import { type agent, createCodec, RecordDecoder } from '@galaxy-mesos/mesos-client';
import type { ReceivedRequest } from '../http/received-request.ts';
import { badRequest, type PlainReply, text } from '../http/reply.ts';
import type { ContainerSession } from './container-session.ts';
import { type ContainerTable, cannotBeFound, refuseAttach } from './container-table.ts';
import type { MediaTypes } from './media-types.ts';

const calls = {
  json: createCodec('json', 'mesos.v1.agent.Call'),
  protobuf: createCodec('protobuf', 'mesos.v1.agent.Call'),
};

/** Takes the records of ATTACH_CONTAINER_INPUT: the first names the container, the others are its input. */
class InputStream {
  readonly #containers: ContainerTable;
  readonly #refuse: (reply: PlainReply) => void;
  #container: ContainerSession | undefined;

  constructor(containers: ContainerTable, refuse: (reply: PlainReply) => void) {
    this.#containers = containers;
    this.#refuse = refuse;
  }

  take({ attach_container_input }: agent.Call): void {
    const { container_id, process_io } = attach_container_input ?? {};
    if (!this.#container) this.#begin(container_id);
    else if (process_io) this.#container.take(process_io);
  }

  #begin(id: NonNullable<agent.Call['attach_container_input']>['container_id']): void {
    if (!id) this.#refuse(badRequest("Expecting 'attach_container_input.container_id' to be present"));
    this.#container = this.#containers.find(id);
    if (!this.#container) {
      this.#refuse(cannotBeFound(id));
      return;
    }
    const refusal = refuseAttach(this.#container);
    if (refusal) this.#refuse(refusal);
    // The answer comes with the end of the container, if that is before the end of the input.
    this.#container.wait(() => this.#refuse(text(200)));
  }
}

/** Reads the input for a container; resolves with the answer, at the latest when the input has ended. */
export async function attachInput(
  { records }: ReceivedRequest,
  { content }: MediaTypes,
  containers: ContainerTable,
): Promise<PlainReply> {
  const { promise, resolve } = Promise.withResolvers<PlainReply>();
  const input = new InputStream(containers, resolve);
  const decoder = new RecordDecoder((record) => input.take(calls[content].decode(record)));
  const read = async () => {
    for await (const chunk of records ?? []) decoder.push(chunk);
    return text(200);
  };
  // What cannot be read, or breaks off, is answered as what it is: a bad request.
  read().then(resolve, (cause: unknown) => resolve(badRequest(String(cause))));
  return promise;
}
