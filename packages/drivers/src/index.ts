/**
 * Where offers come from and launches go.
 *
 * @example
 * import { LocalDriver } from '@galaxy-mesos/drivers';
 *
 * const driver = new LocalDriver({ sandboxRoot: '/tmp/sandboxes' });
 * await driver.start((event) => console.log(event));
 *
 * @module
 */
export { type Cluster, clusterName, clusterOf } from './cluster.ts';
export { DriverError, type DriverErrorCode } from './errors.ts';
export { LocalDriver } from './local/local-driver.ts';
export type { LocalDriverOptions } from './local/options.ts';
export { MesosDriver } from './mesos/mesos-driver.ts';
export type { MesosDriverOptions } from './mesos/options.ts';
