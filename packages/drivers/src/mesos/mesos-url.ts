import type { mesos } from '@galaxy-mesos/mesos-client';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The MESOS_URL that tasks see. It is the setting as it was given, unless that works only on this machine:
 * then it is the leading master's own address, which agents reach it by.
 */
export function mesosUrlForTasks(setting: string, master: mesos.MasterInfo | undefined): string {
  const hosts = setting
    .split(',')
    .map((entry) => entry.replace(/^https?:\/\//, '').replace(/(:\d+)?\/?$/, ''));
  if (!hosts.some((host) => loopback.test(host))) return setting;
  const address = master?.address;
  const host = address?.hostname ?? address?.ip ?? master?.hostname;
  if (host === undefined) return setting;
  const scheme = setting.startsWith('https://') ? 'https' : 'http';
  return `${scheme}://${host}:${address?.port ?? master?.port ?? 5050}`;
}
