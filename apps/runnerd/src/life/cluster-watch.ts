import type { SchedulerNotice } from '@galaxy-mesos/scheduler';
import type { ClusterStanding } from '../server/standing.ts';
import { Reminders } from './reminders.ts';

/** Whom a {@link ClusterWatch} tells. */
export interface ClusterWatchListener {
  readonly onConnected: (frameworkId: string) => void;
  /** The cluster cannot be reached, and why. Told at once for each reason, then ever more rarely. */
  readonly onUnreachable: (reason: string) => void;
}

/** Knows whether the cluster can be reached, by what the scheduler tells. `now` is a clock that never jumps. */
export class ClusterWatch {
  #standing: ClusterStanding;
  readonly #now: () => number;
  readonly #listener: ClusterWatchListener;
  readonly #reminders: Reminders;

  constructor(now: () => number, listener: ClusterWatchListener) {
    this.#now = now;
    this.#listener = listener;
    this.#reminders = new Reminders(now);
    this.#standing = { isConnected: false, since: now() };
  }

  get standing(): ClusterStanding {
    return this.#standing;
  }

  hear(notice: SchedulerNotice): void {
    if (notice.type === 'subscribed') {
      this.#standing = { isConnected: true, since: this.#now() };
      this.#reminders.clear();
      this.#listener.onConnected(notice.frameworkId);
    } else if (notice.type === 'disconnected' && this.#standing.isConnected) {
      this.#standing = { isConnected: false, since: this.#now() };
    } else if (notice.type === 'unreachable') {
      const reason = notice.message.replace(/^\[\w+\] /, '');
      if (this.#reminders.isDue(reason)) this.#listener.onUnreachable(reason);
    }
  }
}
