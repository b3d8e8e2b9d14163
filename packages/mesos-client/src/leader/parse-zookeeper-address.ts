import { isIPv6 } from 'node:net';
import { MesosError } from '../mesos-error.ts';
import type { ZooKeeperServer } from '../zookeeper/server.ts';
import { withoutCredential } from './redact.ts';

/** What `zk://[user:password@]host1:2181,host2:2181/path` says. */
export interface ZooKeeperAddress {
  /** At least one, in the order given. */
  readonly servers: readonly ZooKeeperServer[];
  /** Below which masters register, such as `/mesos`; without a slash at its end. */
  readonly path: string;
  /** `user:password`, for the scheme `digest`. */
  readonly credential?: string;
}

const form = 'zk://[user:password@]host1:2181,host2:2181/path';

/** Where ZooKeeper listens unless it was told otherwise. */
const defaultZooKeeperPort = 2181;

function invalid(text: string, problem: string): MesosError {
  return new MesosError(
    'INVALID_MASTER_URL',
    `${JSON.stringify(withoutCredential(text))}: ${problem}; expected ${form}`,
    { setting: 'master' },
  );
}

const serverForm = /^(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^\s:@?#[\]%\\]+))(?::(?<port>\d{1,5}))?$/;

function parseServer(entry: string, text: string): ZooKeeperServer {
  const { ipv6, host = ipv6, port = String(defaultZooKeeperPort) } = serverForm.exec(entry)?.groups ?? {};
  const number = Number(port);
  if (host === undefined || (ipv6 !== undefined && !isIPv6(ipv6)) || number < 1 || number > 65_535)
    // Not the entry itself: where the address is wrong it may be a part of the password.
    throw invalid(text, 'a server of it cannot be read (a / in a password is written %2F)');
  return { host, port: number };
}

/** As ZooKeeper has it: no empty name, none that is a dot or two, no control characters. */
function parsePath(path: string, text: string): string {
  const trimmed = path.replace(/\/$/, '');
  // Mesos refuses it too: its masters need a node of their own.
  if (trimmed === '') throw invalid(text, 'the path is missing, such as /mesos');
  // Rather the end of a password that has a slash than a node of that name: as a path it would be told in messages.
  if (trimmed.includes('@')) throw invalid(text, 'the path has an @ (a / in a password is written %2F)');
  const names = trimmed.slice(1).split('/');
  if (names.some((name) => ['', '.', '..'].includes(name)) || /\p{Cc}/u.test(trimmed))
    throw invalid(text, 'the path is none that ZooKeeper takes');
  return trimmed;
}

function parseCredential(encoded: string, text: string): string {
  let credential: string;
  try {
    credential = decodeURIComponent(encoded);
  } catch {
    // Without the cause: it might say what it could not read.
    throw invalid(text, 'the credential holds a % that begins no escape (write it %25)');
  }
  if (!/^[^:]+:./s.test(credential)) throw invalid(text, 'the credential is not user:password');
  return credential;
}

/**
 * Reads the form above. As in Mesos the path is needed and begins at the first slash, and the credential ends at the
 * last `@` before it. Other than in Mesos a port may be missing, and `%` begins an escape in the credential.
 * Throws INVALID_MASTER_URL, which never holds the credential.
 */
export function parseZooKeeperAddress(text: string): ZooKeeperAddress {
  const rest = text.slice('zk://'.length);
  const slash = rest.includes('/') ? rest.indexOf('/') : rest.length;
  const authority = rest.slice(0, slash);
  const at = authority.lastIndexOf('@');
  const servers = authority
    .slice(at + 1)
    .split(',')
    .map((entry) => parseServer(entry.trim(), text));
  return {
    servers,
    path: parsePath(rest.slice(slash), text),
    ...(at >= 0 && { credential: parseCredential(authority.slice(0, at), text) }),
  };
}
