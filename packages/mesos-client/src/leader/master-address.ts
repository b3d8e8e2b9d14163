import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MesosError } from '../mesos-error.ts';
import { describeServer } from '../zookeeper/server.ts';
import type { MasterScheme } from './master-detector.ts';
import { parseMasterList } from './parse-master-list.ts';
import { parseZooKeeperAddress, type ZooKeeperAddress } from './parse-zookeeper-address.ts';

/** Where to find the leading master. */
export type MasterAddress =
  /** A master, or several to try: whoever does not lead redirects to the leader. */
  | { readonly kind: 'list'; readonly masters: readonly URL[] }
  /** ZooKeeper knows who leads. */
  | ({ readonly kind: 'zookeeper' } & ZooKeeperAddress)
  /** A file that holds an address, so that a password in it is in no command line. */
  | { readonly kind: 'file'; readonly path: string };

function parseFile(text: string): MasterAddress {
  try {
    return { kind: 'file', path: fileURLToPath(text) };
  } catch (cause) {
    throw new MesosError('INVALID_MASTER_URL', `${JSON.stringify(text)}: expected file:///path/to/file`, {
      setting: 'master',
      cause,
    });
  }
}

/**
 * Reads the address of a master in any of the forms that Mesos knows: `host:5050`, `http://host:5050`, a list such as
 * `https://a:5050,b:5050`, `zk://[user:password@]host1:2181,host2:2181/path`, or `file:///path/to/file`, a file that
 * holds one of these. `scheme` is for masters that are given without. Throws INVALID_MASTER_URL, in which no
 * credential is repeated.
 */
export function parseMasterAddress(text: string, scheme: MasterScheme = 'http'): MasterAddress {
  const trimmed = text.trim();
  if (/^zk:\/\//i.test(trimmed)) return { kind: 'zookeeper', ...parseZooKeeperAddress(trimmed) };
  if (/^file:/i.test(trimmed)) return parseFile(trimmed);
  return { kind: 'list', masters: parseMasterList(trimmed, scheme) };
}

/**
 * The address in a file's stead that it holds; any other as it is. Reads the file at once. Throws INVALID_MASTER_URL
 * where it cannot be read or holds no address.
 */
export function resolveMasterAddress(
  address: MasterAddress,
  scheme: MasterScheme = 'http',
): Exclude<MasterAddress, { readonly kind: 'file' }> {
  if (address.kind !== 'file') return address;
  const held = parseMasterAddress(readAddress(address.path), scheme);
  if (held.kind !== 'file') return held;
  throw new MesosError('INVALID_MASTER_URL', `${address.path} holds the name of another file`, {
    setting: 'master',
  });
}

function readAddress(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MesosError('INVALID_MASTER_URL', `the address of the master cannot be read: ${String(cause)}`, {
      setting: 'master',
      cause,
    });
  }
}

/** The address as text for logs and messages, without its password. */
export function describeMasterAddress(address: MasterAddress): string {
  if (address.kind === 'file') return `file://${address.path}`;
  if (address.kind === 'list') return address.masters.map((master) => master.origin).join(',');
  const user = address.credential?.split(':', 1)[0];
  const credential = user === undefined ? '' : `${encodeURIComponent(user)}:***@`;
  return `zk://${credential}${address.servers.map(describeServer).join(',')}${address.path}`;
}
