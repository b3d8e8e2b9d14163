import { withoutCredential } from '../leader/redact.ts';
import { MesosError } from '../mesos-error.ts';

/** Where an agent listens unless it was told otherwise. */
const defaultPort = 5051;

function invalid(text: string, expected: string): MesosError {
  return new MesosError(
    'INVALID_MASTER_URL',
    `${JSON.stringify(withoutCredential(text))} is not the address of an agent: ${expected}`,
    { setting: 'agent' },
  );
}

/**
 * Where the operator API of an agent is: `host:5051`, `http://host:5051`, or with a path where several agents share a
 * process, `http://host:5051/slave(1)`; with or without `/api/v1` at its end. Throws INVALID_MASTER_URL, in which no
 * credential is repeated.
 */
export function parseAgentAddress(text: string, scheme: 'http' | 'https' = 'http'): URL {
  const trimmed = text.trim();
  if (trimmed.includes('@')) throw invalid(trimmed, 'give its credential apart');
  const absolute = trimmed.includes('://') ? trimmed : `${scheme}://${trimmed}`;
  if (!URL.canParse(absolute)) throw invalid(trimmed, 'expected host:5051 or http://host:5051/slave(1)');
  const url = new URL(absolute);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid(trimmed, 'expected http or https');
  if (url.search !== '' || url.hash !== '') throw invalid(trimmed, 'expected nothing after the path');
  // `URL` drops a port that is the scheme's own, so that :80 and no port look alike.
  if (!/^[^/]*\/\/[^/]*:\d+(?:\/|$)/.test(absolute)) url.port = String(defaultPort);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/api/v1') ? path : `${path}/api/v1`;
  return url;
}

/**
 * The address of an agent from its `pid` in GET_AGENTS: `slave(1)@10.0.0.7:5051` is at `http://10.0.0.7:5051/slave(1)`.
 * Whether it speaks http or https is not in it. Undefined where this is no such `pid`.
 */
export function agentAddressOf(
  pid: string | undefined,
  scheme: 'http' | 'https' = 'http',
): string | undefined {
  const [, name, authority] = /^([^@/]+)@([^@/]+)$/.exec(pid ?? '') ?? [];
  return authority === undefined ? undefined : `${scheme}://${authority}/${name}`;
}
