import type { mesos } from '@galaxy-mesos/mesos-client';
import { type PlainReply, text } from '../http/reply.ts';
import { ContainerSession } from './container-session.ts';

/** An id as Mesos writes it in words: from the outermost container inwards, with dots between. */
export function dotted(id: mesos.ContainerID | undefined): string {
  if (!id) return '';
  return id.parent ? `${dotted(id.parent)}.${id.value}` : id.value;
}

/** 404 for a container that is not there. */
export const cannotBeFound = (id: mesos.ContainerID | undefined): PlainReply =>
  text(404, `Container ${dotted(id)} cannot be found`);

/** 500 for a container that was launched without anything to attach to. */
export function refuseAttach({ isAttachable }: ContainerSession): PlainReply | undefined {
  return isAttachable ? undefined : text(500, 'I/O switchboard server was disabled for this container');
}

/** The containers of an agent. */
export class ContainerTable {
  readonly #containers = new Map<string, ContainerSession>();

  find(id: mesos.ContainerID | undefined): ContainerSession | undefined {
    return this.#containers.get(dotted(id));
  }

  add(id: string, isAttachable: boolean): ContainerSession {
    const session = new ContainerSession(id, isAttachable);
    this.#containers.set(id, session);
    return session;
  }

  remove(session: ContainerSession): void {
    this.#containers.delete(session.id);
  }
}
