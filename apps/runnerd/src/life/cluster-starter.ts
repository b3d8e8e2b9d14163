import { messageOf } from '../runnerd-error.ts';
import type { QueueClusterStanding } from './queue-cluster.ts';

/** What a {@link ClusterStarter} needs. */
export interface ClusterStarterParts {
  readonly standing: () => Promise<QueueClusterStanding>;
  /** Starts the cluster (`isNew`), or a launcher for it; throws what was wrong. */
  readonly start: (isNew: boolean) => Promise<void>;
  /** Has it be as its file says, should that have changed since it was started; throws what was wrong. */
  readonly change: () => Promise<void>;
  /** It is not what its file says, and stays so. */
  readonly onUnchanged: (reason: string) => void;
  readonly onStarted: () => void;
  readonly onFailed: (reason: string) => void;
  /** Somebody has taken it down, who is to have the say until the daemon is started again. */
  readonly onTakenDown: () => void;
}

/** After what failed so many looks are left out, and each time after that twice as many, up to the most. */
const firstPause = 1;
const longestPause = 45;

/**
 * Has a cluster started that is not there, and has it looked after whenever nobody does: its launcher may have been
 * killed, and everything else goes on.
 */
export class ClusterStarter {
  readonly #parts: ClusterStarterParts;
  #wasThere = false;
  #isLeft = false;
  #pause = firstPause;
  #looksToWait = 0;

  constructor(parts: ClusterStarterParts) {
    this.#parts = parts;
  }

  /** Looks how the cluster stands, and does what is to be done; never throws. */
  async look(): Promise<void> {
    if (this.#isLeft || this.#looksToWait-- > 0) return;
    try {
      await this.#see(await this.#parts.standing());
      this.#pause = firstPause;
      this.#looksToWait = 0;
    } catch (error) {
      this.#parts.onFailed(messageOf(error));
      this.#looksToWait = this.#pause;
      this.#pause = Math.min(this.#pause * 2, longestPause);
    }
  }

  /** Once, for one that was there before this daemon. */
  async #change(): Promise<void> {
    try {
      await this.#parts.change();
    } catch (error) {
      this.#parts.onUnchanged(messageOf(error));
    }
  }

  async #see(standing: QueueClusterStanding): Promise<void> {
    const isThere = standing !== 'away';
    if (standing === 'going-down' || standing === 'draining' || (!isThere && this.#wasThere)) {
      this.#isLeft = true;
      this.#parts.onTakenDown();
      return;
    }
    if (isThere && !this.#wasThere) await this.#change();
    this.#wasThere ||= isThere;
    if (isThere && standing !== 'unattended') return;
    await this.#parts.start(!isThere);
    this.#wasThere = true;
    this.#parts.onStarted();
  }
}
