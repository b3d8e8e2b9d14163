import {
  type AgentFacts,
  type AgentRule,
  type OfferWish,
  resourceNames,
  thousandths,
} from '@galaxy-mesos/scheduler';
import type { Bag } from '../resources/bag.ts';
import { parseReserved } from '../resources/piece-keys.ts';
import type { AgentEntry } from './agent-entry.ts';

/** Mesos's own `min_allocatable_resources`: `cpus:0.01|mem:32`. */
const leastCpus = 10;
const leastMem = 32_000;

function fieldOf(facts: AgentFacts, field: string): string | undefined {
  if (field === '@hostname') return facts.hostname;
  if (field === '@region') return facts.region;
  if (field === '@zone') return facts.zone === undefined ? undefined : `${facts.region}/${facts.zone}`;
  return facts.attributes[field];
}

/** `matches` takes the patterns of JavaScript for those of RE2, which is right for those that both have. */
function keeps(facts: AgentFacts, { field, predicate, operand }: AgentRule): boolean {
  const value = fieldOf(facts, field);
  switch (predicate) {
    case 'exists':
      return value !== undefined;
    case 'not-exists':
      return value === undefined;
    case 'equals':
      return value === operand;
    case 'not-equals':
      return value !== operand;
    case 'matches':
      return value !== undefined && new RegExp(`^(?:${operand})$`, 'su').test(value);
    case 'not-matches':
      return value === undefined || !new RegExp(`^(?:${operand})$`, 'su').test(value);
  }
}

/** All of a plain resource, reserved or not. */
function amountOf(bag: Bag, name: 'cpus' | 'mem' | 'disk'): number {
  let sum = bag[name];
  for (const [key, amount] of bag.others) if (parseReserved(key)?.name === name) sum += amount;
  return sum;
}

/** Judges whether a framework wants to see an offer. */
export class WishCheck {
  readonly #wish: OfferWish | undefined;
  /** Agents do not change what rules look at. */
  readonly #agents = new WeakMap<AgentEntry, boolean>();

  constructor(wish: OfferWish | undefined) {
    this.#wish = wish;
  }

  wantsAgent(entry: AgentEntry): boolean {
    const { agents = [] } = this.#wish ?? {};
    if (agents.length === 0) return true;
    const known = this.#agents.get(entry);
    if (known !== undefined) return known;
    const isWanted = agents.some((rules) => rules.every((rule) => keeps(entry.facts, rule)));
    this.#agents.set(entry, isWanted);
    return isWanted;
  }

  wantsAmounts(bag: Bag): boolean {
    const { smallest = [] } = this.#wish ?? {};
    if (smallest.length === 0) return amountOf(bag, 'cpus') >= leastCpus || amountOf(bag, 'mem') >= leastMem;
    return smallest.some((least) =>
      resourceNames.every((name) => amountOf(bag, name) >= thousandths(least[name])),
    );
  }
}
