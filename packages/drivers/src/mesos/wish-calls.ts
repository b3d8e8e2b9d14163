import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';
import { type AgentRule, type OfferWish, type Resources, resourceNames } from '@galaxy-mesos/scheduler';

const pseudoattributes = { '@hostname': 'HOSTNAME', '@region': 'REGION', '@zone': 'ZONE' } as const;

const isPseudoattribute = (field: string): field is keyof typeof pseudoattributes =>
  field in pseudoattributes;

function predicateOf({ predicate, operand }: AgentRule): scheduler.AttributeConstraint.Predicate {
  switch (predicate) {
    case 'exists':
      return { exists: {} };
    case 'not-exists':
      return { not_exists: {} };
    case 'equals':
      return { text_equals: { value: operand } };
    case 'not-equals':
      return { text_not_equals: { value: operand } };
    case 'matches':
      return { text_matches: { regex: operand } };
    case 'not-matches':
      return { text_not_matches: { regex: operand } };
  }
}

const constraintOf = (rule: AgentRule): scheduler.AttributeConstraint => ({
  selector: isPseudoattribute(rule.field)
    ? { pseudoattribute_type: pseudoattributes[rule.field] }
    : { attribute_name: rule.field },
  predicate: predicateOf(rule),
});

const forEach = <Value>(roles: readonly string[], value: Value): Record<string, Value> =>
  Object.fromEntries(roles.map((role) => [role, value]));

/** Which agents make offers of use, in the master's terms; none where any agent does. */
export function offerConstraints(
  roles: readonly string[],
  { agents }: OfferWish,
): scheduler.OfferConstraints {
  // A list without rules is kept by every agent.
  if (agents.length === 0 || agents.some((rules) => rules.length === 0)) return {};
  const groups = agents.map((rules) => ({ attribute_constraints: rules.map(constraintOf) }));
  return { role_constraints: forEach(roles, { groups }) };
}

function quantitiesOf(amounts: Resources): mesos.OfferFilters.ResourceQuantities {
  const named = resourceNames.filter((name) => amounts[name] > 0);
  return { quantities: Object.fromEntries(named.map((name) => [name, { value: amounts[name] }])) };
}

/** How much an offer must hold to be of use, in the master's terms; none where any amount is. */
export function offerFilters(
  roles: readonly string[],
  { smallest }: OfferWish,
): Record<string, mesos.OfferFilters> {
  const isNothing = (amounts: Resources) => resourceNames.every((name) => amounts[name] <= 0);
  if (smallest.length === 0 || smallest.some(isNothing)) return {};
  const quantities = smallest.map(quantitiesOf);
  return forEach(roles, { min_allocatable_resources: { quantities } });
}
