import type { SchedulingPolicy } from '../model/policy.ts';
import type { ShareResources } from './amounts.ts';
import type { FairShares, ShareKey } from './fair-shares.ts';
import { Heap } from './heap.ts';

/** The head task of a demand class: the one of it that is placed next. */
export interface Candidate extends ShareKey {
  readonly priority: number;
  /** Milliseconds, on the clock of all others. */
  readonly waitingSince: number;
  /** Of two alike the one with the lower number goes first; no two are the same. */
  readonly sequence: number;
  readonly resources: ShareResources;
  /** How many tasks have the resources together: those of a group or a gang count one by one. Default 1. */
  readonly tasks?: number;
  readonly classId: number | string;
}

interface Ranked<C> {
  readonly candidate: C;
  readonly rank: number;
}

interface UserTurn<C> {
  readonly candidates: Heap<Ranked<C>>;
  share: number;
}

interface QueueTurn<C> {
  readonly users: Heap<UserTurn<C>>;
  share: number;
}

const sequenceOfUser = <C extends Candidate>(user: UserTurn<C> | undefined): number =>
  user?.candidates.peek()?.candidate.sequence ?? Number.POSITIVE_INFINITY;

const candidateBefore = <C extends Candidate>(a: Ranked<C>, b: Ranked<C>): boolean =>
  a.rank === b.rank ? a.candidate.sequence < b.candidate.sequence : a.rank > b.rank;

const userBefore = <C extends Candidate>(a: UserTurn<C>, b: UserTurn<C>): boolean =>
  a.share === b.share ? sequenceOfUser(a) < sequenceOfUser(b) : a.share < b.share;

const queueBefore = <C extends Candidate>(a: QueueTurn<C>, b: QueueTurn<C>): boolean =>
  a.share === b.share ? sequenceOfUser(a.users.peek()) < sequenceOfUser(b.users.peek()) : a.share < b.share;

/**
 * What orders the tasks of one user: priority plus what waiting adds to it. Since all wait equally fast, which of two
 * is ahead never changes with time, and no clock is needed: a task is ahead by priority x ageing - the time since when
 * it waits.
 */
const rankOf = ({ priority, waitingSince }: Candidate, ageing: number): number =>
  ageing === Number.POSITIVE_INFINITY ? priority : priority * ageing * 1000 - waitingSince;

/**
 * The order in which tasks are placed in one round: the queue with the lowest weighted dominant share, in it the user
 * with the lowest, of the user's classes the one whose head has the highest priority with ageing; of equals the one
 * that came first. After each placement the shares are charged, so that nobody is ever further ahead of another who
 * waits than by one task.
 *
 * It looks at the shares of those that it is given once, and after that at the one that was placed only: whatever else
 * changes (credits, totals) counts for the next order.
 */
export class PlacementOrder<C extends Candidate> {
  readonly #shares: FairShares;
  readonly #ageing: number;
  /** By queue and user, until the first turn is asked for. */
  readonly #added = new Map<string, Map<string, Heap<Ranked<C>>>>();
  #queues: Heap<QueueTurn<C>> | undefined;
  readonly #overQuota: C[] = [];
  #current: C | undefined;

  constructor(candidates: Iterable<C>, shares: FairShares, options: Pick<SchedulingPolicy, 'ageing'>) {
    this.#shares = shares;
    this.#ageing = options.ageing;
    for (const candidate of candidates) this.add(candidate);
  }

  /** Adds a class, before the first call of {@link next}: thousands can be added a part at a time. */
  add(candidate: C): void {
    const users = entry(this.#added, candidate.queue, () => new Map<string, Heap<Ranked<C>>>());
    entry(users, candidate.user, () => new Heap<Ranked<C>>(candidateBefore)).push({
      candidate,
      rank: rankOf(candidate, this.#ageing),
    });
  }

  /** The classes that were left out because their queue or user has all that it may have. */
  get overQuota(): readonly C[] {
    return this.#overQuota;
  }

  /** Whose turn it is, the same until {@link placed} or {@link skip}; undefined when all have had theirs. */
  next(): C | undefined {
    this.#queues ??= this.#queueTurns();
    for (;;) {
      const candidate = this.#queues.peek()?.users.peek()?.candidates.peek()?.candidate;
      this.#current = candidate;
      if (!candidate || this.#shares.allows(candidate, candidate.resources, candidate.tasks))
        return candidate;
      this.#overQuota.push(candidate);
      this.skip();
    }
  }

  /**
   * What {@link next} gave was placed: it is charged, and its class goes on with `newHead`, or is done without one.
   * Throws an Error without a call of {@link next} before.
   */
  placed(newHead?: C): void {
    const candidate = this.#take('placed');
    this.#shares.charge(candidate, candidate.resources, candidate.tasks);
    const queue = this.#queues?.peek();
    const user = queue?.users.peek();
    if (!queue || !user) return;
    queue.share = this.#shares.queueShare(candidate.queue);
    user.share = this.#shares.share(candidate);
    if (newHead) user.candidates.replaceFirst({ candidate: newHead, rank: rankOf(newHead, this.#ageing) });
    else user.candidates.pop();
    this.#settle(queue, user);
  }

  /** What {@link next} gave finds no room: its class has no other turn in this order. Throws as {@link placed} does. */
  skip(): void {
    this.#take('skip');
    const queue = this.#queues?.peek();
    const user = queue?.users.peek();
    if (!queue || !user) return;
    user.candidates.pop();
    this.#settle(queue, user);
  }

  #take(call: string): C {
    const candidate = this.#current;
    if (!candidate) throw new Error(`PlacementOrder.${call}() has nothing to go by; call next() before.`);
    this.#current = undefined;
    return candidate;
  }

  #settle(queue: QueueTurn<C>, user: UserTurn<C>): void {
    if (user.candidates.size === 0) queue.users.pop();
    else queue.users.firstChanged();
    if (queue.users.size === 0) this.#queues?.pop();
    else this.#queues?.firstChanged();
  }

  #queueTurns(): Heap<QueueTurn<C>> {
    const queues: QueueTurn<C>[] = [];
    for (const [queue, byUser] of this.#added) {
      const users: UserTurn<C>[] = [];
      for (const [user, candidates] of byUser) {
        users.push({ candidates, share: this.#shares.share({ queue, user }) });
      }
      queues.push({ users: new Heap(userBefore, users), share: this.#shares.queueShare(queue) });
    }
    this.#added.clear();
    return new Heap(queueBefore, queues);
  }
}

const entry = <V>(map: Map<string, V>, key: string, create: () => V): V => {
  const found = map.get(key);
  if (found !== undefined) return found;
  const value = create();
  map.set(key, value);
  return value;
};
