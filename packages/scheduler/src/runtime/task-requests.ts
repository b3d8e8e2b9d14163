import { SchedulerError } from '../model/errors.ts';
import { isFinal, type TaskId, type TaskSpec } from '../model/task.ts';
import type { AttemptEnds } from './attempt-ends.ts';
import type { Decisions } from './decisions.ts';
import type { LiveAttempts } from './live-attempts.ts';
import { attemptIdsOf } from './new-attempt.ts';
import { nothingSpent } from './retry-rules.ts';
import { moveTask, type Task, type TaskTable } from './task-table.ts';
import type { PlacementDesk, WaitingRoom } from './waiting-room.ts';

/** What may be asked for tasks. */
export type TaskRequest =
  | { readonly type: 'submit'; readonly specs: readonly TaskSpec[] }
  /** Failed tasks may be tried again, with all their retries. */
  | { readonly type: 'retry'; readonly taskIds: readonly TaskId[] }
  /** Tasks are not wanted any more. */
  | { readonly type: 'cancel'; readonly taskIds: readonly TaskId[] }
  /** Nothing is to be known any more of tasks that have ended. */
  | { readonly type: 'forget'; readonly taskIds: readonly TaskId[] }
  /** Tasks are not placed until they are released, also those that will be submitted. */
  | { readonly type: 'hold'; readonly taskIds: readonly TaskId[] }
  | { readonly type: 'release'; readonly taskIds: readonly TaskId[] }
  /** Nothing more is launched. With `kill`, what runs is killed; its tasks wait for a later scheduler. */
  | { readonly type: 'halt'; readonly kill: boolean };

/** What {@link TaskRequests} decides about. */
export interface RequestParts {
  readonly desk: PlacementDesk;
  readonly tasks: TaskTable;
  readonly attempts: LiveAttempts;
  readonly room: WaitingRoom;
  readonly ends: AttemptEnds;
}

/** What becomes of tasks because somebody asked for it. */
export class TaskRequests {
  readonly #parts: RequestParts;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** Does what is asked for; answers whether tasks may wait by that for which nothing was waited before. */
  take(request: TaskRequest, now: number, decisions: Decisions): boolean {
    switch (request.type) {
      case 'submit':
        for (const spec of request.specs) this.#submit(spec, now, decisions);
        return true;
      case 'retry':
        for (const taskId of request.taskIds) this.#retry(taskId, now, decisions);
        return true;
      case 'cancel':
        for (const taskId of request.taskIds) this.#cancel(taskId, now, decisions);
        return false;
      case 'forget':
        this.#forget(request, decisions);
        return false;
      case 'hold':
        this.hold(request.taskIds);
        return false;
      case 'release':
        for (const taskId of request.taskIds) this.#release(taskId, now);
        return true;
      case 'halt':
        this.#parts.room.close(this.#parts.tasks.waiting());
        if (request.kill) this.#parts.attempts.killAll(now, decisions);
        return false;
    }
  }

  /** Tasks are not placed until they are released; those that are not known yet are so from the beginning. */
  hold(taskIds: Iterable<TaskId>): void {
    for (const taskId of taskIds) this.#parts.room.hold(taskId, this.#parts.tasks.get(taskId));
  }

  /** The task can never run anywhere, nor can those that stand and fall with it. */
  refuse(taskId: TaskId, message: string, decisions: Decisions): void {
    for (const task of this.#unionOf(taskId)) {
      if (task.state !== 'waiting') continue;
      this.#parts.room.leave(task);
      moveTask(task, 'failed', decisions, { message });
    }
  }

  #submit(spec: TaskSpec, now: number, decisions: Decisions): void {
    const task = this.#parts.tasks.add(spec, 'waiting', nothingSpent);
    decisions.changes.push({ type: 'added', spec });
    this.#parts.room.enter(task, now);
  }

  /** A task that has failed, with all that stand and fall with it, waits again with all its tries. */
  #retry(taskId: TaskId, now: number, decisions: Decisions): void {
    for (const task of this.#unionOf(taskId)) {
      if (task.state !== 'failed') continue;
      task.spent = nothingSpent;
      task.since = undefined;
      moveTask(task, 'waiting', decisions);
      this.#parts.room.enter(task, now);
    }
  }

  /** The task, and all that stand and fall with it, are not wanted: what is out is ended, again until it is. */
  #cancel(taskId: TaskId, now: number, decisions: Decisions): void {
    const { attempts, desk, ends, room } = this.#parts;
    for (const task of this.#unionOf(taskId)) {
      if (isFinal(task.state)) continue;
      room.leave(task);
      const attempt = task.attempt && attempts.abandon(task.attempt.id, now, decisions);
      if (attempt) desk.ended(attempt.id);
      ends.through(task, 'cancelled', attempt, decisions);
    }
  }

  /** All of them or none: one that has not ended would go on without anybody knowing of it. */
  #forget(request: Extract<TaskRequest, { type: 'forget' }>, decisions: Decisions): void {
    const { attempts, tasks, room } = this.#parts;
    const open = request.taskIds.find((taskId) => !isFinal(tasks.get(taskId)?.state ?? 'finished'));
    if (open !== undefined) {
      const message = `the task ${open} has not ended; cancel it before it is forgotten`;
      decisions.refusals.set(request, new SchedulerError('NOT_ENDED', message));
      return;
    }
    for (const taskId of new Set(request.taskIds)) {
      room.forget(taskId);
      for (const id of attemptIdsOf(taskId, tasks.launchedFor(taskId))) attempts.forget(id);
      if (tasks.remove(taskId)) decisions.changes.push({ type: 'removed', taskId });
    }
  }

  #release(taskId: TaskId, now: number): void {
    this.#parts.room.release(taskId, now);
  }

  #unionOf(taskId: TaskId): readonly Task[] {
    const task = this.#parts.tasks.get(taskId);
    return task ? this.#parts.tasks.union(task) : [];
  }
}
