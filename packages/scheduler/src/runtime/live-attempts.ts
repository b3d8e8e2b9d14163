import type { Attempt, AttemptId } from '../model/task.ts';
import type { AttemptReference, AttemptUpdate } from '../ports/driver.ts';
import { type Deadline, deadlineOf, type LiveAttempt } from './attempt-deadlines.ts';
import type { Decisions } from './decisions.ts';
import { DueTimes } from './due-times.ts';
import type { SchedulerOptions } from './options.ts';
import { Reconciliation } from './reconciliation.ts';
import type { EndedFor } from './retry-rules.ts';
import { Strays } from './strays.ts';

const never = Number.POSITIVE_INFINITY;

// An answer may still overtake a launch that is on its way; in these milliseconds it arrives or does not.
const doubtMilliseconds = 5_000;

// After a new connection all that is known is asked for first; what else there is has time.
const firstImplicitMilliseconds = 10_000;

/** The attempts that are out on the cluster: asks for those that are silent, ends those that must, repeats kills. */
export class LiveAttempts {
  readonly #options: SchedulerOptions;
  readonly #live = new Map<AttemptId, LiveAttempt>();
  readonly #due = new DueTimes<AttemptId>();
  readonly #strays: Strays;
  readonly #reconciliation = new Reconciliation();
  #killing = false;
  #askAllAt = never;
  #askImplicitlyAt = never;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#strays = new Strays(options);
  }

  /** When {@link watch} will have something to do, or earlier. */
  get nextDeadline(): number {
    const { nextDue } = this.#reconciliation;
    return Math.min(this.#due.next, this.#askAllAt, this.#askImplicitlyAt, nextDue, this.#strays.nextDue);
  }

  /** How many are out. */
  get size(): number {
    return this.#live.size;
  }

  /** Those that their tasks wait for. */
  all(): Iterable<LiveAttempt> {
    return this.#live.values();
  }

  /** Whether one is out. */
  has(attemptId: AttemptId): boolean {
    return this.#live.has(attemptId);
  }

  /** `maximumRunSeconds` is that of its task. */
  add(attempt: Attempt, now: number, maximumRunSeconds?: number): LiveAttempt {
    const live: LiveAttempt = {
      attempt,
      maximumRunSeconds,
      addedAt: now,
      heardAt: now,
      ...(attempt.startedAt !== undefined && { runningSince: now }),
    };
    this.#live.set(attempt.id, live);
    this.#expect(live);
    return live;
  }

  /** It has ended. */
  remove(attemptId: AttemptId): void {
    this.#live.delete(attemptId);
    this.#due.delete(attemptId);
  }

  /** Its task waits for it no longer, though it may come back. */
  giveUp(attempt: Attempt): void {
    this.remove(attempt.id);
    this.#strays.add(referenceTo(attempt));
  }

  /** It is not known whether it was launched, so the cluster will be asked. */
  doubt(attemptId: AttemptId, now: number): void {
    if (this.#live.has(attemptId)) this.#reconciliation.add(attemptId, now + doubtMilliseconds);
  }

  /** The cluster is asked for all that is out on an agent. */
  doubtAgent(agentId: string, now: number): void {
    for (const { attempt } of this.#live.values()) {
      if (attempt.agentId === agentId) this.#reconciliation.add(attempt.id, now);
    }
  }

  /** Takes in that there is news; answers the attempt if its task waits for it, and kills one that none does. */
  hear(update: AttemptUpdate, now: number, decisions: Decisions): LiveAttempt | undefined {
    this.#reconciliation.heard(update.attemptId);
    const live = this.#live.get(update.attemptId);
    if (!live) {
      this.#hearStray(update, now, decisions);
      return undefined;
    }
    live.heardAt = now;
    if (update.state === 'TASK_RUNNING') live.runningSince ??= now;
    if (update.state === 'TASK_UNREACHABLE') live.unreachableSince ??= now;
    else delete live.unreachableSince;
    this.#expect(live);
    return live;
  }

  /** Ends one, for a reason of the scheduler's own. */
  end(
    attemptId: AttemptId,
    endedFor: EndedFor,
    now: number,
    decisions: Decisions,
    graceSeconds?: number,
  ): void {
    const live = this.#live.get(attemptId);
    if (live && !live.kill) this.#kill(live, endedFor, now, decisions, graceSeconds);
  }

  /** Ends all, and gives up what cannot be reached: nobody is to wait for an agent that may never come back. */
  killAll(now: number, decisions: Decisions): void {
    this.#killing = true;
    for (const live of this.#live.values()) this.#kill(live, 'halt', now, decisions);
  }

  /** Its task is not wanted any more: ends it, as often as it takes. */
  abandon(attemptId: AttemptId, decisions: Decisions): Attempt | undefined {
    const live = this.#live.get(attemptId);
    if (!live) return undefined;
    this.giveUp(live.attempt);
    this.#sendKill(referenceTo(live.attempt), this.#options.killGrace, decisions);
    return live.attempt;
  }

  /** Asks for all, and repeats what may not have got through. */
  subscribed(now: number, decisions: Decisions): void {
    this.#askAll(now);
    this.#askImplicitlyAt = now + firstImplicitMilliseconds;
    for (const live of this.#live.values()) {
      if (live.kill) this.#kill(live, live.kill.endedFor, now, decisions);
    }
    for (const stray of this.#strays.killsToRepeat(now))
      this.#sendKill(stray, this.#options.killGrace, decisions);
  }

  disconnected(): void {
    this.#reconciliation.end();
    this.#askAllAt = this.#askImplicitlyAt = never;
  }

  /** Does what is due; answers those that were given up: they could not be reached, or never began, for too long. */
  watch(now: number, decisions: Decisions): LiveAttempt[] {
    const lost = this.#due.take(now).filter((id) => this.#see(id, now, decisions));
    for (const stray of this.#strays.due(now)) this.#sendKill(stray, this.#options.killGrace, decisions);
    if (now >= this.#askAllAt) this.#askAll(now);
    this.#ask(now, decisions);
    return lost.flatMap((id) => this.#live.get(id) ?? []);
  }

  /** Does what is due for one; answers whether it is to be given up. */
  #see(attemptId: AttemptId, now: number, decisions: Decisions): boolean {
    const live = this.#live.get(attemptId);
    const deadline = live && this.#deadlineOf(live);
    if (!live || !deadline) return false;
    if (deadline.at <= now && this.#meet(deadline.what, live, now, decisions)) return true;
    this.#expect(live);
    return false;
  }

  #meet(what: Deadline['what'], live: LiveAttempt, now: number, decisions: Decisions): boolean {
    switch (what) {
      case 'unreachable':
        return true;
      case 'not started':
        this.#sendKill(referenceTo(live.attempt), 0, decisions);
        return true;
      case 'overrun':
        this.#kill(live, 'overrun', now, decisions);
        return false;
      case 'kill':
        if (live.kill) this.#kill(live, live.kill.endedFor, now, decisions);
        return false;
      case 'silent':
        live.heardAt = now;
        this.#reconciliation.add(live.attempt.id, now);
        return false;
      case 'nothing':
        return false;
    }
  }

  #ask(now: number, decisions: Decisions): void {
    const attempts = this.#reconciliation.due(now).flatMap((id) => this.#referenceTo(id) ?? []);
    if (attempts.length > 0) decisions.effects.push({ type: 'reconcile', attempts });
    if (now < this.#askImplicitlyAt) return;
    // One kind of question at a time: the answers to both at once would come twice.
    if (this.#reconciliation.isBusy) {
      this.#askImplicitlyAt = now + firstImplicitMilliseconds;
      return;
    }
    this.#askImplicitlyAt = now + this.#options.implicitReconcileInterval * 1000;
    decisions.effects.push({ type: 'reconcile', attempts: [] });
  }

  #askAll(now: number): void {
    this.#reconciliation.begin([...this.#live.keys(), ...this.#strays.ids], now);
    this.#askAllAt = now + this.#options.reconcileInterval * 1000;
  }

  #referenceTo(attemptId: AttemptId): AttemptReference | undefined {
    const live = this.#live.get(attemptId);
    return live ? referenceTo(live.attempt) : this.#strays.reference(attemptId);
  }

  #hearStray(update: AttemptUpdate, now: number, decisions: Decisions): void {
    const { kill, isUnknown } = this.#strays.hear(update, now);
    if (isUnknown) {
      const { attemptId, agentId = '', state } = update;
      const action = kill ? 'kill' : 'leave';
      decisions.notices.push({ type: 'unknown-attempt', attemptId, agentId, state, action });
    }
    if (kill) this.#sendKill(kill, this.#options.killGrace, decisions);
  }

  #kill(
    live: LiveAttempt,
    endedFor: EndedFor,
    now: number,
    decisions: Decisions,
    graceSeconds?: number,
  ): void {
    const { killGrace, killsWithGrace } = this.#options;
    const count = (live.kill?.count ?? 0) + 1;
    const grace = graceSeconds ?? live.kill?.grace ?? killGrace;
    live.kill = { endedFor, sentAt: now, count, grace };
    this.#expect(live);
    this.#sendKill(referenceTo(live.attempt), count > killsWithGrace ? 0 : grace, decisions);
  }

  #sendKill(attempt: AttemptReference, graceSeconds: number, decisions: Decisions): void {
    decisions.effects.push({ type: 'kill', attempt, graceSeconds });
  }

  #expect(live: LiveAttempt): void {
    this.#due.set(live.attempt.id, this.#deadlineOf(live).at);
  }

  #deadlineOf(live: LiveAttempt): Deadline {
    return deadlineOf(live, this.#options, this.#killing);
  }
}

const referenceTo = ({ id, agentId }: Attempt): AttemptReference => ({ attemptId: id, agentId });
