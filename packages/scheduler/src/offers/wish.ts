import type { RuleGroups } from '../constraints/index.ts';
import type { TaskResources } from '../model/amounts.ts';
import { type Resources, resourceNames } from '../model/resources.ts';
import type { AgentRule, OfferWish } from '../ports/driver.ts';

/** What waiting tasks of one shape ask of an offer. */
export interface WishDemand {
  /** Of one task, or of all tasks that must run on one agent together. */
  readonly resources: TaskResources;
  /** The compiled constraints. */
  readonly constraints: { readonly rules: RuleGroups };
}

/** The wish that leaves out no offer of use to these demands, whatever their amounts and constraints. */
export const anyOffer = (demands: readonly WishDemand[]): OfferWish => ({
  smallest: [],
  agents: [],
  ...(demands.some(({ resources }) => (resources.gpus ?? 0) > 0) && { gpus: true }),
});

/** The master compares each agent with each of these in every round of offers. */
const maximumAmounts = 10;

/** Many more than that are as good as any agent, and cost the master time. */
const maximumRuleGroups = 50;

const isEnough = (small: Resources, large: Resources): boolean =>
  resourceNames.every((name) => small[name] <= large[name]);

const lower = (a: Resources, b: Resources): Resources => ({
  cpus: Math.min(a.cpus, b.cpus),
  mem: Math.min(a.mem, b.mem),
  disk: Math.min(a.disk, b.disk),
});

/** How much lower the one is than the other, where halving any amount counts as much as halving another. */
const loss = (from: Resources, to: Resources): number => {
  let sum = 0;
  for (const name of resourceNames) sum += Math.log2((from[name] + 1e-3) / (to[name] + 1e-3));
  return sum;
};

/** Replaces two amounts by what is not more than either, those two by which least is lost. */
const mergeTwo = (amounts: readonly Resources[]): Resources[] => {
  let best: { readonly merged: Resources; readonly loss: number } | undefined;
  for (const [index, one] of amounts.entries()) {
    for (const other of amounts.slice(index + 1)) {
      const merged = lower(one, other);
      const lost = loss(one, merged) + loss(other, merged);
      if (!best || lost < best.loss) best = { merged, loss: lost };
    }
  }
  return best ? withAmount(amounts, best.merged) : [...amounts];
};

/** The amounts of which none makes another unnecessary. */
const withAmount = (amounts: readonly Resources[], added: Resources): Resources[] =>
  amounts.some((amount) => isEnough(amount, added))
    ? [...amounts]
    : [...amounts.filter((amount) => !isEnough(added, amount)), added];

const takesAnyAmount = ({ resources }: WishDemand): boolean =>
  // What is revocable is not part of an offer's amounts.
  resources.revocable === true || resourceNames.every((name) => resources[name] === 0);

const byAmount = (a: Resources, b: Resources) => a.cpus - b.cpus || a.mem - b.mem || a.disk - b.disk;

const smallestAmounts = (demands: readonly WishDemand[]): readonly Resources[] => {
  let amounts: Resources[] = [];
  for (const demand of demands) {
    if (takesAnyAmount(demand)) return [];
    const { cpus, mem, disk } = demand.resources;
    amounts = withAmount(amounts, { cpus, mem, disk });
    if (amounts.length > maximumAmounts) amounts = mergeTwo(amounts);
  }
  const isAny = amounts.some((amount) => resourceNames.every((name) => amount[name] === 0));
  return isAny ? [] : amounts.sort(byAmount);
};

const keyOf = (rule: AgentRule): string => JSON.stringify([rule.field, rule.predicate, rule.operand]);

/** Rules by key, so that lists can be compared whatever the order they were written in. */
type RuleSet = ReadonlyMap<string, AgentRule>;

const ruleSet = (rules: readonly AgentRule[]): RuleSet => {
  const entries = rules.map((rule): [string, AgentRule] => [keyOf(rule), rule]);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};

const isPartOf = (some: RuleSet, all: RuleSet): boolean => [...some.keys()].every((key) => all.has(key));

const ruleGroups = (demands: readonly WishDemand[]): readonly (readonly AgentRule[])[] => {
  const groups = new Map<string, RuleSet>();
  for (const { constraints } of demands) {
    if (constraints.rules.length === 0) return [];
    for (const rules of constraints.rules) {
      const set = ruleSet(rules);
      groups.set([...set.keys()].join(), set);
    }
    if (groups.size > maximumRuleGroups) return [];
  }
  const all = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set);
  const needed = all.filter((set) => !all.some((other) => other !== set && isPartOf(other, set)));
  return needed.map((set) => [...set.values()]);
};

/**
 * Which offers could be of use to what waits, in terms of a master: never stricter than that, and short enough to be
 * sent. The order of the demands does not matter but for which amounts are merged.
 */
export function offerWish(demands: Iterable<WishDemand>): OfferWish {
  const all = [...demands];
  return { ...anyOffer(all), smallest: smallestAmounts(all), agents: ruleGroups(all) };
}
