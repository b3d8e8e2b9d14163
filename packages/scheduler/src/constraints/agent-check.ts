import { RE2JS } from 're2js';
import type { AgentFacts } from '../model/agent.ts';
import type { Constraint } from '../model/constraint.ts';
import { fieldReader } from './agent-field.ts';

/** A constraint that looks at the agent alone. */
export type AgentConstraint = Extract<Constraint, { type: 'equals' | 'in' | 'matches' | 'gpu-model' }>;

/** Whether an agent keeps a constraint. */
export type AgentCheck = (agent: AgentFacts) => boolean;

/** The attribute by which operators name the graphics processors of an agent. */
export const gpuModelAttribute = 'gpu_model';

/** Whether a constraint looks at the agent alone. */
export const isAgentConstraint = (constraint: Constraint): constraint is AgentConstraint =>
  constraint.type === 'equals' ||
  constraint.type === 'in' ||
  constraint.type === 'matches' ||
  constraint.type === 'gpu-model';

const valueTest = (constraint: AgentConstraint): ((value: string) => boolean) => {
  switch (constraint.type) {
    case 'equals':
      return (value) => value === constraint.value;
    case 'in': {
      const values = new Set(constraint.values);
      return (value) => values.has(value);
    }
    case 'matches': {
      const pattern = RE2JS.compile(constraint.pattern);
      return (value) => pattern.matches(value);
    }
    case 'gpu-model': {
      const models = new Set(constraint.models);
      return (value) => models.has(value);
    }
  }
};

/** Compiles a constraint that was validated. An agent without the field keeps what is asked with `not`, nothing else. */
export const agentCheck = (constraint: AgentConstraint): AgentCheck => {
  const [field, not] =
    constraint.type === 'gpu-model'
      ? [gpuModelAttribute, false]
      : [constraint.field, constraint.not ?? false];
  const read = fieldReader(field);
  const test = valueTest(constraint);
  return (agent) => {
    const value = read(agent);
    return (value !== undefined && test(value)) !== not;
  };
};
