import type { PoolDefinition } from '../definition/definition.ts';
import { attributeText } from '../pilot/index.ts';

/** The attributes that the agents of all pilots of a pool have, as their scripts give them. */
export function agentAttributes(
  cluster: string,
  name: string,
  { queue, attributes }: Pick<PoolDefinition, 'queue' | 'attributes'>,
): Readonly<Record<string, string>> {
  const all = { ...attributes, cluster, pool: name, ...(queue !== undefined && { queue }) };
  return Object.fromEntries(Object.entries(all).map((pair) => pair.map(attributeText)));
}
