import { type mesos, parseMasterAddress } from '@galaxy-mesos/mesos-client';
import { authorityOf, isOnlyHere } from './address.ts';

/** Whether a setting means the same on other machines, and holds nothing that is not for everybody's eyes. */
function isForAll(setting: string): boolean {
  const address = parseMasterAddress(setting);
  if (address.kind === 'file') return false;
  if (address.kind === 'list') return !address.masters.some(({ hostname }) => isOnlyHere(hostname));
  return address.credential === undefined && !address.servers.some(({ host }) => isOnlyHere(host));
}

/**
 * The MESOS_URL that tasks see. It is the setting as it was given, unless that works only on this machine or holds
 * ZooKeeper's password: then it is the leading master's own address, which agents reach it by, with a scheme if the
 * setting has one. Undefined if the master tells none.
 *
 * @throws MesosError INVALID_MASTER_URL
 */
export function mesosUrlForTasks(setting: string, master: mesos.MasterInfo | undefined): string | undefined {
  if (isForAll(setting)) return setting;
  const { hostname, ip, port = master?.port ?? 0 } = master?.address ?? {};
  const authority = master && authorityOf([hostname, ip, master.hostname], port);
  if (authority === undefined) return isAddressOfMaster(setting) ? setting : undefined;
  const scheme = /^\s*(https?:\/\/)/i.exec(setting)?.[1]?.toLowerCase() ?? '';
  return `${scheme}${authority}`;
}

const isAddressOfMaster = (setting: string): boolean => parseMasterAddress(setting).kind === 'list';
