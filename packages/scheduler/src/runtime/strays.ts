import { type AttemptId, isTerminal } from '../model/task.ts';
import type { AttemptReference, AttemptUpdate } from '../ports/driver.ts';
import { DueTimes } from './due-times.ts';
import type { SchedulerOptions } from './options.ts';

interface Stray {
  readonly reference: AttemptReference;
  /** It is known to have come back. */
  readonly isBack?: boolean;
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
  /** Of those that are being killed: when the kill is to be sent again. */
  readonly #kills = new DueTimes<AttemptId>();

  constructor(options: Pick<SchedulerOptions, 'killRepeat' | 'unknownAttempts'>) {
    this.#options = options;
  }

  /** Those that may still come back. */
  get ids(): Iterable<AttemptId> {
    return this.#strays.keys();
  }

  /** When {@link due} will have something. */
  get nextDue(): number {
    return this.#kills.next;
  }

  /** How to find one of them; `undefined` if it is none. */
  reference(attemptId: AttemptId): AttemptReference | undefined {
    return this.#strays.get(attemptId)?.reference;
  }

  /** An attempt that was given up, and may come back. `killedAt`: a kill was sent then, and may be lost. */
  add(reference: AttemptReference, killedAt?: number): void {
    this.#strays.set(reference.attemptId, { reference });
    if (killedAt !== undefined) this.#killed(reference, killedAt);
  }

  /** Takes in news of an attempt of which no task wants any. `isOurs`: it was launched by a scheduler of this store. */
  hear({ attemptId, agentId, state }: AttemptUpdate, isOurs: boolean, now: number): StrayNews {
    const known = this.#strays.get(attemptId);
    if (!isAlive(state)) {
      this.#kills.delete(attemptId);
      const isForgotten = !isOurs && !known?.isLeft;
      if (isTerminal(state) || isForgotten) this.#strays.delete(attemptId);
      return {};
    }
    const reference = known?.reference ?? (agentId === undefined ? undefined : { attemptId, agentId });
    // One that is being killed already is left to the repetition, one that is left alone is told of once.
    const isSeenTo = known?.isLeft || (known?.isBack && this.#kills.has(attemptId));
    if (!reference || isSeenTo) return {};
    const isUnknown = known === undefined && !isOurs;
    if (isUnknown && this.#options.unknownAttempts === 'leave') {
      this.#strays.set(attemptId, { reference, isLeft: true });
      return { isUnknown };
    }
    this.#strays.set(attemptId, { reference, isBack: true });
    this.#killed(reference, now);
    return { kill: reference, isUnknown };
  }

  /** Nobody asks for it any more, unless it is being killed: if it comes back after all, it is one that nobody knows. */
  forget(attemptId: AttemptId): void {
    if (!this.#kills.has(attemptId)) this.#strays.delete(attemptId);
  }

  /** Nothing is to be done to it any more. */
  remove(attemptId: AttemptId): void {
    this.#kills.delete(attemptId);
    this.#strays.delete(attemptId);
  }

  /** Those whose kill is to be sent again now. */
  due(now: number): AttemptReference[] {
    return this.#sendAgain(this.#kills.take(now), now);
  }

  /** All that are being killed: what was sent on an earlier connection may not have got through. */
  killsToRepeat(now: number): AttemptReference[] {
    return this.#sendAgain([...this.#kills.keys], now);
  }

  #sendAgain(ids: readonly AttemptId[], now: number): AttemptReference[] {
    const references = ids.flatMap((id) => this.reference(id) ?? []);
    for (const reference of references) this.#killed(reference, now);
    return references;
  }

  #killed({ attemptId }: AttemptReference, now: number): void {
    this.#kills.set(attemptId, now + this.#options.killRepeat * 1000);
  }
}

const isAlive = (state: AttemptUpdate['state']): boolean =>
  state === 'TASK_STAGING' ||
  state === 'TASK_STARTING' ||
  state === 'TASK_RUNNING' ||
  state === 'TASK_KILLING';
