import type { Reply, ZooKeeperConnection } from './connection.ts';
import { decodeChildren, decodeData, decodeExists, encodeWatchedPath, operations } from './messages.ts';

/** The names of a node's children. A change of them counts for `nextChange`. */
export function getChildren(
  connection: ZooKeeperConnection,
  path: string,
): Promise<Reply<readonly string[]>> {
  return connection.request(operations.getChildren, encodeWatchedPath(path), decodeChildren);
}

/** A node's data. A change of it, or its end, counts for `nextChange`. */
export function getData(connection: ZooKeeperConnection, path: string): Promise<Reply<Uint8Array>> {
  return connection.request(operations.getData, encodeWatchedPath(path), decodeData);
}

/** Whether there is such a node; otherwise NO_NODE, and its beginning counts for `nextChange`. */
export function exists(connection: ZooKeeperConnection, path: string): Promise<Reply<true>> {
  return connection.request(operations.exists, encodeWatchedPath(path), decodeExists);
}
