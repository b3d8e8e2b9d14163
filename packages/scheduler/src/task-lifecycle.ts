import { applyUpdate, verdictOn } from './attempt-rules.ts';
import type { Decisions } from './decisions.ts';
import type { AttemptReference, AttemptUpdate, Launch, Offer } from './driver.ts';
import type { SchedulerOptions } from './options.ts';
import { Reconciliation } from './reconciliation.ts';
import {
  type Attempt,
  type AttemptId,
  attemptEnvironment,
  isFinal,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
  type TaskState,
} from './task.ts';
import { WaitingTasks } from './waiting-tasks.ts';

interface Task {
  readonly spec: TaskSpec;
  state: TaskState;
  current?: AttemptId;
  attempts: number;
  failures: number;
  losses: number;
}

interface LiveAttempt {
  attempt: Attempt;
  /** When something was last heard of it. */
  heardAt: number;
  unreachableSince?: number;
  killSentAt?: number;
}

const longestRetryDelaySeconds = 60;
const never = Number.POSITIVE_INFINITY;

/** Where each task stands, and what each piece of news makes of it. Decides; does nothing. */
export class TaskLifecycle {
  readonly waiting = new WaitingTasks();
  readonly #options: SchedulerOptions;
  readonly #tasks = new Map<TaskId, Task>();
  readonly #live = new Map<AttemptId, LiveAttempt>();
  readonly #reconciliation = new Reconciliation();
  #halted: 'no' | 'launches' | 'all' = 'no';

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Whether an attempt is out on the cluster. */
  get anyLive(): boolean {
    return this.#live.size > 0;
  }

