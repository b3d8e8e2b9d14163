import { departure } from '../cluster/departure.ts';
import { TagCounts } from '../constraints/index.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { Constraint } from '../model/constraint.ts';
import { type Lack, type LackOf, lackOf } from './lack.ts';
import type { AgentView, DemandView } from './views.ts';

/** Why an agent is not used for a task. */
export type Reason =
  /** It holds out nothing at the moment: all is in use, or others have it. */
  | { readonly type: 'nothing-offered' }
  /** What it held out last was enough; since that was given back it has held out nothing: others may have it. */
  | { readonly type: 'given-back' }
  /** It holds something out, for other roles than the task's. */
  | { readonly type: 'role' }
  | { readonly type: 'constraint'; readonly constraint: Constraint }
  | Lack
  /** It will be gone before the task has ended, or is about to be. */
  | { readonly type: 'maintenance' }
  /** Its planned end comes before the task's, or too soon for one of which nobody knows how long it runs. */
  | { readonly type: 'ends-too-soon' }
  /** Too much has failed there lately. */
  | { readonly type: 'avoided' }
  /** Enough of whoever the task counts for is running. */
  | { readonly type: 'quota'; readonly of: string }
  /** It is kept for another, for a while. */
  | { readonly type: 'kept'; readonly for: string }
  /** Nobody has said what it has. */
  | { readonly type: 'unknown-size' };

/** The kinds of {@link Reason} in the order in which they are looked for: an agent counts for the first it falls by. */
const reasonOrder = [
  'nothing-offered',
  'role',
  'constraint',
  'other-role',
  'reservation',
  'revocable',
  'amount',
  'ports',
  'sets',
  'volumes',
  'disks',
  'maintenance',
  'ends-too-soon',
  'avoided',
  'quota',
  'kept',
  'given-back',
  'unknown-size',
] as const satisfies readonly Reason['type'][];

/** The agents that fell by one reason. */
export interface Fallen {
  /** Of an amount: `has` is the most that one of these agents has. */
  readonly reason: Reason;
  readonly agents: number;
}

/** How many of the agents are left, and by what the others fell. */
export interface Funnel {
  readonly agents: number;
  readonly left: number;
  /** In the order in which it is looked for. */
  readonly fallen: readonly Fallen[];
}

/** Why tasks wait. */
export interface Explanation {
  readonly demand: DemandView;
  /** By what the agents have in all, were it theirs alone. */
  readonly ever: Funnel;
  /** By what is free at this moment. */
  readonly now: Funnel;
  /** Whether there are agents, and none of them could ever run such a task. */
  readonly impossible: boolean;
}

const amountOrder = ['cpus', 'mem', 'disk', 'gpus'];

const rankOf = (reason: Reason): number => {
  const rank = reasonOrder.indexOf(reason.type);
  if (reason.type !== 'amount') return rank;
  const place = amountOrder.indexOf(reason.name);
  return rank + (place === -1 ? amountOrder.length : place) / 10;
};

const keyOf = (reason: Reason): string => {
  if (reason.type === 'amount') return `amount ${reason.name}`;
  return reason.type === 'constraint' ? JSON.stringify(reason.constraint) : JSON.stringify(reason);
};

/** Counts agents by what they fall by. */
class Sieve {
  #agents = 0;
  #left = 0;
  readonly #fallen = new Map<string, { reason: Reason; agents: number }>();

  add(reason: Reason | undefined): void {
    this.#agents++;
    if (!reason) {
      this.#left++;
      return;
    }
    const key = keyOf(reason);
    const entry = this.#fallen.get(key);
    if (!entry) {
      this.#fallen.set(key, { reason, agents: 1 });
      return;
    }
    entry.agents++;
    const { reason: known } = entry;
    if (reason.type === 'amount' && known.type === 'amount' && reason.has > known.has) entry.reason = reason;
  }

