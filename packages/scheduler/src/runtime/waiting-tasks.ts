import type { Resources } from '../model/resources.ts';
import type { TaskId, TaskSpec } from '../model/task.ts';
import type { DemandClass, WaitingTask } from './match.ts';

interface Class {
  readonly resources: Resources;
  readonly tasks: WaitingTask[];
}

const classKey = ({ cpus, mem, disk }: Resources): string => `${cpus} ${mem} ${disk}`;

/** A task that waits for an offer. */
export interface ReadyTask {
  readonly spec: TaskSpec;
  /** What it asks for this time, which may be more than its description says. */
  readonly resources: Resources;
  /** Of two tasks the one with the lower came first. */
  readonly sequence: number;
  /** When it came, on the clock that never jumps. */
  readonly since: number;
}

/** The tasks that could be launched now, and those that may only be launched later, by class. */
export class WaitingTasks {
  readonly #classes = new Map<string, Class>();
  #delayed: { readonly task: ReadyTask; readonly notBefore: number }[] = [];

  /** Those that could be launched now. */
  get classes(): readonly DemandClass[] {
    return [...this.#classes.values()];
  }

  /** Whether a task waits, now or later. */
  get any(): boolean {
    return this.#classes.size > 0 || this.#delayed.length > 0;
  }

  /** When the next delayed task may be launched. */
  get nextDue(): number {
    return this.#delayed.reduce(
      (least, { notBefore }) => Math.min(least, notBefore),
      Number.POSITIVE_INFINITY,
    );
  }

  add({ spec, resources, sequence }: ReadyTask): void {
    const key = classKey(resources);
    const found = this.#classes.get(key) ?? { resources, tasks: [] };
    found.tasks.push({ id: spec.id, sequence });
    this.#classes.set(key, found);
  }

  addDelayed(task: ReadyTask, notBefore: number): void {
    this.#delayed.push({ task, notBefore });
  }

  /** Makes delayed tasks ready whose time has come. */
  release(now: number): void {
    const due = this.#delayed.filter(({ notBefore }) => notBefore <= now);
    if (due.length === 0) return;
    this.#delayed = this.#delayed.filter(({ notBefore }) => notBefore > now);
    for (const { task } of due) this.add(task);
  }

  /** Takes out tasks that were placed: in each class those are the first ones. */
  removePlaced(taskIds: ReadonlySet<TaskId>): void {
    for (const [key, { tasks }] of this.#classes) {
      const kept = tasks.findIndex(({ id }) => !taskIds.has(id));
      if (kept === -1) this.#classes.delete(key);
      else tasks.splice(0, kept);
    }
  }

  /** Takes out one task, wherever it waits. */
  remove(taskId: TaskId): void {
    this.#delayed = this.#delayed.filter(({ task }) => task.spec.id !== taskId);
    for (const [key, { tasks }] of this.#classes) {
      const at = tasks.findIndex(({ id }) => id === taskId);
      if (at !== -1) tasks.splice(at, 1);
      if (tasks.length === 0) this.#classes.delete(key);
    }
  }

  /** Takes out a whole class. */
  removeClass({ resources }: DemandClass): void {
    this.#classes.delete(classKey(resources));
  }

  clear(): void {
    this.#classes.clear();
    this.#delayed = [];
  }
}
