import type { Placement } from '../matching/match-decisions.ts';
import type { AgentId, KnownAgent } from '../model/agent.ts';
import {
  type Attempt,
  type AttemptId,
  isTerminal,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
} from '../model/task.ts';
import type { RunningAttempt } from '../offers/index.ts';
import type { AttemptUpdate, Launch } from '../ports/driver.ts';
import { AgentHealth } from './agent-health.ts';
import { isAtAgentsEnd, type LiveAttempt } from './attempt-deadlines.ts';
import { AttemptEnds } from './attempt-ends.ts';
import { applyUpdate, isRefusedTwin, verdictOn } from './attempt-rules.ts';
import type { Decisions } from './decisions.ts';
import { currentAttempt, earlierAttempts, spentOnAll } from './earlier-attempts.ts';
import { LiveAttempts } from './live-attempts.ts';
import { attemptIdsOf, describeLaunch, newAttempt, parseAttemptId } from './new-attempt.ts';
import type { SchedulerOptions } from './options.ts';
import { endedFor, endedWithAgent, nothingSpent, resourcesOf, type Spent } from './retry-rules.ts';
import { TaskRequests } from './task-requests.ts';
import { isThrough, moveTask, type Task, TaskTable } from './task-table.ts';
import { type PlacementDesk, WaitingRoom } from './waiting-room.ts';

/** Where each task stands, and what each piece of news makes of it. Decides; does nothing. */
export class TaskLifecycle {
  readonly health: AgentHealth;
  readonly requests: TaskRequests;
  readonly #options: SchedulerOptions;
  readonly #desk: PlacementDesk;
  readonly #tasks = new TaskTable();
  readonly #attempts: LiveAttempts;
  readonly #room: WaitingRoom;
  readonly #ends: AttemptEnds;
  /** Tasks of the store that this scheduler cannot place, and why. */
  #misfits: { readonly taskId: TaskId; readonly message: string }[] = [];