  get funnel(): Funnel {
    const fallen = [...this.#fallen.values()].sort((a, b) => rankOf(a.reason) - rankOf(b.reason));
    return { agents: this.#agents, left: this.#left, fallen };
  }
}

const nothingPlaced = new TagCounts();

/** What of an agent says whether it could ever run a task. */
export type KnownParts = Pick<AgentView, 'facts' | 'total' | 'free'>;

/** Looks at agents for tasks of one demand. */
class Judge {
  readonly #demand: DemandView;
  readonly #lackOf: LackOf;
  readonly #counts: TagCounts;
  readonly #date: number;

  constructor(demand: DemandView, counts: TagCounts, date: number) {
    this.#demand = demand;
    this.#lackOf = lackOf(demand);
    this.#counts = counts;
    this.#date = date;
  }

  /** What keeps the agent from ever running such a task. */
  ever(agent: KnownParts): Reason | undefined {
    const { facts, total } = agent;
    const forbidden = this.#forbidden(agent, nothingPlaced);
    if (forbidden) return forbidden;
    const departing = this.#departing(facts);
    // It comes back from maintenance that has an end.
    const isGoing = departing?.type === 'ends-too-soon' || facts.unavailability?.duration === undefined;
    const gone = isGoing ? departing : undefined;
    if (total) return this.#lackOf(total) ?? gone;
    if (gone) return gone;
    return agent.free.some(({ resources }) => !this.#lackOf(resources))
      ? undefined
      : { type: 'unknown-size' };
  }

  /** What keeps the agent from running such a task now. */
  now(agent: AgentView): Reason | undefined {
    if (agent.free.length === 0) return { type: 'nothing-offered' };
    const { role } = this.#demand;
    const offered = agent.free.filter((free) => role === undefined || (free.role ?? '*') === role);
    if (offered.length === 0) return { type: 'role' };
    return this.#forbidden(agent, this.#counts) ?? this.#leastLack(offered) ?? this.#withheld(agent, offered);
  }

  #forbidden({ facts }: KnownParts, counts: TagCounts): Reason | undefined {
    const constraint = this.#demand.compiled?.failing(facts, counts);
    if (constraint) return { type: 'constraint', constraint };
    // Tasks without constraints, too, keep away from one that has its agent for itself.
    return !this.#demand.compiled && counts.heldExclusively(facts.id)
      ? { type: 'constraint', constraint: { type: 'exclusive' } }
      : undefined;
  }

  #leastLack(offered: AgentView['free']): Reason | undefined {
    let least: Reason | undefined;
    for (const { resources } of offered) {
      const lack = this.#lackOf(resources);
      if (!lack) return undefined;
      if (!least || rankOf(lack) > rankOf(least)) least = lack;
    }
    return least;
  }

  #withheld({ facts, avoided, keptFor }: AgentView, offered: AgentView['free']): Reason | undefined {
    const { overQuota, keeper } = this.#demand;
    const departing = this.#departing(facts);
    if (departing) return departing;
    if (avoided) return { type: 'avoided' };
    if (overQuota !== undefined) return { type: 'quota', of: overQuota };
    if (keptFor !== undefined && keptFor !== keeper) return { type: 'kept', for: keptFor };
    const isOffered = offered.some(({ isGivenBack, resources }) => !isGivenBack && !this.#lackOf(resources));
    return isOffered ? undefined : { type: 'given-back' };
  }

  #departing(facts: AgentFacts): Reason | undefined {
    const { runMilliseconds, lastStretch = 0 } = this.#demand;
    const type = departure({ run: runMilliseconds, lastStretch }, facts, this.#date);
    return type && { type };
  }
}

/**
 * Says why tasks wait: by what each agent falls, of all it has and of what is free. `date` is milliseconds since 1970.
 * Costs about a microsecond for each agent.
 */
export function explainClass(
  demand: DemandView,
  agents: Iterable<AgentView>,
  counts: TagCounts,
  date: number,
): Explanation {
  const judge = new Judge(demand, counts, date);
  const ever = new Sieve();
  const now = new Sieve();
  for (const agent of agents) {
    ever.add(judge.ever(agent));
    now.add(judge.now(agent));
  }
  const { funnel } = ever;
  const isAnyUnknown = funnel.fallen.some(({ reason }) => reason.type === 'unknown-size');
  const impossible = funnel.agents > 0 && funnel.left === 0 && !isAnyUnknown;
  return { demand, ever: funnel, now: now.funnel, impossible };
}

/**
 * Whether there are agents and none of them could ever run a task of the demand, as {@link explainClass} has it;
 * mostly found at the first agent, so that it can be asked of every new class.
 */
export function isImpossible(demand: DemandView, agents: Iterable<KnownParts>, date: number): boolean {
  const judge = new Judge(demand, nothingPlaced, date);
  let any = false;
  for (const agent of agents) {
    const reason = judge.ever(agent);
    if (!reason || reason.type === 'unknown-size') return false;
    any = true;
  }
  return any;
}

/**
 * Prepares the question whether an agent, or another like it, could ever run a task of the demand, and has said what it
 * has. Of one that is near its planned end another would have its whole life before it.
 */
export const isPossibleOn = (demand: DemandView, date: number): ((agent: KnownParts) => boolean) => {
  const judge = new Judge(demand, nothingPlaced, date);
  return ({ facts: { plannedEnd: _, ...facts }, ...agent }) => judge.ever({ ...agent, facts }) === undefined;
};
