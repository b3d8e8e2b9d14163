import { RE2JS } from 're2js';
import type { AgentField } from '../model/constraint.ts';
import type { AgentRule } from '../ports/driver.ts';
import { type AgentConstraint, gpuModelAttribute } from './agent-check.ts';

/** Rules of which an agent must keep all of one list. An empty list is kept by every agent. */
export type RuleGroups = readonly (readonly AgentRule[])[];

/** Kept by every agent. */
const anyAgent: RuleGroups = [[]];

/** A master that is told more than this of one task has to look at too much for each agent. */
const maximumGroups = 16;

/**
 * Mesos refuses a pattern whose RE2 program has more than 100 instructions, and with it all that was wished for (flag
 * `--offer_constraints_re2_max_program_size` of the master); RE2JS counts a few less.
 */
const maximumProgramSize = 80;

/** What a class of characters beyond ASCII costs in RE2, which matches bytes; RE2JS matches characters. */
const wideClassSize = 12;

/** May be such a class; an escaped dot is none, which is no reason to parse the pattern. */
const wideClass = /\.|\[\^|\[:\^|\\[DWSx]|[^\x20-\x7e]/g;

/**
 * What Mesos 1.11 never takes, or what would have to be parsed to be judged: the classes of Unicode alone are too large
 * for it, and of groups with a question mark it knows not all.
 */
const unsure = /\(\?(?!:)|\\[pP]/;

/** Whether a master takes the pattern, on the safe side. */
const isSmallPattern = (pattern: string): boolean => {
  if (unsure.test(pattern)) return false;
  const wideClasses = pattern.match(wideClass)?.length ?? 0;
  if (wideClasses > 0 && pattern.includes('{')) return false;
  return RE2JS.compile(pattern).programSize() + wideClassSize * wideClasses <= maximumProgramSize;
};

const both = (one: RuleGroups, other: RuleGroups): RuleGroups =>
  one.flatMap((rules) => other.map((more) => [...rules, ...more]));

/** A zone is `region/zone` here, and a master knows it by its own name in its region. */
const zoneRules = (values: readonly string[], not: boolean): RuleGroups => {
  const parts = values.map((value) => value.split('/'));
  // Either name may have a slash; and that one of two fields differs is no list of rules.
  if (not || parts.some((names) => names.length !== 2)) return anyAgent;
  return parts.map(([region = '', zone = '']) => [
    { field: '@region', predicate: 'equals', operand: region },
    { field: '@zone', predicate: 'equals', operand: zone },
  ]);
};

const valueRules = (field: AgentField, values: readonly string[], not: boolean): RuleGroups => {
  if (field === '@agent') return anyAgent;
  if (field === '@zone') return zoneRules(values, not);
  if (not) return [values.map((operand) => ({ field, predicate: 'not-equals', operand }))];
  return values.map((operand) => [{ field, predicate: 'equals', operand }]);
};

const patternRules = (field: AgentField, pattern: string, not: boolean): RuleGroups => {
  if (field === '@agent' || field === '@zone' || !isSmallPattern(pattern)) return anyAgent;
  return [[{ field, predicate: not ? 'not-matches' : 'matches', operand: pattern }]];
};

const rulesOf = (constraint: AgentConstraint): RuleGroups => {
  switch (constraint.type) {
    case 'equals':
      return valueRules(constraint.field, [constraint.value], constraint.not ?? false);
    case 'in':
      return valueRules(constraint.field, constraint.values, constraint.not ?? false);
    case 'matches':
      return patternRules(constraint.field, constraint.pattern, constraint.not ?? false);
    case 'gpu-model':
      return valueRules(gpuModelAttribute, constraint.models, false);
  }
};

const fieldRule = (field: AgentField): RuleGroups =>
  // Agents always have these two.
  field === '@agent' || field === '@hostname' ? anyAgent : [[{ field, predicate: 'exists', operand: '' }]];

/**
 * What a master can check of the constraints of a task: every agent that they allow keeps it. What would make it too
 * long is left out, which lets more agents pass.
 */
export function agentRules(
  constraints: readonly AgentConstraint[],
  neededFields: readonly AgentField[],
): RuleGroups {
  let groups = anyAgent;
  const parts = [...neededFields.map(fieldRule), ...constraints.map(rulesOf)];
  for (const part of parts.sort((a, b) => a.length - b.length)) {
    if (groups.length * part.length <= maximumGroups) groups = both(groups, part);
  }
  return groups;
}
