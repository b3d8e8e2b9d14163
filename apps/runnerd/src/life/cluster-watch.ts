import type { SchedulerNotice } from '@galaxy-mesos/scheduler';
import type { ClusterStanding } from '../server/standing.ts';
import { Reminders } from './reminders.ts';

/** Whom a {@link ClusterWatch} tells. */
export interface ClusterWatchListener {
  readonly onConnected: (frameworkId: string) => void;
  /** The cluster cannot be reached, and why. Told at once for each reason, then ever more rarely. */
  readonly onUnreachable: (reason: string) => void;
}

const patienceMilliseconds = 5_000;
const nobody = 'no master was found yet: nobody has answered who leads, ZooKeeper perhaps';

/** Knows whether the cluster can be reached, by what the scheduler tells. `now` is a clock that never jumps. */
export class ClusterWatch {
  #standing: ClusterStanding;
  readonly #now: () => number;
  readonly #listener: ClusterWatchListener;
  readonly #reminders: Reminders;
  #isReasonKnown = false;

  constructor(now: () => number, listener: ClusterWatchListener) {
    this.#now = now;
    this.#listener = listener;
    this.#reminders = new Reminders(now);
    this.#standing = { isConnected: false, since: now() };
  }

  get standing(): ClusterStanding {
    return this.#standing;
  }

  /** To be called now and then: nobody may name a master, and then nothing is tried that could fail. */
  look(): void {
    const { isConnected, since } = this.#standing;
    if (isConnected || this.#isReasonKnown || this.#now() - since < patienceMilliseconds) return;
    if (this.#reminders.isDue(nobody)) this.#listener.onUnreachable(nobody);
  }

  hear(notice: SchedulerNotice): void {
    if (notice.type === 'subscribed') {
      this.#standing = { isConnected: true, since: this.#now() };
      this.#reminders.clear();
      this.#isReasonKnown = false;
      this.#listener.onConnected(notice.frameworkId);
    } else if (notice.type === 'disconnected' && this.#standing.isConnected) {
      this.#standing = { isConnected: false, since: this.#now() };
    } else if (notice.type === 'unreachable') {
      this.#isReasonKnown = true;
      const reason = notice.message.replace(/^\[\w+\] /, '');
      if (this.#reminders.isDue(reason)) this.#listener.onUnreachable(reason);
    }
  }
}
