import { type mesos, parseMasterList } from '@galaxy-mesos/mesos-client';
import { authorityOf, isOnlyHere } from './address.ts';

/**
 * The MESOS_URL that tasks see. It is the setting as it was given, unless that works only on this machine:
 * then it is the leading master's own address, which agents reach it by, with a scheme if the setting has one.
 *
 * @throws MesosError INVALID_MASTER_URL, UNSUPPORTED_MASTER_URL
 */
export function mesosUrlForTasks(setting: string, master: mesos.MasterInfo | undefined): string {
  const addresses = parseMasterList(setting);
  if (!addresses.some(({ hostname }) => isOnlyHere(hostname))) return setting;
  if (master === undefined) return setting;
  const { hostname, ip, port = master.port } = master.address ?? {};
  const authority = authorityOf([hostname, ip, master.hostname], port);
  if (authority === undefined) return setting;
  const scheme = /^\s*(https?:\/\/)/i.exec(setting)?.[1]?.toLowerCase() ?? '';
  return `${scheme}${authority}`;
}
