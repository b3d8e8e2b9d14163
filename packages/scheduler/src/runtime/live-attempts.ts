import type { AgentId } from '../model/agent.ts';
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

// An agent may keep silent for as long as it likes: what else there is, is asked for all the same then.
const longestPostponementMilliseconds = 300_000;

/** What is known of an attempt that is out, besides what is stored of it. */
interface NewAttempt {
  /** Of its task. */
  readonly maximumRunSeconds: number | undefined;
  /** It is being launched, and was not there before. */
  readonly isNew: boolean;
  /** When its agent is to be gone for ever, on the clock that never jumps. */
  readonly agentEndsAt?: number | undefined;
}

/** The attempts that are out on the cluster: asks for those that are silent, ends those that must, repeats kills. */
export class LiveAttempts {
  readonly #options: SchedulerOptions;
  readonly #live = new Map<AttemptId, LiveAttempt>();
  readonly #byAgent = new Map<AgentId, Set<AttemptId>>();
  /** Whether a scheduler of this store ever launched it. */
  readonly #isOurs: (attemptId: AttemptId) => boolean;
  readonly #due = new DueTimes<AttemptId>();
  readonly #strays: Strays;
  readonly #reconciliation = new Reconciliation();
  #killing = false;
  #askAllAt = never;
  #askImplicitlyAt = never;
  /** When that was due first, if it was put off since. */
  #postponedSince: number | undefined;