  /** Takes over what an earlier scheduler left in the store. */
  restore(records: readonly TaskRecord[], now: number): void {
    for (const { spec, state, attempts } of records) {
      const last = attempts.at(-1);
      const task: Task = { spec, state, attempts: attempts.length, failures: 0, losses: 0 };
      if (last) task.current = last.id;
      this.#tasks.set(spec.id, task);
      if (state === 'waiting') this.waiting.add(spec);
      if (state === 'active' && last) this.#live.set(last.id, { attempt: last, heardAt: now });
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
    if (kill) for (const live of this.#live.values()) this.#kill(live, now, decisions);
  }

  /** The connection is there (again): asks for all that is out there, and repeats what may not have got through. */
  subscribed(now: number, decisions: Decisions): void {
    this.#reconciliation.begin(this.#live.keys(), now);
    for (const live of this.#live.values()) {
      if (live.killSentAt !== undefined) this.#kill(live, now, decisions);
    }
  }

  disconnected(): void {
    this.#reconciliation.end();
  }

  update(update: AttemptUpdate, now: number, decisions: Decisions): void {
    this.#reconciliation.heard(update.attemptId);
    const live = this.#live.get(update.attemptId);
    if (live) this.#applyUpdate(live, update, now, decisions);
    else if (verdictOn(update.state) === 'wait' && update.agentId !== undefined) {
      // Not one of ours any more: its task was given up, replaced or finished without it.
      const attempt = { attemptId: update.attemptId, agentId: update.agentId };
      decisions.effects.push({ type: 'kill', attempt, graceSeconds: this.#options.killGrace });
    }
    if (update.acknowledgement !== undefined) decisions.effects.push({ type: 'acknowledge', update });
  }

  /** A new attempt at a task that waits, with resources of an offer. */
  launch(taskId: TaskId, offer: Offer, now: number, decisions: Decisions): Launch | undefined {
    const task = this.#tasks.get(taskId);
    if (!task) return undefined;
    const number = ++task.attempts;
    const attempt: Attempt = {
      id: `${taskId}-${number}`,
      taskId,
      number,
      state: 'TASK_STAGING',
      agentId: offer.agentId,
      hostname: offer.hostname,
      launchedAt: now,
    };
    task.current = attempt.id;
    this.#live.set(attempt.id, { attempt, heardAt: now });
    decisions.changes.push({ type: 'attempted', attempt });
    move(task, 'active', decisions, attempt);
    return describeLaunch(task.spec, attempt);
  }

  /** The task can never run anywhere. */
  refuse(taskId: TaskId, message: string, decisions: Decisions): void {
    const task = this.#tasks.get(taskId);
    if (task) move(task, 'failed', decisions, undefined, message);
  }

  /** When {@link watch} will have something to do, in milliseconds since 1970. */
  get nextDeadline(): number {
    let least = Math.min(this.waiting.nextDue, this.#reconciliation.nextDue);
    for (const live of this.#live.values()) least = Math.min(least, this.#deadlineOf(live));
    return least;
  }

  /** Does what is due for attempts of which nothing is heard. */
  watch(now: number, decisions: Decisions): void {
    for (const live of this.#live.values()) {
      if (this.#deadlineOf(live) > now) continue;
      if (live.unreachableSince !== undefined) this.#giveUp(live, now, decisions);
      else if (live.killSentAt !== undefined) this.#kill(live, now, decisions);
      else {
        live.heardAt = now;
        this.#reconciliation.add(live.attempt.id, now);
      }
    }
    const attempts = this.#reconciliation.due(now).flatMap((id) => {
      const live = this.#live.get(id);
      return live ? [referenceTo(live.attempt)] : [];
    });
    if (attempts.length > 0) decisions.effects.push({ type: 'reconcile', attempts });
  }

  #applyUpdate(live: LiveAttempt, update: AttemptUpdate, now: number, decisions: Decisions): void {
    live.heardAt = now;
    if (update.state === 'TASK_UNREACHABLE') live.unreachableSince ??= now;
    else delete live.unreachableSince;
    const attempt = applyUpdate(live.attempt, update);
    const task = this.#tasks.get(attempt.taskId);
    if (attempt === live.attempt || !task) return;
    live.attempt = attempt;
    decisions.changes.push({ type: 'updated', attempt });
    decisions.notices.push({ type: 'attempt', spec: task.spec, attempt });
    this.#judge(task, live, now, decisions);
  }

  #judge(task: Task, live: LiveAttempt, now: number, decisions: Decisions): void {
    const { attempt } = live;
    const verdict = verdictOn(attempt.state);
    if (verdict === 'wait') return;
    this.#live.delete(attempt.id);
    // An attempt that was replaced decides nothing any more.
    if (isFinal(task.state) || task.current !== attempt.id) return;
    const killedByUs = this.#halted === 'all' && live.killSentAt !== undefined;
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
    // An offer that was withdrawn before the launch arrived says nothing against task or agent.
    if (attempt.reason === 'REASON_INVALID_OFFERS') {
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

  #giveUp({ attempt }: LiveAttempt, now: number, decisions: Decisions): void {
    const task = this.#tasks.get(attempt.taskId);
    this.#live.delete(attempt.id);
    if (task && task.current === attempt.id && !isFinal(task.state))
      this.#lost(task, attempt, now, decisions);
  }

  #kill(live: LiveAttempt, now: number, decisions: Decisions): void {
    live.killSentAt = now;
    const attempt = referenceTo(live.attempt);
    decisions.effects.push({ type: 'kill', attempt, graceSeconds: this.#options.killGrace });
  }

  #deadlineOf({ attempt, heardAt, unreachableSince, killSentAt }: LiveAttempt): number {
    const { unreachablePatience, launchSilence, killRepeat } = this.#options;
    const silent = attempt.state === 'TASK_STAGING' ? heardAt + launchSilence * 1000 : never;
    const unreachable =
      unreachableSince === undefined ? never : unreachableSince + unreachablePatience * 1000;
    const killing = killSentAt === undefined ? never : killSentAt + killRepeat * 1000;
    return Math.min(silent, unreachable, killing);
  }
}

const referenceTo = ({ id, agentId }: Attempt): AttemptReference => ({ attemptId: id, agentId });

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
