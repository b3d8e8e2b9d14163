import type { AgentFacts } from '../model/agent.ts';
import type { AgentField } from '../model/constraint.ts';

/** Reads a field of an agent; `undefined` where it has none. */
export type FieldReader = (agent: AgentFacts) => string | undefined;

/** The fields that are no attributes. Region and zone are one field, as zones of two regions may share a name. */
const ownFields: ReadonlyMap<AgentField, FieldReader> = new Map<AgentField, FieldReader>([
  ['@hostname', (agent) => agent.hostname],
  ['@agent', (agent) => agent.id],
  ['@region', (agent) => agent.region],
  [
    '@zone',
    (agent) =>
      agent.region === undefined || agent.zone === undefined ? undefined : `${agent.region}/${agent.zone}`,
  ],
]);

/** The names of the fields that are no attributes, in the order in which they are listed to people. */
export const ownFieldNames: readonly AgentField[] = [...ownFields.keys()];

const attributeReader = (name: string): FieldReader => {
  return (agent) => {
    const value: unknown = agent.attributes[name];
    // A record has properties that nobody put there, such as `constructor`; those are no strings.
    return typeof value === 'string' ? value : undefined;
  };
};

/** How a field is read: an attribute, or what its name with `@` stands for. */
export const fieldReader = (field: AgentField): FieldReader => ownFields.get(field) ?? attributeReader(field);
