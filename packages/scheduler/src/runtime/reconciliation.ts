import type { AttemptId } from '../model/task.ts';
import { DueTimes } from './due-times.ts';

const firstDelayMilliseconds = 5_000;
const longestDelayMilliseconds = 60_000;
// A master answers others, too: no more than 10,000 questions a second.
const batchSize = 1_000;
const batchIntervalMilliseconds = 100;

/**
 * Which attempts the cluster must still be asked about. A master may keep silent about an attempt for minutes
 * (while its agent has not come back), so each is asked for again, at growing intervals of its own, until it is
 * heard of.
 */
export class Reconciliation {
  readonly #due = new DueTimes<AttemptId>();
  /** How long to wait for an answer to the next question before the one after it. */
  readonly #delays = new Map<AttemptId, number>();
  #nextBatch = Number.NEGATIVE_INFINITY;
  #round: Iterator<AttemptId> | undefined;

  /** {@link due} has nothing before this; on the clock that deadlines are counted on, as all times here. */
  get nextDue(): number {
    return Math.max(this.#round ? Number.NEGATIVE_INFINITY : this.#due.next, this.#nextBatch);
  }

  /** Whether an answer is still waited for. */
  get isBusy(): boolean {
    return this.#round !== undefined || this.#delays.size > 0;
  }

  /**
   * All these are to be asked for. They are drawn a batch at a time, when it is their turn: to ask for very many takes a
   * while, in which some of them are heard of.
   */
  begin(attemptIds: Iterable<AttemptId>): void {
    this.#round = attemptIds[Symbol.iterator]();
  }

  /** This one is to be asked for, from a time on; one that is being asked for keeps its own intervals. */
  add(attemptId: AttemptId, from: number): void {
    if (this.#delays.has(attemptId)) return;
    this.#delays.set(attemptId, firstDelayMilliseconds);
    this.#due.set(attemptId, from);
  }

  /** News of it came. */
  heard(attemptId: AttemptId): void {
    this.#delays.delete(attemptId);
    this.#due.delete(attemptId);
  }

  /** Nobody can be asked any more. */
  end(): void {
    this.#delays.clear();
    this.#due.clear();
    this.#round = undefined;
    this.#nextBatch = Number.NEGATIVE_INFINITY;
  }

  /** Those to ask for now, a batch at most; sets the times for asking again. */
  due(now: number): AttemptId[] {
    if (now < this.nextDue) return [];
    const fresh = this.#draw();
    const ids = [...fresh, ...this.#due.take(now, batchSize - fresh.length)];
    for (const id of ids) {
      const delay = this.#delays.get(id) ?? firstDelayMilliseconds;
      this.#due.set(id, now + delay);
      this.#delays.set(id, Math.min(delay * 2, longestDelayMilliseconds));
    }
    if (ids.length > 0) this.#nextBatch = now + batchIntervalMilliseconds;
    return ids;
  }

  /** The next of the round that are not being asked for already. */
  #draw(): AttemptId[] {
    const ids: AttemptId[] = [];
    while (this.#round && ids.length < batchSize) {
      const { done, value } = this.#round.next();
      if (done) this.#round = undefined;
      else if (!this.#delays.has(value)) ids.push(value);
    }
    return ids;
  }
}
