import type { SchedulerNotice } from '@galaxy-mesos/scheduler';
import type { ClusterStanding } from '../server/standing.ts';

/** Knows whether the cluster can be reached, by what the scheduler tells. */
export class ClusterWatch {
  #standing: ClusterStanding;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.#standing = { isConnected: false, since: now() };
  }

  get standing(): ClusterStanding {
    return this.#standing;
  }

  hear(notice: SchedulerNotice): void {
    if (notice.type === 'subscribed') this.#standing = { isConnected: true, since: this.#now() };
    else if (notice.type === 'disconnected' && this.#standing.isConnected) {
      this.#standing = { isConnected: false, since: this.#now() };
    }
  }
}
