import { type Attempt, isFinal } from '../model/task.ts';
import type { AgentHealth } from './agent-health.ts';
import type { Decisions } from './decisions.ts';
import type { LiveAttempts } from './live-attempts.ts';
import type { SchedulerOptions } from './options.ts';
import { consequenceOf } from './retry-rules.ts';
import { moveTask, type Task, type TaskTable } from './task-table.ts';
import { judgeUnion, type Member, type UnionVerdict } from './union-rules.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** A task with its part in a gang or group. */
interface TaskMember extends Member {
  readonly task: Task;
}

/** What {@link AttemptEnds} decides about. */
export interface EndsParts {
  readonly options: SchedulerOptions;
  readonly tasks: TaskTable;
  readonly attempts: LiveAttempts;
  readonly room: WaitingRoom;
  readonly health: AgentHealth;
}

/** What becomes of tasks, and of those that they belong together with, when an attempt has ended. */
export class AttemptEnds {
  readonly #parts: EndsParts;

  constructor(parts: EndsParts) {
    this.#parts = parts;
  }

  /** An attempt is waited for no longer. */
  ended(attempt: Attempt, now: number, decisions: Decisions): void {
    const task = this.#parts.tasks.get(attempt.taskId);
    if (!task || isFinal(task.state)) return;
    // It had its turn.
    if (attempt.startedAt !== undefined) task.since = undefined;
    this.#judgeAgent(attempt, now, decisions);
    const union = this.#parts.tasks.union(task);
    if (union.length > 1) this.judge(union, now, decisions);
    else if (attempt.state === 'TASK_FINISHED') this.through(task, 'finished', attempt, decisions);
    else this.#endAlone(task, attempt, now, decisions);
  }

  #endAlone(task: Task, attempt: Attempt, now: number, decisions: Decisions): void {
    const consequence = consequenceOf(task.spec, attempt, task.spent, this.#parts.options);
    if (consequence.type === 'failed') {
      moveTask(task, 'failed', decisions, { attempt, message: consequence.message });
      return;
    }
    task.spent = consequence.spent;
    moveTask(task, 'waiting', decisions, { attempt });
    this.#parts.room.enter(task, now, consequence.delaySeconds);
  }

  /** Decides about a gang or group that was launched. */
  judge(tasks: readonly Task[], now: number, decisions: Decisions): void {
    const members = tasks.flatMap((task) => this.#memberOf(task) ?? []);
    if (members.length === 0) return;
    const verdict = judgeUnion(members, this.#parts.options);
    if (verdict.type === 'end the rest') {
      for (const { attempt } of members) this.#parts.attempts.end(attempt.id, 'union', now, decisions);
    } else if (verdict.type === 'finished') {
      for (const { task, attempt } of members) this.through(task, 'finished', attempt, decisions);
    } else if (verdict.type === 'failed') this.#failAll(members, verdict, decisions);
    else if (verdict.type === 'try again') this.#tryAgain(verdict, now, decisions);
  }

  #memberOf(task: Task): TaskMember | undefined {
    const { attempt, spec, spent } = task;
    if (task.state !== 'active' || !attempt) return undefined;
    return { task, spec, spent, attempt, isOut: this.#parts.attempts.has(attempt.id) };
  }

  #failAll(
    members: readonly TaskMember[],
    { culprit, message }: Extract<UnionVerdict<TaskMember>, { type: 'failed' }>,
    decisions: Decisions,
  ): void {
    const { spec, attempt } = culprit;
    const why = message === undefined ? `ended as ${attempt.state}` : `has failed: ${message}`;
    for (const member of members) {
      const told = member === culprit ? message : `${spec.id}, which it belongs together with, ${why}`;
      moveTask(member.task, 'failed', decisions, { attempt: member.attempt, message: told });
    }
  }

  #tryAgain(
    { outcomes, delaySeconds }: Extract<UnionVerdict<TaskMember>, { type: 'try again' }>,
    now: number,
    decisions: Decisions,
  ): void {
    for (const { member, attempt, spent } of outcomes) {
      const { task } = member;
      // That it is not to blame has to be known to whoever looks later.
      if (attempt !== member.attempt) decisions.changes.push({ type: 'updated', attempt });
      task.attempt = attempt;
      task.spent = spent;
      moveTask(task, 'waiting', decisions, { attempt });
      this.#parts.room.enter(task, now, delaySeconds);
    }
  }

  /** Nothing will become of a task any more, so that it need not be kept. */
  through(
    task: Task,
    state: 'finished' | 'cancelled',
    attempt: Attempt | undefined,
    decisions: Decisions,
  ): void {
    moveTask(task, state, decisions, { attempt });
    this.#parts.tasks.forget(task.spec, task.attempts);
  }

  #judgeAgent(attempt: Attempt, now: number, decisions: Decisions): void {
    if (!this.#parts.health.ended(attempt, now)) return;
    const { agentId, hostname } = attempt;
    const seconds = this.#parts.health.secondsLeft(agentId, now);
    decisions.notices.push({ type: 'agent-avoided', agentId, hostname, seconds });
  }
}
