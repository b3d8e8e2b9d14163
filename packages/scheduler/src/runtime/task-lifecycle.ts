import type { PlacedTask, Placement } from '../matching/match-decisions.ts';
import type { StartedAttempt } from '../matching/matcher.ts';
import type { WaitingTask } from '../matching/shape.ts';
import type { AgentId } from '../model/agent.ts';
import {
  type Attempt,
  type AttemptId,
  attemptEnvironment,
  isFinal,
  isTerminal,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
} from '../model/task.ts';
import type { RunningAttempt } from '../offers/index.ts';
import type { AttemptUpdate, Launch } from '../ports/driver.ts';
import { AgentHealth } from './agent-health.ts';
import type { LiveAttempt } from './attempt-deadlines.ts';
import { applyUpdate, verdictOn } from './attempt-rules.ts';
import type { Decisions } from './decisions.ts';
import { DelayedTasks } from './delayed-tasks.ts';
import { LiveAttempts } from './live-attempts.ts';
import type { SchedulerOptions } from './options.ts';
import { consequenceOf, type EndedFor, nothingSpent, reasonOf, resourcesOf, spentOn } from './retry-rules.ts';
import { moveTask, type Task, TaskTable } from './task-table.ts';
import { innocent, judgeUnion, type Member } from './union-rules.ts';

/** Who is told which tasks wait and which attempts are out; the matcher. */
export interface PlacementDesk {
  add(task: WaitingTask): void;
  remove(taskId: TaskId): void;
  started(attempt: StartedAttempt): void;
  ended(attemptId: AttemptId): void;
}

/** Where each task stands, and what each piece of news makes of it. Decides; does nothing. */
export class TaskLifecycle {
  readonly health: AgentHealth;
  readonly #options: SchedulerOptions;
  readonly #desk: PlacementDesk;
  readonly #tasks = new TaskTable();
  readonly #attempts: LiveAttempts;
  readonly #delayed = new DelayedTasks();
  #halted: 'no' | 'launches' | 'all' = 'no';

  constructor(options: SchedulerOptions, desk: PlacementDesk) {
    this.#options = options;
    this.#desk = desk;
    this.#attempts = new LiveAttempts(options);
    this.health = new AgentHealth(options);
  }

  /** How many attempts are out that their tasks wait for. */
  get live(): number {
    return this.#attempts.size;
  }

  /** How many tasks wait for their next try. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** When {@link watch} will have something to do. */
  get nextDeadline(): number {
    return Math.min(this.#delayed.nextDue, this.#attempts.nextDeadline);
  }

  /** Takes over what an earlier scheduler left in the store. */
  restore(records: readonly TaskRecord[], now: number): void {
    for (const record of records) this.#restoreOne(record, now);
  }

  #restoreOne({ spec, state, attempts }: TaskRecord, now: number): void {
    const current = state === 'active' ? attempts.at(-1) : undefined;
    const earlier = current ? attempts.slice(0, -1) : attempts;
    const task = this.#tasks.add(spec, state, spentOn(spec, earlier, this.#options));
    task.attempts = attempts.at(-1)?.number ?? 0;
    task.attempt = current;
    if (state === 'waiting') this.#wait(task, now);
    if (current && !isTerminal(current.state)) this.#out(task, current, now);
    for (const attempt of earlier) if (!isTerminal(attempt.state)) this.#attempts.giveUp(attempt);
  }

  submit(spec: TaskSpec, now: number, decisions: Decisions): void {
    const task = this.#tasks.add(spec, 'waiting', nothingSpent);
    decisions.changes.push({ type: 'added', spec });
    this.#wait(task, now);
  }

  retry(taskId: TaskId, now: number, decisions: Decisions): void {
    const task = this.#tasks.get(taskId);
    if (task?.state !== 'failed') return;
    task.spent = nothingSpent;
    moveTask(task, 'waiting', decisions);
    this.#wait(task, now);
  }

  /** The task, and all that stand and fall with it, are not wanted: what is out is ended, again until it is. */
  cancel(taskId: TaskId, decisions: Decisions): void {
    const named = this.#tasks.get(taskId);
    for (const task of named ? this.#tasks.union(named) : []) {
      if (isFinal(task.state)) continue;
      this.#withdraw(task);
      const attempt = task.attempt && this.#attempts.abandon(task.attempt.id, decisions);
      if (attempt) this.#desk.ended(attempt.id);
      moveTask(task, 'cancelled', decisions, { attempt });
    }
  }

  /** The task can never run anywhere, nor can those that stand and fall with it. */
  refuse(taskId: TaskId, message: string, decisions: Decisions): void {
    const named = this.#tasks.get(taskId);
    for (const task of named ? this.#tasks.union(named) : []) {
      if (task.state !== 'waiting') continue;
      this.#withdraw(task);
      moveTask(task, 'failed', decisions, { message });
    }
  }

