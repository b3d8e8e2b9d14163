import {
  type Attempt,
  attemptEnvironment,
  isFinal,
  isTerminal,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
  type TaskState,
} from '../model/task.ts';
import type { AttemptUpdate, Launch, Offer } from '../ports/driver.ts';
import { applyUpdate, spentOn, verdictOn, wasOfferInvalid } from './attempt-rules.ts';
import type { Decisions } from './decisions.ts';
import { type LiveAttempt, LiveAttempts } from './live-attempts.ts';
import type { SchedulerOptions } from './options.ts';
import { WaitingTasks } from './waiting-tasks.ts';

interface Task {
  readonly spec: TaskSpec;
  state: TaskState;
  /** The number of its last attempt. */
  attempts: number;
  failures: number;
  losses: number;
}

const longestRetryDelaySeconds = 60;

/** Where each task stands, and what each piece of news makes of it. Decides; does nothing. */
export class TaskLifecycle {
  readonly waiting = new WaitingTasks();
  readonly #options: SchedulerOptions;
  readonly #tasks = new Map<TaskId, Task>();
  readonly #attempts: LiveAttempts;
  #halted: 'no' | 'launches' | 'all' = 'no';

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#attempts = new LiveAttempts(options);
  }

  /** Whether an attempt is out on the cluster that its task waits for. */
  get anyLive(): boolean {
    return this.#attempts.any;
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
      const { lossesTolerated } = this.#options;
      const spent = spentOn(earlier, { retries: spec.retries, lossesTolerated });
      this.#tasks.set(spec.id, { spec, state, attempts: attempts.at(-1)?.number ?? 0, ...spent });
      if (state === 'waiting') this.waiting.add(spec);
      if (current) this.#attempts.add(current, now);
      for (const attempt of earlier) if (!isTerminal(attempt.state)) this.#attempts.giveUp(attempt);
    }
  }

  submit(spec: TaskSpec, decisions: Decisions): void {
    this.#tasks.set(spec.id, { spec, state: 'waiting', attempts: 0, failures: 0, losses: 0 });
    decisions.changes.push({ type: 'added', spec });
    if (this.#halted === 'no') this.waiting.add(spec);
  }

  retry(taskId: TaskId, decisions: Decisions): void {
    const task = this.#tasks.get(taskId);
    if (task?.state !== 'failed') return;
    task.failures = 0;
    task.losses = 0;
    move(task, 'waiting', decisions);
    if (this.#halted === 'no') this.waiting.add(task.spec);
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
      id: `${taskId}-${number}`,
      taskId,
      number,
      state: 'TASK_STAGING',
      agentId: offer.agent.id,
      hostname: offer.agent.hostname,
      launchedAt: date,
    };
    this.#attempts.add(attempt, now);
    decisions.changes.push({ type: 'attempted', attempt });
    move(task, 'active', decisions, attempt);
    return describeLaunch(task.spec, attempt);
  }

  /** The task can never run anywhere. */
  refuse(taskId: TaskId, message: string, decisions: Decisions): void {
    const task = this.#tasks.get(taskId);
    if (task) move(task, 'failed', decisions, undefined, message);
  }

  /** Does what is due for attempts of which nothing is heard. */
  watch(now: number, decisions: Decisions): void {
    for (const live of this.#attempts.watch(now, decisions)) {
      this.#attempts.giveUp(live.attempt);
      this.#end(live, 'lost', now, decisions);
    }
  }

  #applyUpdate(live: LiveAttempt, update: AttemptUpdate, now: number, decisions: Decisions): void {
    const attempt = applyUpdate(live.attempt, update);
    const task = this.#tasks.get(attempt.taskId);
    if (attempt === live.attempt || !task) return;
    live.attempt = attempt;
    decisions.changes.push({ type: 'updated', attempt });
    decisions.notices.push({ type: 'attempt', spec: task.spec, attempt });
    const verdict = verdictOn(attempt.state);
    if (verdict === 'wait') return;
    // One that is only said to be lost can come back.
    if (isTerminal(attempt.state)) this.#attempts.remove(attempt.id);
    else this.#attempts.giveUp(attempt);
    this.#end(live, verdict, now, decisions);
  }

  #end(
    { attempt, killSentAt }: LiveAttempt,
    verdict: Exclude<ReturnType<typeof verdictOn>, 'wait'>,
    now: number,
    decisions: Decisions,
  ): void {
    const task = this.#tasks.get(attempt.taskId);
    if (!task || isFinal(task.state)) return;
    const killedByUs = this.#halted === 'all' && killSentAt !== undefined;
    if (verdict === 'finished') move(task, 'finished', decisions, attempt);
    else if (killedByUs) move(task, 'waiting', decisions, attempt);
    else if (verdict === 'failed') this.#commandFailed(task, attempt, now, decisions);
    else if (verdict === 'refused') move(task, 'failed', decisions, attempt);
    else this.#lost(task, attempt, now, decisions);
  }

  #commandFailed(task: Task, attempt: Attempt, now: number, decisions: Decisions): void {
    task.failures++;
    if (task.failures > task.spec.retries) move(task, 'failed', decisions, attempt);
    else this.#again(task, attempt, now + this.#delayAfter(task.failures), decisions);
  }

  #lost(task: Task, attempt: Attempt, now: number, decisions: Decisions): void {
    if (wasOfferInvalid(attempt)) {
      this.#again(task, attempt, now, decisions);
      return;
    }
    task.losses++;
    if (task.losses > this.#options.lossesTolerated) {
      const message = `the cluster lost ${task.losses} attempts at it, the last as ${attempt.state}`;
      move(task, 'failed', decisions, attempt, message);
    } else this.#again(task, attempt, now + this.#delayAfter(task.losses), decisions);
  }

  #again(task: Task, attempt: Attempt, notBefore: number, decisions: Decisions): void {
    move(task, 'waiting', decisions, attempt);
    if (this.#halted === 'no') this.waiting.addDelayed(task.spec, notBefore);
  }

  #delayAfter(count: number): number {
    return Math.min(this.#options.retryDelay * 2 ** (count - 1), longestRetryDelaySeconds) * 1000;
  }
}

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

const describeLaunch = (spec: TaskSpec, attempt: Attempt): Launch => ({
  attemptId: attempt.id,
  name: spec.name,
  command: spec.command,
  environment: { ...spec.environment, ...attemptEnvironment(attempt) },
  resources: spec.resources,
  ...(spec.maximumRunSeconds !== undefined && { maximumRunSeconds: spec.maximumRunSeconds }),
});
