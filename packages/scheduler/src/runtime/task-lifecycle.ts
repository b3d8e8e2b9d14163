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
  type TaskState,
} from '../model/task.ts';
import type { AttemptUpdate, Launch, Offer } from '../ports/driver.ts';
import { AgentHealth } from './agent-health.ts';
import type { LiveAttempt } from './attempt-deadlines.ts';
import { applyUpdate, verdictOn } from './attempt-rules.ts';
import type { Decisions } from './decisions.ts';
import { LiveAttempts } from './live-attempts.ts';
import type { SchedulerOptions } from './options.ts';
import { consequenceOf, nothingSpent, reasonOf, resourcesOf, type Spent, spentOn } from './retry-rules.ts';
import { type ReadyTask, WaitingTasks } from './waiting-tasks.ts';

interface Task {
  readonly spec: TaskSpec;
  /** Tasks are taken up in the order in which they were submitted, also when they are tried again. */
  readonly sequence: number;
  state: TaskState;
  /** The number of its last attempt. */
  attempts: number;
  spent: Spent;
}

/** Where each task stands, and what each piece of news makes of it. Decides; does nothing. */
export class TaskLifecycle {
  readonly waiting = new WaitingTasks();
  readonly health: AgentHealth;
  readonly #options: SchedulerOptions;
  readonly #tasks = new Map<TaskId, Task>();
  readonly #attempts: LiveAttempts;
  #halted: 'no' | 'launches' | 'all' = 'no';
  #sequence = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#attempts = new LiveAttempts(options);
    this.health = new AgentHealth(options);
  }

  /** Whether an attempt is out on the cluster that its task waits for. */
  get anyLive(): boolean {
    return this.#attempts.any;
  }

  /** How many attempts are out. */
  get liveCount(): number {
    return this.#attempts.size;
  }

  /** When {@link watch} will have something to do. */
  get nextDeadline(): number {
    return Math.min(this.waiting.nextDue, this.#attempts.nextDeadline);
  }

  /** Takes over what an earlier scheduler left in the store. */
  restore(records: readonly TaskRecord[], now: number): void {
    for (const { spec, state, attempts } of records) {
      const current = state === 'active' ? attempts.at(-1) : undefined;
      const earlier = current ? attempts.slice(0, -1) : attempts;
      const task = this.#add(spec, state, spentOn(spec, earlier, this.#options));
      task.attempts = attempts.at(-1)?.number ?? 0;
      if (state === 'waiting') this.waiting.add(this.#ready(task, now));
      if (current) this.#attempts.add(current, now, spec.maximumRunSeconds);
      for (const attempt of earlier) if (!isTerminal(attempt.state)) this.#attempts.giveUp(attempt);
    }
  }

  submit(spec: TaskSpec, now: number, decisions: Decisions): void {
    const task = this.#add(spec, 'waiting', nothingSpent);
    decisions.changes.push({ type: 'added', spec });
    if (this.#halted === 'no') this.waiting.add(this.#ready(task, now));
  }

  retry(taskId: TaskId, now: number, decisions: Decisions): void {
    const task = this.#tasks.get(taskId);
    if (task?.state !== 'failed') return;
    task.spent = nothingSpent;
    move(task, 'waiting', decisions);
    if (this.#halted === 'no') this.waiting.add(this.#ready(task, now));
  }

  /** The task is not wanted any more: what is out of it is ended, again and again until it is. */
  cancel(taskId: TaskId, decisions: Decisions): void {
    const task = this.#tasks.get(taskId);
    if (!task || isFinal(task.state)) return;
    this.waiting.remove(taskId);
    const attemptId = idOfAttempt(taskId, task.attempts);
    const attempt = task.state === 'active' ? this.#attempts.abandon(attemptId, decisions) : undefined;
    move(task, 'cancelled', decisions, attempt);
  }

  /** Launches nothing more; with `kill`, ends what runs, and its tasks wait for a later scheduler. */
  halt(kill: boolean, now: number, decisions: Decisions): void {
    this.#halted = kill || this.#halted === 'all' ? 'all' : 'launches';
    this.waiting.clear();
    if (kill) this.#attempts.killAll(now, decisions);
  }

  /** The connection is there (again): asks for all that is out there, and repeats what may not have got through. */
  subscribed(now: number, decisions: Decisions): void {
    this.#attempts.subscribed(now, decisions);
  }

  disconnected(): void {
    this.#attempts.disconnected();
  }

  /** Nobody knows whether these were launched. */
  launchUncertain(launches: readonly Launch[], now: number): void {
    for (const { attemptId } of launches) this.#attempts.doubt(attemptId, now);
  }

  update(update: AttemptUpdate, now: number, decisions: Decisions): void {
    const live = this.#attempts.hear(update, now, decisions);
    if (live) this.#applyUpdate(live, update, now, decisions);
    if (update.acknowledgement !== undefined) decisions.effects.push({ type: 'acknowledge', update });
  }

  /** A new attempt at a task that waits, with resources of an offer. `date` is milliseconds since 1970. */
  launch(taskId: TaskId, offer: Offer, now: number, date: number, decisions: Decisions): Launch | undefined {
    const task = this.#tasks.get(taskId);
    if (!task) return undefined;
    const number = ++task.attempts;
    const attempt: Attempt = {
      id: idOfAttempt(taskId, number),
      taskId,
      number,
      state: 'TASK_STAGING',
      agentId: offer.agent.id,
      hostname: offer.agent.hostname,
      launchedAt: date,
    };
    this.#attempts.add(attempt, now, task.spec.maximumRunSeconds);
    decisions.changes.push({ type: 'attempted', attempt });
    move(task, 'active', decisions, attempt);
    return describeLaunch(task, attempt);
  }

  /** The task can never run anywhere. */
  refuse(taskId: TaskId, message: string, decisions: Decisions): void {
    const task = this.#tasks.get(taskId);
    if (task) move(task, 'failed', decisions, undefined, message);
  }

  /** Nothing comes from an agent any more: what runs there is asked for. */
  agentLost(agentId: AgentId, now: number): void {
    this.#attempts.doubtAgent(agentId, now);
  }

  /** Does what is due for attempts of which nothing is heard. */
  watch(now: number, decisions: Decisions): void {
    for (const live of this.#attempts.watch(now, decisions)) {
      this.#attempts.giveUp(live.attempt);
      this.#end(live, now, decisions);
    }
  }

  #add(spec: TaskSpec, state: TaskState, spent: Spent): Task {
    const task = { spec, sequence: this.#sequence++, state, attempts: 0, spent };
    this.#tasks.set(spec.id, task);
    return task;
  }

  #ready({ spec, sequence, spent }: Task, since: number): ReadyTask {
    return { spec, resources: resourcesOf(spec, spent), sequence, since };
  }

  #applyUpdate(live: LiveAttempt, update: AttemptUpdate, now: number, decisions: Decisions): void {
    const task = this.#tasks.get(live.attempt.taskId);
    const changed = applyUpdate(live.attempt, update);
    if (changed === live.attempt || !task) return;
    const attempt =
      live.kill && endsByKill(changed) ? { ...changed, reason: reasonOf(live.kill.endedFor) } : changed;
    live.attempt = attempt;
    decisions.changes.push({ type: 'updated', attempt });
    decisions.notices.push({ type: 'attempt', spec: task.spec, attempt });
    if (verdictOn(attempt.state) === 'wait') return;
    // One that is only said to be lost can come back.
    if (isTerminal(attempt.state)) this.#attempts.remove(attempt.id);
    else this.#attempts.giveUp(attempt);
    this.#end(live, now, decisions);
  }

  #end({ attempt }: LiveAttempt, now: number, decisions: Decisions): void {
    const task = this.#tasks.get(attempt.taskId);
    if (!task || isFinal(task.state)) return;
    this.#judgeAgent(attempt, now, decisions);
    if (attempt.state === 'TASK_FINISHED') {
      move(task, 'finished', decisions, attempt);
      return;
    }
    const consequence = consequenceOf(task.spec, attempt, task.spent, this.#options);
    if (consequence.type === 'failed') {
      move(task, 'failed', decisions, attempt, consequence.message);
      return;
    }
    task.spent = consequence.spent;
    move(task, 'waiting', decisions, attempt);
    if (this.#halted !== 'no') return;
    this.waiting.addDelayed(this.#ready(task, now), now + consequence.delaySeconds * 1000);
  }

  #judgeAgent(attempt: Attempt, now: number, decisions: Decisions): void {
    if (!this.health.ended(attempt, now)) return;
    const { agentId, hostname } = attempt;
    const seconds = this.health.secondsLeft(agentId, now);
    decisions.notices.push({ type: 'agent-avoided', agentId, hostname, seconds });
  }
}

const idOfAttempt = (taskId: TaskId, number: number): AttemptId => `${taskId}-${number}`;

/** A command that heeds SIGTERM may end in its own way. */
const endsByKill = ({ state }: Attempt): boolean => state === 'TASK_KILLED' || state === 'TASK_FAILED';

function move(task: Task, state: TaskState, decisions: Decisions, attempt?: Attempt, message?: string): void {
  task.state = state;
  decisions.changes.push({ type: 'moved', taskId: task.spec.id, state });
  decisions.notices.push({
    type: 'task',
    spec: task.spec,
    state,
    ...(attempt && { attempt }),
    ...(message !== undefined && { message }),
  });
}

const describeLaunch = ({ spec, spent }: Task, attempt: Attempt): Launch => ({
  attemptId: attempt.id,
  name: spec.name,
  command: spec.command,
  environment: { ...spec.environment, ...attemptEnvironment(attempt) },
  resources: resourcesOf(spec, spent),
  ...(spec.maximumRunSeconds !== undefined && { maximumRunSeconds: spec.maximumRunSeconds }),
});
