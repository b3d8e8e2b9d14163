/**
 * Why a cluster could not be had or changed:
 * `INVALID_DEFINITION` a cluster file or an option is wrong: the message names the field and what was expected;
 * `UNKNOWN_CLUSTER` there is no cluster of that name: `galaxy-mesos cluster list` shows those there are;
 * `EXISTS` a cluster of that name is there already;
 * `LOCKED` another launcher has the cluster;
 * `NO_LAUNCHER` nothing looks after the cluster: `galaxy-mesos cluster up NAME` does again;
 * `DAMAGED` a file of the cluster's directory cannot be understood;
 * `QUEUE` the queueing system refused or did not answer: its own words are in the message;
 * `MASTER` the cluster's master cannot be started or reached;
 * `NO_SPACE` the disk on which the cluster's directory lies is full.
 */
export type QueueClusterErrorCode =
  | 'INVALID_DEFINITION'
  | 'UNKNOWN_CLUSTER'
  | 'EXISTS'
  | 'LOCKED'
  | 'NO_LAUNCHER'
  | 'DAMAGED'
  | 'QUEUE'
  | 'MASTER'
  | 'NO_SPACE';

/** Thrown by this package, for what its user can act on. */
export class QueueClusterError extends Error {
  override readonly name = 'QueueClusterError';
  readonly code: QueueClusterErrorCode;

  constructor(code: QueueClusterErrorCode, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
  }
}