  constructor(options: SchedulerOptions, isOurs: (attemptId: AttemptId) => boolean) {
    this.#options = options;
    this.#isOurs = isOurs;
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

  /** Whether one is out, or may come back though its task waits for it no longer. */
  mayRun(attemptId: AttemptId): boolean {
    return this.#live.has(attemptId) || this.#strays.reference(attemptId) !== undefined;
  }

  add(attempt: Attempt, now: number, { maximumRunSeconds, isNew, agentEndsAt }: NewAttempt): void {
    const live: LiveAttempt = {
      attempt,
      maximumRunSeconds,
      ...(agentEndsAt !== undefined && { agentEndsAt }),
      waitedForSince: now,
      askableFrom: isNew ? now + doubtMilliseconds : now,
      heardAt: now,
      ...(attempt.startedAt !== undefined && { runningSince: now }),
      ...(attempt.state === 'TASK_UNREACHABLE' && { unreachableSince: now }),
    };
    this.#live.set(attempt.id, live);
    // A task that was forgotten may be there again: what was to be done to its attempts is not to be done to this one.
    this.#strays.remove(attempt.id);
    const others = this.#byAgent.get(attempt.agentId);
    if (others) others.add(attempt.id);
    else this.#byAgent.set(attempt.agentId, new Set([attempt.id]));
    this.#expect(live);
  }

  /** An agent is to be gone for ever at `at`, on the clock that never jumps. */
  agentEnds(agentId: AgentId, at: number): void {
    for (const attemptId of this.#byAgent.get(agentId) ?? []) {
      const live = this.#live.get(attemptId);
      if (!live) continue;
      live.agentEndsAt = at;
      this.#expect(live);
    }
  }

  /** It has ended. */
  remove({ id, agentId }: Attempt): void {
    this.#live.delete(id);
    this.#due.delete(id);
    const others = this.#byAgent.get(agentId);
    others?.delete(id);
    if (others?.size === 0) this.#byAgent.delete(agentId);
  }

  /** Its task waits for it no longer, though it may come back. `killedAt`: a kill was sent then. */
  giveUp(attempt: Attempt, killedAt?: number): void {
    this.remove(attempt);
    this.#strays.add(referenceTo(attempt), killedAt);
  }

  /** Its task is forgotten: one that may never come back is not asked for any more. */
  forget(attemptId: AttemptId): void {
    this.#strays.forget(attemptId);
  }

  /** It is not known whether it was launched, so the cluster will be asked. */
  doubt(attemptId: AttemptId, now: number): void {
    if (this.#live.has(attemptId)) this.#reconciliation.add(attemptId, now + doubtMilliseconds);
  }

  /** The cluster is asked for all that is out on an agent. */
  doubtAgent(agentId: string, now: number): void {
    for (const attemptId of this.#byAgent.get(agentId) ?? []) {
      const from = this.#live.get(attemptId)?.askableFrom ?? now;
      this.#reconciliation.add(attemptId, Math.max(now, from));
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
    live.heardAt = live.askableFrom = now;
    if (update.state === 'TASK_RUNNING') live.runningSince ??= now;
    if (update.state === 'TASK_UNREACHABLE') live.unreachableSince ??= now;
    else delete live.unreachableSince;
    this.#expect(live);
    return live;
  }

  /** Ends one, for a reason of the scheduler's own, if it is out and was not ended yet. */
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

  /** Ends all, and soon gives up what cannot be reached: nobody is to wait for an agent that may never come back. */
  killAll(now: number, decisions: Decisions): void {
    this.#killing = true;
    for (const live of this.#live.values()) this.#kill(live, 'halt', now, decisions);
  }

  /** Its task is not wanted any more: ends it, as often as it takes. */
  abandon(attemptId: AttemptId, now: number, decisions: Decisions): Attempt | undefined {
    const live = this.#live.get(attemptId);
    if (!live) return undefined;
    this.giveUp(live.attempt, now);
    this.#sendKill(referenceTo(live.attempt), this.#options.killGrace, decisions);
    return live.attempt;
  }

  /** Asks for all, and repeats what may not have got through. */
  subscribed(now: number, decisions: Decisions): void {
    this.#askAll(now);
    this.#askImplicitlyAt = now + firstImplicitMilliseconds;
    this.#postponedSince = undefined;
    for (const live of this.#live.values()) {
      // While nobody could tell anything, silence meant nothing.
      beginToWait(live, now);
      if (live.kill) this.#kill(live, live.kill.endedFor, now, decisions);
      else this.#expect(live);
    }
    for (const stray of this.#strays.killsToRepeat(now))
      this.#sendKill(stray, this.#options.killGrace, decisions);
  }

  disconnected(): void {
    this.#reconciliation.end();
    this.#askAllAt = this.#askImplicitlyAt = never;
  }

  /** Does what is due; answers those that were given up: for too long they were not reached, begun or ended. */
  watch(now: number, decisions: Decisions): LiveAttempt[] {
    const lost = this.#due.take(now).flatMap((id) => this.#see(id, now, decisions) ?? []);
    for (const stray of this.#strays.due(now)) this.#sendKill(stray, this.#options.killGrace, decisions);
    if (now >= this.#askAllAt) this.#askAll(now);
    this.#ask(now, decisions);
    return lost;
  }

  /** Does what is due for one; answers it if it was given up. */
  #see(attemptId: AttemptId, now: number, decisions: Decisions): LiveAttempt | undefined {
    const live = this.#live.get(attemptId);
    if (!live) return undefined;
    const { at, what } = this.#deadlineOf(live);
    if (at <= now) this.#meet(what, live, now, decisions);
    if (!this.#live.has(attemptId)) return live;
    this.#expect(live);
    return undefined;
  }

  #meet(what: Deadline['what'], live: LiveAttempt, now: number, decisions: Decisions): void {
    switch (what) {
      case 'unreachable':
        this.giveUp(live.attempt);
        break;
      case 'not started':
      case 'not ended':
        this.giveUp(live.attempt, now);
        this.#sendKill(referenceTo(live.attempt), 0, decisions);
        break;
      case 'overrun':
        this.#kill(live, 'overrun', now, decisions);
        break;
      case 'kill':
        if (live.kill) this.#kill(live, live.kill.endedFor, now, decisions);
        break;
      case 'silent':
        live.heardAt = now;
        this.#reconciliation.add(live.attempt.id, now);
        break;
      case 'nothing':
        break;
    }
  }

  #ask(now: number, decisions: Decisions): void {
    const attempts = this.#reconciliation.due(now).flatMap((id) => this.#referenceTo(id) ?? []);
    if (attempts.length > 0) decisions.effects.push({ type: 'reconcile', attempts });
    if (now < this.#askImplicitlyAt) return;
    this.#postponedSince ??= now;
    // One kind of question at a time: the answers to both at once would come twice.
    if (this.#reconciliation.isBusy && now < this.#postponedSince + longestPostponementMilliseconds) {
      this.#askImplicitlyAt = now + firstImplicitMilliseconds;
      return;
    }
    this.#postponedSince = undefined;
    this.#askImplicitlyAt = now + this.#options.implicitReconcileInterval * 1000;
    decisions.effects.push({ type: 'reconcile', attempts: [] });
  }

  #askAll(now: number): void {
    this.#reconciliation.begin(this.#toAskFor(now));
    this.#askAllAt = now + this.#options.reconcileInterval * 1000;
  }

  /** All of which nothing was heard since `began`, and that the cluster can know of. */
  *#toAskFor(began: number): Iterable<AttemptId> {
    for (const { attempt, heardAt, askableFrom } of this.#live.values()) {
      if (heardAt <= began && askableFrom <= began) yield attempt.id;
    }
    yield* this.#strays.ids;
  }

  #referenceTo(attemptId: AttemptId): AttemptReference | undefined {
    const live = this.#live.get(attemptId);
    return live ? referenceTo(live.attempt) : this.#strays.reference(attemptId);
  }

  #hearStray(update: AttemptUpdate, now: number, decisions: Decisions): void {
    const { kill, isUnknown } = this.#strays.hear(update, this.#isOurs(update.attemptId), now);
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
    live.kill = { endedFor, firstSentAt: live.kill?.firstSentAt ?? now, sentAt: now, count, grace };
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

/** What is waited for of an attempt is waited for from now on. */
function beginToWait(live: LiveAttempt, now: number): void {
  live.waitedForSince = live.heardAt = live.askableFrom = now;
  if (live.unreachableSince !== undefined) live.unreachableSince = now;
  if (live.kill) live.kill = { ...live.kill, firstSentAt: now };
}

const referenceTo = ({ id, agentId }: Attempt): AttemptReference => ({ attemptId: id, agentId });
