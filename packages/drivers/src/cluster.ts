import {
  type Credential,
  describeMasterAddress,
  parseMasterAddress,
  type TlsOptions,
} from '@galaxy-mesos/mesos-client';
import { DriverError, messageOf } from './errors.ts';

/** Where work runs, as a MESOS_URL says it. */
export type Cluster =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'mesos';
      /** One address of a master or several, as the Mesos client takes them. */
      readonly master: string;
      /** What the master and its agents want to see. */
      readonly credential?: Credential;
      /** Where {@link credential} lies, for tasks that are frameworks themselves. */
      readonly credentialFile?: string;
      /** By what they are known, where they speak `https`. */
      readonly tls?: TlsOptions;
    };

/**
 * What a MESOS_URL means: unset, empty or `local` is this machine.
 * @throws DriverError `INVALID_MESOS_URL`, which names `source`, if it is none of the forms there are.
 */
export function clusterOf(url: string | undefined, source: string): Cluster {
  const text = url?.trim() ?? '';
  if (text === '' || text === 'local') return { kind: 'local' };
  if (text.startsWith('cluster:')) {
    const advice = `only galaxy-mesos knows clusters by name; galaxy-mesos cluster url ${text.slice('cluster:'.length)}`;
    throw new DriverError(
      'INVALID_MESOS_URL',
      `${source} ${text}: ${advice} tells the address of its master`,
    );
  }
  try {
    parseMasterAddress(text);
  } catch (error) {
    // Its message names the address, without the password that may be in it.
    throw new DriverError('INVALID_MESOS_URL', `${source}: ${messageOf(error)}`, { cause: error });
  }
  return { kind: 'mesos', master: text };
}

/** The cluster's name in messages and in a store, in which no password is. */
export function clusterName(cluster: Cluster): string {
  if (cluster.kind === 'local') return 'local';
  const address = parseMasterAddress(cluster.master);
  return address.kind === 'zookeeper' ? describeMasterAddress(address) : cluster.master;
}
