import { type AttemptId, isTerminal } from '../model/task.ts';
import type { AttemptReference, AttemptUpdate } from '../ports/driver.ts';

interface Stray {
  readonly reference: AttemptReference;
  /** Present while it is known to be alive. */
  killSentAt?: number;
}

/**
 * Attempts that no task waits for: given up and replaced, or not of this store. They may come back from an agent
 * that could not be reached, and what comes back is killed, again and again until it ends, so that of all attempts
 * at a task one survives.
 */
export class Strays {
  readonly #repeatMilliseconds: number;
  readonly #strays = new Map<AttemptId, Stray>();

  /** A kill whose end is not heard of is repeated after so many seconds. */
  constructor(killRepeat: number) {
    this.#repeatMilliseconds = killRepeat * 1000;
  }

  /** Those that may still come back. */
  get ids(): Iterable<AttemptId> {
    return this.#strays.keys();
  }

  /** When {@link due} will have something. */
  get nextDue(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { killSentAt } of this.#strays.values()) {
      if (killSentAt !== undefined) least = Math.min(least, killSentAt + this.#repeatMilliseconds);
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

  /** Takes in news of an attempt of which no task wants any; answers it if it must be killed now. */
  hear({ attemptId, agentId, state }: AttemptUpdate, now: number): AttemptReference | undefined {
    if (isTerminal(state)) {
      this.#strays.delete(attemptId);
      return undefined;
    }
    const known = this.#strays.get(attemptId);
    if (!isAlive(state)) {
      delete known?.killSentAt;
      return undefined;
    }
    const reference = known?.reference ?? (agentId === undefined ? undefined : { attemptId, agentId });
    // One that is being killed already is left to the repetition.
    if (!reference || known?.killSentAt !== undefined) return undefined;
    this.#strays.set(attemptId, { reference, killSentAt: now });
    return reference;
  }

  /** Those whose kill is to be sent again now. */
  due(now: number): AttemptReference[] {
    return this.#killAgain(now, this.#repeatMilliseconds);
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
