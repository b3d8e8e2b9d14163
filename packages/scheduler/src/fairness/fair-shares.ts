import type { SchedulingPolicy, ShareRule } from '../model/policy.ts';
import type { ShareResources } from './amounts.ts';
import {
  addUsage,
  type Counted,
  countedOf,
  dominantShare,
  isOverdrawn,
  keepsWithin,
  noUsage,
  quotaOf,
  scalesOf,
  type Usage,
} from './usage.ts';

/** Whose share a task counts for. */
export interface ShareKey {
  readonly queue: string;
  readonly user: string;
}

interface QueueUsage {
  readonly all: Usage;
  readonly users: Map<string, Usage>;
}

interface Rules {
  readonly weights: ReadonlyMap<string, number>;
  /** Only of those that have one. */
  readonly quotas: ReadonlyMap<string, Usage>;
}

const compileRules = (kind: string, rules: Readonly<Record<string, ShareRule>>): Rules => {
  const weights = new Map<string, number>();
  const quotas = new Map<string, Usage>();
  for (const [name, rule] of Object.entries(rules)) {
    const weight = rule.weight ?? 1;
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new RangeError(`The weight of ${kind} '${name}' is ${weight}; give a number above 0.`);
    }
    weights.set(name, weight);
    if (rule.quota) quotas.set(name, quotaOf(rule));
  }
  return { weights, quotas };
};

/**
 * What queues and users have in use, and how that compares: weighted dominant-resource fairness in two levels. The
 * dominant share of a queue is the largest part of the cluster's cores, memory, disk or graphics processors that its
 * tasks have; that of a user counts the tasks in one queue only. Both are divided by their weights. A queue's quota
 * counts all its tasks, a user's quota the tasks in all queues.
 *
 * Shares are worked out when they are asked for, so that a change of the total counts from the next question on.
 */
export class FairShares {
  #queueRules: Rules;
  #userRules: Rules;
  readonly #queues = new Map<string, QueueUsage>();
  /** Over all queues; only of users that have a quota. */
  readonly #limitedUsers = new Map<string, Usage>();
  #scales: Counted = scalesOf(noUsage());

  /** Throws a RangeError if a weight is not above 0. */
  constructor(policy: Pick<SchedulingPolicy, 'queues' | 'users'>) {
    this.#queueRules = compileRules('queue', policy.queues);
    this.#userRules = compileRules('user', policy.users);
  }

  /** Goes by other weights and quotas. Throws as the constructor does, and then the old ones hold. */
  reconfigure(policy: Pick<SchedulingPolicy, 'queues' | 'users'>): void {
    const [queueRules, userRules] = [
      compileRules('queue', policy.queues),
      compileRules('user', policy.users),
    ];
    this.#queueRules = queueRules;
    this.#userRules = userRules;
    this.#limitedUsers.clear();
    for (const { users } of this.#queues.values()) {
      for (const [user, usage] of users) {
        if (userRules.quotas.has(user)) addUsage(usageIn(this.#limitedUsers, user), usage, usage.tasks, 1);
      }
    }
  }

  /** What all known agents have, in use or not. */
  setTotal(total: ShareResources): void {
    this.#scales = scalesOf(countedOf(total));
  }

  /** One task more is in use, or so many that have these resources together. */
  charge(key: ShareKey, resources: ShareResources, tasks = 1): void {
    const counted = countedOf(resources);
    const queue = this.#queue(key.queue);
    addUsage(queue.all, counted, tasks, 1);
    addUsage(usageIn(queue.users, key.user), counted, tasks, 1);
    if (this.#userRules.quotas.has(key.user)) {
      addUsage(usageIn(this.#limitedUsers, key.user), counted, tasks, 1);
    }
  }

  /** What was charged is in use no more. Throws a RangeError if it was not charged, or not with these amounts. */
  credit(key: ShareKey, resources: ShareResources, tasks = 1): void {
    const counted = countedOf(resources);
    const queue = this.#queue(key.queue);
    const user = usageIn(queue.users, key.user);
    addUsage(queue.all, counted, tasks, -1);
    addUsage(user, counted, tasks, -1);
    if (isOverdrawn(user)) {
      throw new RangeError(
        `User '${key.user}' gives back more in queue '${key.queue}' than was charged; credit each task once, with what was charged.`,
      );
    }
    if (user.tasks === 0) queue.users.delete(key.user);
    if (queue.all.tasks === 0) this.#queues.delete(key.queue);
    const limited = this.#limitedUsers.get(key.user);
    if (limited) addUsage(limited, counted, tasks, -1);
  }

  /** Whether the quotas of the queue and of the user leave room for one more task, or so many. */
  allows(key: ShareKey, resources: ShareResources, tasks = 1): boolean {
    const queueQuota = this.#queueRules.quotas.get(key.queue);
    const userQuota = this.#userRules.quotas.get(key.user);
    if (!queueQuota && !userQuota) return true;
    const counted = countedOf(resources);
    const queueUsage = this.#queues.get(key.queue)?.all ?? noUsage();
    const userUsage = this.#limitedUsers.get(key.user) ?? noUsage();
    return (
      (!queueQuota || keepsWithin(queueQuota, queueUsage, counted, tasks)) &&
      (!userQuota || keepsWithin(userQuota, userUsage, counted, tasks))
    );
  }

  /** The dominant share of what a user has in a queue, divided by the user's weight. */
  share(key: ShareKey): number {
    const usage = this.#queues.get(key.queue)?.users.get(key.user);
    if (!usage) return 0;
    return dominantShare(usage, this.#scales) / (this.#userRules.weights.get(key.user) ?? 1);
  }

  /** The dominant share of what a queue has, divided by its weight. */
  queueShare(queue: string): number {
    const usage = this.#queues.get(queue)?.all;
    if (!usage) return 0;
    return dominantShare(usage, this.#scales) / (this.#queueRules.weights.get(queue) ?? 1);
  }

  /**
   * How far a user is above an even share, by weight, of what its queue has in use among the users that have something
   * there; negative: below it. Takes a step for each of them.
   */
  aboveFair(key: ShareKey): number {
    const queue = this.#queues.get(key.queue);
    const usage = queue?.users.get(key.user);
    if (!queue || !usage) return 0;
    let weights = 0;
    for (const user of queue.users.keys()) weights += this.#userRules.weights.get(user) ?? 1;
    const weight = this.#userRules.weights.get(key.user) ?? 1;
    return dominantShare(usage, this.#scales) - (dominantShare(queue.all, this.#scales) * weight) / weights;
  }

  #queue(name: string): QueueUsage {
    const found = this.#queues.get(name);
    if (found) return found;
    const queue = { all: noUsage(), users: new Map<string, Usage>() };
    this.#queues.set(name, queue);
    return queue;
  }
}

const usageIn = (usages: Map<string, Usage>, name: string): Usage => {
  const found = usages.get(name);
  if (found) return found;
  const usage = noUsage();
  usages.set(name, usage);
  return usage;
};
