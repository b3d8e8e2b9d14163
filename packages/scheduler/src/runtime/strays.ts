import { type AttemptId, isTerminal } from '../model/task.ts';
import type { AttemptReference, AttemptUpdate } from '../ports/driver.ts';
import type { SchedulerOptions } from './options.ts';

interface Stray {
  readonly reference: AttemptReference;
  /** Present while it is known to be alive. */
  killSentAt?: number;
  /** Nobody knows it, and it is not to be touched. */
  readonly isLeft?: boolean;
}

/** What follows from news of an attempt that no task wants. */
export interface StrayNews {
  /** It is to be killed now. */
  readonly kill?: AttemptReference;
  /** It was not launched by a scheduler of this store, and is heard of for the first time. */
  readonly isUnknown?: boolean;
}

/**
 * Attempts that no task waits for: given up and replaced, or not of this store. They may come back from an agent
 * that could not be reached, and what comes back is killed, again and again until it ends, so that of all attempts
 * at a task one survives.
 */
export class Strays {
  readonly #options: Pick<SchedulerOptions, 'killRepeat' | 'unknownAttempts'>;
  readonly #strays = new Map<AttemptId, Stray>();

  constructor(options: Pick<SchedulerOptions, 'killRepeat' | 'unknownAttempts'>) {
    this.#options = options;
  }

  /** Those that may still come back. */
  get ids(): Iterable<AttemptId> {
    return this.#strays.keys();
  }

  /** When {@link due} will have something. */
  get nextDue(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { killSentAt } of this.#strays.values()) {
      if (killSentAt !== undefined) least = Math.min(least, killSentAt + this.#options.killRepeat * 1000);
    }
    return least;
  }

  /** How to find one of them; `undefined` if it is none. */
  reference(attemptId: AttemptId): AttemptReference | undefined {
    return this.#strays.get(attemptId)?.reference;
  }

  /** An attempt that was given up, and may come back. */
  add(reference: AttemptReference): void {
    this.#strays.set(reference.attemptId, { reference });
  }

  /** Takes in news of an attempt of which no task wants any. */
  hear({ attemptId, agentId, state }: AttemptUpdate, now: number): StrayNews {
    if (isTerminal(state)) {
      this.#strays.delete(attemptId);
      return {};
    }
    const known = this.#strays.get(attemptId);
    if (!isAlive(state)) {
      delete known?.killSentAt;
      return {};
    }
    const reference = known?.reference ?? (agentId === undefined ? undefined : { attemptId, agentId });
    // One that is being killed already is left to the repetition, one that is left alone is told of once.
    if (!reference || known?.killSentAt !== undefined || known?.isLeft) return {};
    const isUnknown = known === undefined;
    if (isUnknown && this.#options.unknownAttempts === 'leave') {
      this.#strays.set(attemptId, { reference, isLeft: true });
      return { isUnknown };
    }
    this.#strays.set(attemptId, { reference, killSentAt: now });
    return { kill: reference, isUnknown };
  }

  /** Those whose kill is to be sent again now. */
  due(now: number): AttemptReference[] {
    return this.#killAgain(now, this.#options.killRepeat * 1000);
  }

  /** All that are being killed: what was sent on an earlier connection may not have got through. */
  killsToRepeat(now: number): AttemptReference[] {
    return this.#killAgain(now, 0);
  }

  #killAgain(now: number, afterMilliseconds: number): AttemptReference[] {
    const references: AttemptReference[] = [];
    for (const stray of this.#strays.values()) {
      if (stray.killSentAt === undefined || stray.killSentAt + afterMilliseconds > now) continue;
      stray.killSentAt = now;
      references.push(stray.reference);
    }
    return references;
  }
}

const isAlive = (state: AttemptUpdate['state']): boolean =>
  state === 'TASK_STAGING' ||
  state === 'TASK_STARTING' ||
  state === 'TASK_RUNNING' ||
  state === 'TASK_KILLING';
