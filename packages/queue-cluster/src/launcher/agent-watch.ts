import type { AgentReport } from '../pools/news.ts';
import type { LauncherPorts } from './ports.ts';
import { hasPassed } from './timing.ts';

/** How long a tick waits for a master that takes its time. */
const patienceMilliseconds = 2000;

/** An answer older than this is none. */
const freshMilliseconds = 15_000;

/**
 * Asks for the agents again and again, one question at a time and at most each `everyMilliseconds`, without a tick ever
 * waiting long for the answer.
 */
export class AgentWatch {
  readonly #look: () => Promise<readonly AgentReport[] | undefined>;
  readonly #wait: LauncherPorts['wait'];
  readonly #now: () => number;
  readonly #everyMilliseconds: number;
  #askedAt = -Infinity;
  #looking: Promise<void> | undefined;
  #known: { readonly at: number; readonly agents: readonly AgentReport[] | undefined } | undefined;

  constructor(
    look: () => Promise<readonly AgentReport[] | undefined>,
    { now, wait }: Pick<LauncherPorts, 'now' | 'wait'>,
    everyMilliseconds: number,
  ) {
    this.#everyMilliseconds = everyMilliseconds;
    this.#look = look;
    this.#now = now;
    this.#wait = wait;
  }

  /** The agents, as the master has told a short while ago; undefined where it does not tell. */
  async agents(): Promise<readonly AgentReport[] | undefined> {
    if (hasPassed(this.#everyMilliseconds, { since: this.#askedAt, now: this.#now() }))
      this.#looking ??= this.#begin();
    const enough = new AbortController();
    await Promise.race([this.#looking, this.#wait(patienceMilliseconds, enough.signal)]);
    enough.abort();
    const known = this.#known;
    return known && Math.abs(this.#now() - known.at) <= freshMilliseconds ? known.agents : undefined;
  }

  async #begin(): Promise<void> {
    this.#askedAt = this.#now();
    try {
      const agents = await this.#look();
      this.#known = { at: this.#now(), agents };
    } finally {
      this.#looking = undefined;
    }
  }
}
