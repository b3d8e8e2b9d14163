import type { Attempt, AttemptId } from '../model/task.ts';
import type { AttemptReference, AttemptUpdate } from '../ports/driver.ts';
import type { Decisions } from './decisions.ts';
import type { SchedulerOptions } from './options.ts';
import { Reconciliation } from './reconciliation.ts';
import { Strays } from './strays.ts';

/** An attempt that its task waits for. */
export interface LiveAttempt {
  attempt: Attempt;
  /** When something was last heard of it. */
  heardAt: number;
  unreachableSince?: number;
  killSentAt?: number;
}

const never = Number.POSITIVE_INFINITY;

// An answer may still overtake a launch that is on its way; in these milliseconds it arrives or does not.
const doubtMilliseconds = 5_000;

/** The attempts that are out on the cluster: asks for those that are silent, and repeats kills. */
export class LiveAttempts {
  readonly #options: SchedulerOptions;
  readonly #live = new Map<AttemptId, LiveAttempt>();
  readonly #strays: Strays;
  readonly #reconciliation = new Reconciliation();
  #killing = false;
  #askAllAt = never;
  // No deadline of an attempt is earlier. Looking at all of them after each update would cost too much.
  #nothingDueBefore = never;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#strays = new Strays(options.killRepeat);
  }

  /** Whether there is one that its task waits for. */
  get any(): boolean {
    return this.#live.size > 0;
  }

  /** When {@link watch} will have something to do, or earlier. */
  get nextDeadline(): number {
    const { nextDue } = this.#reconciliation;
    return Math.min(this.#nothingDueBefore, this.#askAllAt, nextDue, this.#strays.nextDue);
  }

  add(attempt: Attempt, now: number): void {
    const live = { attempt, heardAt: now };
    this.#live.set(attempt.id, live);
    this.#expect(live);
  }

  /** It has ended. */
  remove(attemptId: AttemptId): void {
    this.#live.delete(attemptId);
  }

  /** Its task waits for it no longer, though it may come back. */
  giveUp(attempt: Attempt): void {
    this.#live.delete(attempt.id);
    this.#strays.add(referenceTo(attempt));
  }

  /** It is not known whether it was launched, so the cluster will be asked. */
  doubt(attemptId: AttemptId, now: number): void {
    if (this.#live.has(attemptId)) this.#reconciliation.add(attemptId, now + doubtMilliseconds);
  }

  /** Takes in that there is news; answers the attempt if its task waits for it, and kills one that none does. */
  hear(update: AttemptUpdate, now: number, decisions: Decisions): LiveAttempt | undefined {
    this.#reconciliation.heard(update.attemptId);
    const live = this.#live.get(update.attemptId);
    if (!live) {
      const stray = this.#strays.hear(update, now);
      if (stray) this.#sendKill(stray, decisions);
      return undefined;
    }
    live.heardAt = now;
    if (update.state === 'TASK_UNREACHABLE') live.unreachableSince ??= now;
    else delete live.unreachableSince;
    this.#expect(live);
    return live;
  }

  /** Ends all, and gives up what cannot be reached: nobody is to wait for an agent that may never come back. */
  killAll(now: number, decisions: Decisions): void {
    this.#killing = true;
    for (const live of this.#live.values()) this.#kill(live, now, decisions);
  }

  /** Asks for all, and repeats what may not have got through. */
  subscribed(now: number, decisions: Decisions): void {
    this.#askAll(now);
    for (const live of this.#live.values()) {
      if (live.killSentAt !== undefined) this.#kill(live, now, decisions);
    }
    for (const stray of this.#strays.killsToRepeat(now)) this.#sendKill(stray, decisions);
  }

  disconnected(): void {
    this.#reconciliation.end();
    this.#askAllAt = never;
  }

  /** Does what is due; answers those that could not be reached for too long. */
  watch(now: number, decisions: Decisions): LiveAttempt[] {
    const lost = now < this.#nothingDueBefore ? [] : this.#watchLive(now, decisions);
    for (const stray of this.#strays.due(now)) this.#sendKill(stray, decisions);
    if (now >= this.#askAllAt) this.#askAll(now);
    const attempts = this.#reconciliation.due(now).flatMap((id) => this.#referenceTo(id) ?? []);
    if (attempts.length > 0) decisions.effects.push({ type: 'reconcile', attempts });
    return lost;
  }

  #watchLive(now: number, decisions: Decisions): LiveAttempt[] {
    const lost: LiveAttempt[] = [];
    this.#nothingDueBefore = never;
    for (const live of this.#live.values()) {
      const { unreachable, kill, silent } = this.#deadlinesOf(live);
      if (unreachable <= now) {
        lost.push(live);
        continue;
      }
      if (kill <= now) this.#kill(live, now, decisions);
      if (silent <= now) {
        live.heardAt = now;
        this.#reconciliation.add(live.attempt.id, now);
      }
      this.#expect(live);
    }
    return lost;
  }

  #askAll(now: number): void {
    this.#reconciliation.begin([...this.#live.keys(), ...this.#strays.ids], now);
    this.#askAllAt = now + this.#options.reconcileInterval * 1000;
  }

  #referenceTo(attemptId: AttemptId): AttemptReference | undefined {
    const live = this.#live.get(attemptId);
    return live ? referenceTo(live.attempt) : this.#strays.reference(attemptId);
  }

  #kill(live: LiveAttempt, now: number, decisions: Decisions): void {
    live.killSentAt = now;
    this.#expect(live);
    this.#sendKill(referenceTo(live.attempt), decisions);
  }

  #sendKill(attempt: AttemptReference, decisions: Decisions): void {
    decisions.effects.push({ type: 'kill', attempt, graceSeconds: this.#options.killGrace });
  }

  #expect(live: LiveAttempt): void {
    const { unreachable, kill, silent } = this.#deadlinesOf(live);
    this.#nothingDueBefore = Math.min(this.#nothingDueBefore, unreachable, kill, silent);
  }

  #deadlinesOf({ attempt, heardAt, unreachableSince, killSentAt }: LiveAttempt): Deadlines {
    const { unreachablePatience, launchSilence, killRepeat } = this.#options;
    const patience = this.#killing ? 0 : unreachablePatience;
    return {
      silent: attempt.state === 'TASK_STAGING' ? heardAt + launchSilence * 1000 : never,
      unreachable: unreachableSince === undefined ? never : unreachableSince + patience * 1000,
      kill: killSentAt === undefined ? never : killSentAt + killRepeat * 1000,
    };
  }
}

interface Deadlines {
  /** When a launch of which nothing is heard is asked for. */
  readonly silent: number;
  /** When an attempt that cannot be reached is given up. */
  readonly unreachable: number;
  /** When a kill is repeated. */
  readonly kill: number;
}

const referenceTo = ({ id, agentId }: Attempt): AttemptReference => ({ attemptId: id, agentId });
