import type { AgentFacts } from '../model/agent.ts';
import type { AgentField } from '../model/constraint.ts';
import { type AgentCheck, type AgentConstraint, agentCheck } from './agent-check.ts';
import { type FieldReader, fieldReader } from './agent-field.ts';

/** How agents are put into groups to count tasks in: by the value of a field. */
export interface Grouping {
  /** Two groupings with the same key are the same. */
  readonly key: string;
  readonly read: FieldReader;
  /** Whether each agent is a group of its own. */
  readonly byAgent: boolean;
  /** Which agents make a group that tasks are to be spread over; all agents count where it is absent. */
  readonly eligible?: AgentCheck;
}

/** Groups by the value of a field, over all agents. */
export const groupingBy = (field: AgentField): Grouping => ({
  key: field,
  read: fieldReader(field),
  byAgent: field === '@agent',
});

/**
 * Groups by the value of a field, where only those values are groups that an agent has on which the constraints
 * allow the task: a zone without such an agent will always have none of the tasks, and must not stop the others.
 */
export const groupingAmong = (field: AgentField, constraints: readonly AgentConstraint[]): Grouping => {
  if (constraints.length === 0) return groupingBy(field);
  const checks = constraints.map(agentCheck);
  return {
    ...groupingBy(field),
    key: JSON.stringify([field, ...constraints]),
    eligible: (agent: AgentFacts) => checks.every((check) => check(agent)),
  };
};
