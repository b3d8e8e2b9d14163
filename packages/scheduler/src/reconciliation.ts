import type { AttemptId } from './task.ts';

const firstDelayMilliseconds = 5_000;
const longestDelayMilliseconds = 60_000;

/**
 * Which attempts the cluster must still be asked about. A master may keep silent about an attempt for minutes
 * (while its agent has not come back), so each is asked for again, at growing intervals, until it is heard of.
 */
export class Reconciliation {
  readonly #pending = new Set<AttemptId>();
  #delay = firstDelayMilliseconds;
  #nextDue = Number.POSITIVE_INFINITY;

  /** When {@link due} will have something, in milliseconds since 1970. */
  get nextDue(): number {
    return this.#nextDue;
  }

  /** All these are to be asked for, at once. */
  begin(attemptIds: Iterable<AttemptId>, now: number): void {
    this.end();
    for (const id of attemptIds) this.add(id, now);
  }

  /** This one is to be asked for, too. */
  add(attemptId: AttemptId, now: number): void {
    this.#pending.add(attemptId);
    this.#nextDue = Math.min(this.#nextDue, now);
  }

  /** News of it came. */
  heard(attemptId: AttemptId): void {
    this.#pending.delete(attemptId);
    if (this.#pending.size === 0) this.end();
  }

  /** Nobody can be asked any more. */
  end(): void {
    this.#pending.clear();
    this.#delay = firstDelayMilliseconds;
    this.#nextDue = Number.POSITIVE_INFINITY;
  }

  /** Those to ask for now; sets the time for asking again. */
  due(now: number): AttemptId[] {
    if (now < this.#nextDue) return [];
    this.#nextDue = now + this.#delay;
    this.#delay = Math.min(this.#delay * 2, longestDelayMilliseconds);
    return [...this.#pending];
  }
}