  constructor(options: SchedulerOptions, desk: PlacementDesk) {
    this.#options = options;
    this.#desk = desk;
    this.#room = new WaitingRoom(desk);
    this.#attempts = new LiveAttempts(options, (id) => {
      const parts = parseAttemptId(id);
      return parts !== undefined && this.#tasks.wasLaunched(parts.taskId, parts.number);
    });
    this.health = new AgentHealth(options);
    const { health } = this;
    const [tasks, attempts, room] = [this.#tasks, this.#attempts, this.#room];
    this.#ends = new AttemptEnds({ options, tasks, attempts, room, health });
    this.requests = new TaskRequests({ desk, tasks, attempts, room, ends: this.#ends });
  }

  /** Whether there is, or was, a task of this id. */
  knows(taskId: TaskId): boolean {
    return this.#tasks.knows(taskId);
  }

  /** The attempts at a task that are out, or may come back though nobody waits for them. */
  outstanding(taskId: TaskId): AttemptId[] {
    const launched = this.#tasks.launchedFor(taskId);
    return attemptIdsOf(taskId, launched).filter((id) => this.#attempts.mayRun(id));
  }

  /** How many attempts are out that their tasks wait for. */
  get live(): number {
    return this.#attempts.size;
  }

  /** How many tasks wait for their next try. */
  get delayed(): number {
    return this.#room.delayed;
  }

  /** How many tasks wait until they are released. */
  get held(): number {
    return this.#room.parked;
  }

  /** When {@link watch} will have something to do. */
  get nextDeadline(): number {
    return Math.min(this.#room.nextDue, this.#attempts.nextDeadline);
  }

  /** Takes over what an earlier scheduler left in the store. */
  restore(records: readonly TaskRecord[], now: number): void {
    const spent = spentOnAll(records, this.#options);
    for (const [index, record] of records.entries()) {
      this.#restoreOne(record, spent[index] ?? nothingSpent, now);
    }
  }

  #restoreOne(record: TaskRecord, spent: Spent, now: number): void {
    const { spec, state, attempts } = record;
    for (const attempt of earlierAttempts(record)) {
      if (!isTerminal(attempt.state)) this.#attempts.giveUp(attempt);
    }
    const launched = attempts.at(-1)?.number ?? 0;
    if (isThrough(state)) {
      this.#tasks.forget(spec, launched);
      return;
    }
    const task = this.#tasks.add(spec, state, spent);
    task.attempts = launched;
    const current = currentAttempt(record);
    task.attempt = current;
    if (state === 'waiting') this.#readmit(task, now);
    if (!current || isTerminal(current.state)) return;
    // Others that it belongs together with may not have ended yet; it is waited for no longer.
    if (verdictOn(current.state) !== 'wait') this.#attempts.giveUp(current);
    else this.#out(task, current, now, { isNew: false });
  }

  #readmit(task: Task, now: number): void {
    try {
      this.#room.enter(task, now);
    } catch (error) {
      // The earlier scheduler had other placement policies.
      this.#misfits.push({
        taskId: task.spec.id,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Ends attempts to make room for others. */
  preempt(
    attemptIds: Iterable<Attempt['id']>,
    graceSeconds: number,
    now: number,
    decisions: Decisions,
  ): void {
    for (const id of attemptIds) this.#attempts.end(id, 'preemption', now, decisions, graceSeconds);
  }

  /** The connection is there (again): asks for all that is out there, and repeats what may not have got through. */
  subscribed(now: number, decisions: Decisions): void {
    this.#attempts.subscribed(now, decisions);
    for (const { taskId, message } of this.#misfits.splice(0))
      this.requests.refuse(taskId, message, decisions);
    for (const tasks of this.#tasks.openUnions()) this.#ends.judge(tasks, now, decisions);
  }

  disconnected(): void {
    this.#attempts.disconnected();
  }

  /** Nobody knows whether these were launched. */
  launchUncertain(launches: readonly Launch[], now: number): void {
    for (const { attemptId } of launches) this.#attempts.doubt(attemptId, now);
  }

  /** These are all agents there are. `date`: milliseconds since 1970. */
  agentsKnown(agents: readonly KnownAgent[], now: number, date: number): void {
    for (const { id, plannedEnd } of agents) {
      if (plannedEnd !== undefined) this.#attempts.agentEnds(id, now + plannedEnd - date);
    }
  }

  /** Nothing comes from an agent any more: what runs there is asked for. */
  agentLost(agentId: AgentId, now: number): void {
    this.#attempts.doubtAgent(agentId, now);
  }

  update(update: AttemptUpdate, now: number, decisions: Decisions): void {
    const live = this.#attempts.hear(update, now, decisions);
    if (live && isRefusedTwin(update)) this.#attempts.doubt(update.attemptId, now);
    else if (live) this.#applyUpdate(live, update, now, decisions);
    if (update.acknowledgement !== undefined) decisions.effects.push({ type: 'acknowledge', update });
  }

  /**
   * New attempts at the tasks that were placed, as far as they still wait. On an agent on probation it is one, or one
   * group, and tasks of gangs, which cannot do without one another; the others wait again. `date`: milliseconds since
   * 1970.
   */
  launch({ agent, tasks }: Placement, now: number, date: number, decisions: Decisions): Launch[] {
    const isTrial = this.health.standing(agent.id, now) !== 'good';
    const launches: Launch[] = [];
    for (const placed of tasks) {
      const task = this.#tasks.get(placed.taskId);
      if (task?.state !== 'waiting') continue;
      const isWithFirst = placed.groupId !== undefined && placed.groupId === launches[0]?.groupId;
      if (isTrial && launches.length > 0 && !isWithFirst && !task.spec.gang) this.#room.enter(task, now);
      else launches.push(describeLaunch(task.spec, this.#begin(task, agent, now, date, decisions), placed));
    }
    const [first] = launches;
    if (isTrial && first) this.health.tried(agent.id, first.attemptId, now);
    return launches;
  }

  /** Lets all that wait for a place come again once `change` is made, by which they may wait as other kinds. */
  regroup(change: () => void): void {
    this.#room.reenter(this.#tasks.waiting(), change);
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
    const isAnyReady = this.#room.releaseDue(now);
    for (const live of this.#attempts.watch(now, decisions)) {
      const task = this.#tasks.get(live.attempt.taskId);
      // Why it ended has to be known later, too, though nobody has said so.
      const ended = withReason(live, live.attempt, now);
      if (task && ended !== live.attempt) this.#changed(live, task, ended, decisions);
      this.#ended(live.attempt, now, decisions);
    }
    return isAnyReady;
  }

  #begin(task: Task, agent: Placement['agent'], now: number, date: number, decisions: Decisions): Attempt {
    const attempt = newAttempt(task, agent, date);
    task.attempt = attempt;
    const agentEndsAt = agent.plannedEnd === undefined ? undefined : now + agent.plannedEnd - date;
    this.#out(task, attempt, now, { isNew: true, agentEndsAt });
    decisions.changes.push({ type: 'attempted', attempt });
    moveTask(task, 'active', decisions, { attempt });
    return attempt;
  }

  #out(
    { spec, spent }: Task,
    attempt: Attempt,
    now: number,
    known: { readonly isNew: boolean; readonly agentEndsAt?: number | undefined },
  ): void {
    const { id: attemptId, agentId } = attempt;
    this.#attempts.add(attempt, now, { ...known, maximumRunSeconds: spec.maximumRunSeconds });
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
    const updated = applyUpdate(live.attempt, update);
    if (updated === live.attempt || !task) return;
    const attempt = verdictOn(updated.state) === 'wait' ? updated : withReason(live, updated, now);
    this.#changed(live, task, attempt, decisions);
    if (verdictOn(attempt.state) === 'wait') return;
    // One that is only said to be lost can come back.
    if (isTerminal(attempt.state)) this.#attempts.remove(attempt);
    else this.#attempts.giveUp(attempt);
    this.#ended(live.attempt, now, decisions);
  }

  #ended(attempt: Attempt, now: number, decisions: Decisions): void {
    this.#desk.ended(attempt.id);
    this.#ends.ended(attempt, now, decisions);
  }

  #changed(live: LiveAttempt, task: Task, attempt: Attempt, decisions: Decisions): void {
    live.attempt = task.attempt = attempt;
    decisions.changes.push({ type: 'updated', attempt });
    decisions.notices.push({ type: 'attempt', spec: task.spec, attempt });
  }
}

const expectedRunSeconds = (spec: TaskSpec | undefined): number | undefined =>
  spec?.expectedRunSeconds ?? spec?.maximumRunSeconds;

/** The attempt as it ended, with the reason for it where that is known here alone. */
function withReason(live: LiveAttempt, ended: Attempt, now: number): Attempt {
  const isUnheard = verdictOn(ended.state) === 'wait';
  if (live.kill && (isUnheard || endsByKill(ended))) return endedFor(ended, live.kill.endedFor);
  return isAtAgentsEnd(live, now) ? endedWithAgent(ended) : ended;
}

/** A command that heeds SIGTERM may end in its own way. */
const endsByKill = ({ state }: Attempt): boolean => state === 'TASK_KILLED' || state === 'TASK_FAILED';