  /** Launches nothing more; with `kill`, ends what runs, and its tasks wait for a later scheduler. */
  halt(kill: boolean, now: number, decisions: Decisions): void {
    this.#halted = kill || this.#halted === 'all' ? 'all' : 'launches';
    this.#delayed.clear();
    for (const task of this.#tasks.waiting()) this.#desk.remove(task.spec.id);
    if (kill) this.#attempts.killAll(now, decisions);
  }

  /** Ends attempts to make room for others. */
  preempt(attemptIds: readonly AttemptId[], graceSeconds: number, now: number, decisions: Decisions): void {
    for (const id of attemptIds) this.#attempts.end(id, 'preemption', now, decisions, graceSeconds);
  }

  /** The connection is there (again): asks for all that is out there, and repeats what may not have got through. */
  subscribed(now: number, decisions: Decisions): void {
    this.#attempts.subscribed(now, decisions);
    for (const members of this.#tasks.openUnions()) this.#judge(members, now, decisions);
  }

  disconnected(): void {
    this.#attempts.disconnected();
  }

  /** Nobody knows whether these were launched. */
  launchUncertain(launches: readonly Launch[], now: number): void {
    for (const { attemptId } of launches) this.#attempts.doubt(attemptId, now);
  }

  /** Nothing comes from an agent any more: what runs there is asked for. */
  agentLost(agentId: AgentId, now: number): void {
    this.#attempts.doubtAgent(agentId, now);
  }

  update(update: AttemptUpdate, now: number, decisions: Decisions): void {
    const live = this.#attempts.hear(update, now, decisions);
    if (live) this.#applyUpdate(live, update, now, decisions);
    if (update.acknowledgement !== undefined) decisions.effects.push({ type: 'acknowledge', update });
  }

  /** A new attempt at a task that was placed; `undefined` if it waits no longer. `date`: milliseconds since 1970. */
  launch(
    placed: PlacedTask,
    { agent }: Placement,
    now: number,
    date: number,
    decisions: Decisions,
  ): Launch | undefined {
    const task = this.#tasks.get(placed.taskId);
    if (task?.state !== 'waiting') return undefined;
    const number = ++task.attempts;
    const attempt: Attempt = {
      id: `${task.spec.id}-${number}`,
      taskId: task.spec.id,
      number,
      state: 'TASK_STAGING',
      agentId: agent.id,
      hostname: agent.hostname,
      launchedAt: date,
    };
    task.attempt = attempt;
    this.#out(task, attempt, now);
    decisions.changes.push({ type: 'attempted', attempt });
    moveTask(task, 'active', decisions, { attempt });
    return describeLaunch(task, attempt, placed);
  }

  /** Puts a task that was placed back among those that wait. */
  putBack(taskId: TaskId, now: number): void {
    const task = this.#tasks.get(taskId);
    if (task?.state === 'waiting') this.#wait(task, now);
  }

  /** All attempts that are out. Ends are in milliseconds since 1970. */
  *running(): Iterable<RunningAttempt> {
    for (const { attempt } of this.#attempts.all()) {
      const seconds = expectedRunSeconds(this.#tasks.get(attempt.taskId)?.spec);
      const began = attempt.startedAt ?? attempt.launchedAt;
      yield {
        agentId: attempt.agentId,
        ...(seconds !== undefined && { expectedEnd: began + seconds * 1000 }),
      };
    }
  }

  /** Does what is due of attempts of which nothing is heard; answers whether tasks came to their next try. */
  watch(now: number, decisions: Decisions): boolean {
    const ready = this.#delayed.release(now);
    for (const task of ready) this.#desk.add(task);
    for (const live of this.#attempts.watch(now, decisions)) {
      this.#attempts.giveUp(live.attempt);
      this.#end(live, now, decisions);
    }
    return ready.length > 0;
  }

  /** Of a task that waits no more. */
  #withdraw({ spec }: Task): void {
    this.#desk.remove(spec.id);
    this.#delayed.remove(spec.id);
  }

  #wait(task: Task, now: number, delaySeconds = 0): void {
    if (this.#halted !== 'no') return;
    const { spec, sequence, spent } = task;
    const waiting = { spec, sequence, resources: resourcesOf(spec, spent), since: now };
    if (delaySeconds > 0) this.#delayed.add(waiting, now + delaySeconds * 1000);
    else this.#desk.add(waiting);
  }

  #out({ spec, spent }: Task, attempt: Attempt, now: number): void {
    const { id: attemptId, agentId } = attempt;
    this.#attempts.add(attempt, now, spec.maximumRunSeconds);
    const seconds = expectedRunSeconds(spec);
    this.#desk.started({
      attemptId,
      spec,
      resources: resourcesOf(spec, spent),
      agentId,
      ...(seconds !== undefined && { expectedEnd: now + seconds * 1000 }),
    });
  }

  #applyUpdate(live: LiveAttempt, update: AttemptUpdate, now: number, decisions: Decisions): void {
    const task = this.#tasks.get(live.attempt.taskId);
    const changed = applyUpdate(live.attempt, update);
    if (changed === live.attempt || !task) return;
    const attempt = live.kill && endsByKill(changed) ? endedFor(changed, live.kill.endedFor) : changed;
    live.attempt = task.attempt = attempt;
    decisions.changes.push({ type: 'updated', attempt });
    decisions.notices.push({ type: 'attempt', spec: task.spec, attempt });
    if (verdictOn(attempt.state) === 'wait') return;
    // One that is only said to be lost can come back.
    if (isTerminal(attempt.state)) this.#attempts.remove(attempt.id);
    else this.#attempts.giveUp(attempt);
    this.#end(live, now, decisions);
  }

  /** An attempt is waited for no longer. */
  #end({ attempt }: LiveAttempt, now: number, decisions: Decisions): void {
    this.#desk.ended(attempt.id);
    const task = this.#tasks.get(attempt.taskId);
    if (!task || isFinal(task.state)) return;
    this.#judgeAgent(attempt, now, decisions);
    const union = this.#tasks.union(task);
    if (union.length > 1) this.#judge(union, now, decisions);
    else if (attempt.state === 'TASK_FINISHED') moveTask(task, 'finished', decisions, { attempt });
    else this.#endAlone(task, attempt, now, decisions);
  }

  #endAlone(task: Task, attempt: Attempt, now: number, decisions: Decisions): void {
    const consequence = consequenceOf(task.spec, attempt, task.spent, this.#options);
    if (consequence.type === 'failed') {
      moveTask(task, 'failed', decisions, { attempt, message: consequence.message });
      return;
    }
    task.spent = consequence.spent;
    moveTask(task, 'waiting', decisions, { attempt });
    this.#wait(task, now, consequence.delaySeconds);
  }

  /** Decides about a gang or group that was launched. */
  #judge(tasks: readonly Task[], now: number, decisions: Decisions): void {
    const members = tasks.flatMap((task) => this.#memberOf(task) ?? []);
    if (members.length === 0) return;
    const verdict = judgeUnion(members, this.#options);
    if (verdict.type === 'end the rest') {
      for (const { attempt, isOut } of members) {
        if (isOut) this.#attempts.end(attempt.id, 'union', now, decisions);
      }
    } else if (verdict.type === 'finished') {
      for (const { task, attempt } of members) moveTask(task, 'finished', decisions, { attempt });
    } else if (verdict.type === 'failed') {
      const { message } = verdict;
      for (const { task, attempt } of members) moveTask(task, 'failed', decisions, { attempt, message });
    } else if (verdict.type === 'try again') this.#tryAgain(members, verdict.delaySeconds, now, decisions);
  }

  #memberOf(task: Task): Member | undefined {
    const { attempt } = task;
    if (task.state !== 'active' || !attempt) return undefined;
    return { task, attempt, isOut: this.#attempts.has(attempt.id) };
  }

  #tryAgain(members: readonly Member[], delaySeconds: number, now: number, decisions: Decisions): void {
    const notToBlame = new Set(innocent(members));
    for (const member of members) {
      const { task } = member;
      const attempt = notToBlame.has(member) ? endedFor(member.attempt, 'union') : member.attempt;
      if (attempt !== member.attempt) decisions.changes.push({ type: 'updated', attempt });
      const consequence = consequenceOf(task.spec, attempt, task.spent, this.#options);
      if (consequence.type === 'again') task.spent = consequence.spent;
      moveTask(task, 'waiting', decisions, { attempt });
      this.#wait(task, now, delaySeconds);
    }
  }

  #judgeAgent(attempt: Attempt, now: number, decisions: Decisions): void {
    if (!this.health.ended(attempt, now)) return;
    const { agentId, hostname } = attempt;
    const seconds = this.health.secondsLeft(agentId, now);
    decisions.notices.push({ type: 'agent-avoided', agentId, hostname, seconds });
  }
}

const expectedRunSeconds = (spec: TaskSpec | undefined): number | undefined =>
  spec?.expectedRunSeconds ?? spec?.maximumRunSeconds;

/** A command that heeds SIGTERM may end in its own way. */
const endsByKill = ({ state }: Attempt): boolean => state === 'TASK_KILLED' || state === 'TASK_FAILED';

const endedFor = (attempt: Attempt, why: EndedFor): Attempt => ({ ...attempt, reason: reasonOf(why) });

const describeLaunch = ({ spec }: Task, attempt: Attempt, placed: PlacedTask): Launch => ({
  attemptId: attempt.id,
  name: spec.name,
  command: spec.command,
  environment: { ...spec.environment, ...attemptEnvironment(attempt) },
  resources: placed.resources,
  ...(placed.assigned && { assigned: placed.assigned }),
  ...(placed.groupId !== undefined && { groupId: placed.groupId }),
  ...(spec.maximumRunSeconds !== undefined && { maximumRunSeconds: spec.maximumRunSeconds }),
});
