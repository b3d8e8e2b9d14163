import type { MasterInfo } from '../gen/mesos.ts';
import { MesosError } from '../mesos-error.ts';
import { reasonOf } from '../reason.ts';
import type { Reply, ZooKeeperConnection } from '../zookeeper/connection.ts';
import { exists, getChildren, getData } from '../zookeeper/read.ts';
import { leadingNode } from './leading-node.ts';
import { decodeMasterInfo } from './master-info.ts';

/** What ZooKeeper says of who leads. */
export type Finding =
  | { readonly kind: 'leader'; readonly info: MasterInfo }
  /** Nobody, or nobody that can be made out; `reason` is for people. */
  | { readonly kind: 'none'; readonly reason: string }
  /** It changed while it was read: read again. */
  | { readonly kind: 'changing' };

const refusals: readonly unknown[] = ['NO_AUTH', 'AUTH_FAILED', 'SASL_REQUIRED'];

/** The value, or undefined where there is no such node. */
function contentOf<T>(reply: Reply<T>, path: string): T | undefined {
  if (reply.status === 'OK') return reply.value;
  if (reply.status === 'NO_NODE') return undefined;
  if (refusals.includes(reply.status))
    throw new MesosError(
      'ZOOKEEPER_REFUSED',
      `ZooKeeper does not let us read ${path}: give the credential of one who may, as in zk://user:password@host:2181/mesos`,
      { setting: 'master' },
    );
  // Such as that the session has expired: a new connection sorts it out.
  throw new MesosError('CONNECTION_LOST', `ZooKeeper answered with error ${reply.status}`);
}

function read(name: string, label: string | undefined, data: Uint8Array): Finding {
  try {
    return { kind: 'leader', info: decodeMasterInfo(label, data) };
  } catch (error) {
    if (!(error instanceof MesosError)) throw error;
    return { kind: 'none', reason: `the leading master's node ${name} cannot be read: ${reasonOf(error)}` };
  }
}

/**
 * Asks who leads. `nextChange` of the connection, called before, tells when to ask again. Rejects with
 * ZOOKEEPER_REFUSED, or with what the connection failed with.
 */
export async function findLeader(connection: ZooKeeperConnection, path: string): Promise<Finding> {
  const children = contentOf(await getChildren(connection, path), path);
  if (!children) {
    // A node that is not there has no children to watch; its beginning can be watched.
    const isThere = contentOf(await exists(connection, path), path);
    return isThere
      ? { kind: 'changing' }
      : { kind: 'none', reason: `no master has registered yet: there is no ${path} in ZooKeeper` };
  }
  const node = leadingNode(children);
  if (!node) return { kind: 'none', reason: `no master is registered below ${path} in ZooKeeper` };
  const data = contentOf(await getData(connection, `${path}/${node.name}`), `${path}/${node.name}`);
  return data ? read(node.name, node.label, data) : { kind: 'changing' };
}
