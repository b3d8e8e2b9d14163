import type { AttemptId } from '../model/task.ts';

const firstDelayMilliseconds = 5_000;
const longestDelayMilliseconds = 60_000;
// A master answers others, too: no more than 10,000 questions a second.
const batchSize = 1_000;
const batchIntervalMilliseconds = 100;

interface Question {
  dueAt: number;
  delay: number;
}

/**
 * Which attempts the cluster must still be asked about. A master may keep silent about an attempt for minutes
 * (while its agent has not come back), so each is asked for again, at growing intervals of its own, until it is
 * heard of.
 */
export class Reconciliation {
  readonly #questions = new Map<AttemptId, Question>();
  #nextDue = Number.POSITIVE_INFINITY;

  /** {@link due} has nothing before this; on the clock that deadlines are counted on, as all times here. */
  get nextDue(): number {
    return this.#nextDue;
  }

  /** Whether an answer is still waited for. */
  get isBusy(): boolean {
    return this.#questions.size > 0;
  }

  /** All these are to be asked for at once, and no others. */
  begin(attemptIds: Iterable<AttemptId>, now: number): void {
    this.end();
    for (const id of attemptIds) this.add(id, now);
  }

  /** This one is to be asked for, too, from a time on; one that is being asked for keeps its own intervals. */
  add(attemptId: AttemptId, from: number): void {
    if (this.#questions.has(attemptId)) return;
    this.#questions.set(attemptId, { dueAt: from, delay: firstDelayMilliseconds });
    this.#nextDue = Math.min(this.#nextDue, from);
  }

  /** News of it came. */
  heard(attemptId: AttemptId): void {
    this.#questions.delete(attemptId);
    if (this.#questions.size === 0) this.end();
  }

  /** Nobody can be asked any more. */
  end(): void {
    this.#questions.clear();
    this.#nextDue = Number.POSITIVE_INFINITY;
  }

  /** Those to ask for now, a batch at most; sets the times for asking again. */
  due(now: number): AttemptId[] {
    if (now < this.#nextDue) return [];
    const ids: AttemptId[] = [];
    this.#nextDue = Number.POSITIVE_INFINITY;
    for (const [id, question] of this.#questions) {
      if (question.dueAt <= now && ids.length < batchSize) {
        ids.push(id);
        question.dueAt = now + question.delay;
        question.delay = Math.min(question.delay * 2, longestDelayMilliseconds);
      }
      this.#nextDue = Math.min(this.#nextDue, Math.max(question.dueAt, now + batchIntervalMilliseconds));
    }
    return ids;
  }
}
