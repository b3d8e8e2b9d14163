import type { TaskId } from '../model/task.ts';

// A map of a million entries stops everything for a tenth of a second when it grows; one of 64 parts for a moment.
const parts = 64;

/** Finds numbers by task id, among a million without a long pause when it grows. */
export class TicketMap {
  readonly #parts = Array.from({ length: parts }, () => new Map<TaskId, number>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: TaskId): number | undefined {
    return this.#partOf(id).get(id);
  }

  has(id: TaskId): boolean {
    return this.#partOf(id).has(id);
  }

  set(id: TaskId, ticket: number): void {
    const part = this.#partOf(id);
    const before = part.size;
    part.set(id, ticket);
    this.#size += part.size - before;
  }

  delete(id: TaskId): void {
    if (this.#partOf(id).delete(id)) this.#size--;
  }

  /** Ids mostly differ at their ends. */
  #partOf(id: TaskId): Map<TaskId, number> {
    const last = id.length - 1;
    const hash = id.charCodeAt(last) * 31 + id.charCodeAt(last - 1) * 7 + id.charCodeAt(last - 2);
    return this.#parts[hash & (parts - 1)] as Map<TaskId, number>;
  }
}
