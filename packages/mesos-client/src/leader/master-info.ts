import { isIPv4, isIPv6 } from 'node:net';
import { createCodec } from '../codec/codec.ts';
import type { MasterInfo } from '../gen/mesos.ts';
import { MesosError } from '../mesos-error.ts';
import type { MasterScheme } from './master-detector.ts';
import { defaultMasterPort } from './parse-master-list.ts';

const json = createCodec('json', 'mesos.v1.MasterInfo');
const protobuf = createCodec('protobuf', 'mesos.v1.MasterInfo');

/**
 * Decodes what a master registered under this label: JSON since Mesos 0.24, before that a protobuf whose fields
 * have the same numbers in v0 and v1. Throws MALFORMED_MESSAGE.
 */
export function decodeMasterInfo(label: string | undefined, data: Uint8Array): MasterInfo {
  if (label === 'json.info') return json.decode(data);
  if (label === 'info') return protobuf.decode(data);
  throw new MesosError(
    'MALFORMED_MESSAGE',
    `expected a node named json.info_ and a number, found ${label === undefined ? 'only a number' : `${label}_`}`,
  );
}

/** Four bytes in network order, as a master on a little-endian machine reads them into a number. */
function unpackIp(packed: number): string | undefined {
  return packed === 0 ? undefined : Array.from(new Uint8Array(Uint32Array.of(packed).buffer)).join('.');
}

function toUrl(scheme: MasterScheme, host: string, port: number): URL | undefined {
  const text = `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const isHost = isIPv6(host) || /^[^\s:/@?#[\]\\]+$/.test(host);
  return isHost && port > 0 && URL.canParse(text) ? new URL(text) : undefined;
}

/**
 * Where a master answers. Its IP address, as Mesos's own scheduler library takes it, since its name need not resolve
 * from here; but over TLS its name, since that is what certificates are made for. Throws MALFORMED_MESSAGE where
 * neither is there.
 */
export function masterUrl(info: MasterInfo, scheme: MasterScheme): URL {
  const given = info.address?.ip || unpackIp(info.ip ?? 0);
  const ip = given !== undefined && (isIPv4(given) || isIPv6(given)) ? given : undefined;
  const name = info.address?.hostname || info.hostname || undefined;
  const host = scheme === 'https' ? (name ?? ip) : (ip ?? name);
  const port = info.address?.port || info.port || defaultMasterPort;
  const url = host === undefined ? undefined : toUrl(scheme, host, port);
  if (url) return url;
  throw new MesosError(
    'MALFORMED_MESSAGE',
    `expected the address of a master, found host ${JSON.stringify(host ?? '')}, port ${port}`,
  );
}
