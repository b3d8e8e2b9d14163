import type { AgentFacts } from '../model/agent.ts';
import type { Constraint, Tag } from '../model/constraint.ts';
import type { AgentConstraint } from './agent-check.ts';
import { type Grouping, groupingAmong, groupingBy } from './grouping.ts';
import type { TagCounts } from './tag-counts.ts';

/** A constraint that counts tasks. */
export type CountedConstraint = Extract<
  Constraint,
  { type: 'unique' | 'max-per' | 'group-by' | 'near' | 'away-from' }
>;

/** A constraint that counts tasks, compiled. */
export interface CountedCheck {
  readonly constraint: CountedConstraint;
  readonly grouping: Grouping;
  /** Whether agents without the field are never used, whatever the counts. */
  readonly needsField: boolean;
  /**
   * How well the constraint is kept by a task that is placed on the agent now: 1 if it is, and less the more it is
   * broken.
   */
  degree(agent: AgentFacts, counts: TagCounts): number;
  /** Numbers of which at least one changes whenever an agent that was refused may do. */
  readonly loosenedBy: readonly ((counts: TagCounts) => number)[];
}

const byRemovals = (tag: Tag) => (counts: TagCounts) => counts.loosened(tag);

/** At most `maximum` in a group. */
const limited = (
  constraint: Extract<CountedConstraint, { type: 'unique' | 'max-per' | 'away-from' }>,
  tag: Tag,
  maximum: number,
): CountedCheck => {
  const grouping = groupingBy(constraint.field);
  const needsField = constraint.type !== 'away-from';
  return {
    constraint,
    grouping,
    needsField,
    degree(agent, counts) {
      const value = grouping.read(agent);
      if (value === undefined) return needsField ? 0 : 1;
      const count = counts.groups(tag, grouping)?.count(value) ?? 0;
      return count < maximum ? 1 : maximum / (count + 1);
    },
    loosenedBy: [byRemovals(tag)],
  };
};

const even = (
  constraint: Extract<CountedConstraint, { type: 'group-by' }>,
  agentConstraints: readonly AgentConstraint[],
): CountedCheck => {
  const { field, among: tag, maximumSkew = 1, groups: expected } = constraint;
  const grouping = groupingAmong(field, agentConstraints);
  return {
    constraint,
    grouping,
    needsField: true,
    degree(agent, counts) {
      const value = grouping.read(agent);
      if (value === undefined) return 0;
      const groups = counts.groups(tag, grouping);
      if (!groups) return 1;
      const excess = groups.count(value) + 1 - groups.lowest(expected) - maximumSkew;
      return excess <= 0 ? 1 : 1 / (1 + excess);
    },
    loosenedBy: [byRemovals(tag), (counts) => counts.groups(tag, grouping)?.lowest(expected) ?? 0],
  };
};

const near = (constraint: Extract<CountedConstraint, { type: 'near' }>): CountedCheck => {
  const { field, to: tag } = constraint;
  const grouping = groupingBy(field);
  return {
    constraint,
    grouping,
    needsField: false,
    degree(agent, counts) {
      const groups = counts.groups(tag, grouping);
      if (!groups) return 1;
      const value = grouping.read(agent);
      return value !== undefined && groups.count(value) > 0 ? 1 : 0;
    },
    loosenedBy: [(counts) => counts.groups(tag, grouping)?.settled ?? 0],
  };
};

/** Compiles a constraint that was validated, of a task that has these others. */
export const countedCheck = (
  constraint: CountedConstraint,
  agentConstraints: readonly AgentConstraint[],
): CountedCheck => {
  switch (constraint.type) {
    case 'unique':
      return limited(constraint, constraint.among, 1);
    case 'max-per':
      return limited(constraint, constraint.among, constraint.maximum);
    case 'away-from':
      return limited(constraint, constraint.from, 1);
    case 'group-by':
      return even(constraint, agentConstraints);
    case 'near':
      return near(constraint);
  }
};
