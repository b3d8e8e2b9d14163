import { isIPv6 } from 'node:net';

/** Where a ZooKeeper server listens for clients. */
export interface ZooKeeperServer {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `host:port`, as people write it. */
export function describeServer({ host, port }: ZooKeeperServer): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
