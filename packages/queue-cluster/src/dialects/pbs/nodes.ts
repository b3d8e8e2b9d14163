import type { QueueNode } from '../node-fit.ts';
import type { Attributes } from './attributes.ts';
import { destinationsOf } from './queue-fit.ts';
import { countOf, mebibytesOf } from './sizes.ts';

/** A node may be one queue's alone. */
export interface PbsNode extends QueueNode {
  readonly queue?: string | undefined;
  /** All that it tells, where that is more. */
  readonly attributes?: Attributes;
}

/** Nodes on which jobs of a queue may run: where it has some of its own, those; of others, none. */
export function nodesFor(
  name: string | undefined,
  nodes: readonly PbsNode[],
  queues: ReadonlyMap<string, Attributes> | undefined,
): readonly PbsNode[] {
  const queue = name === undefined ? undefined : queues?.get(name);
  // Of a queue that hands jobs on, it is not known where they come to.
  if (!queue || destinationsOf(queue).length > 0) return nodes;
  const own = nodes.filter((node) => node.queue === name);
  const open = own.length > 0 ? own : nodes.filter((node) => node.queue === undefined);
  return marksOf(queue).reduce<readonly PbsNode[]>((left, mark) => markedBy(mark, left), open);
}

type Mark = readonly [resource: string, value: string];

/** What a queue has each of its jobs ask for, and is no number: the name of a group of nodes, as a rule. */
const marksOf = (queue: Attributes): readonly Mark[] =>
  [...queue].flatMap(([name, value]) => {
    const resource = /^default_chunk\.(\w+)$/.exec(name)?.[1];
    return resource === undefined || /^\d/.test(value) ? [] : [[resource, value] as const];
  });

/** Nodes that have it; all, where none does: it may be the server's. */
function markedBy([resource, value]: Mark, nodes: readonly PbsNode[]): readonly PbsNode[] {
  const marked = nodes.filter(({ attributes }) =>
    attributes?.get(`resources_available.${resource}`)?.split(/,\s*/).includes(value),
  );
  return marked.length > 0 ? marked : nodes;
}

/** A machine may be told in several parts (vnodes), of which one job gets as many as it needs. */
export function vnodesAsNodes(vnodes: readonly Attributes[]): readonly PbsNode[] {
  const hosts = new Map<string, [Attributes, ...Attributes[]]>();
  for (const [index, vnode] of vnodes.entries()) {
    const host = vnode.get('resources_available.host') ?? vnode.get('Mom') ?? `${index}`;
    const key = `${host} ${vnode.get('queue') ?? ''}`;
    hosts.set(key, [vnode, ...(hosts.get(key) ?? [])]);
  }
  return [...hosts.values()].map(nodeOf);
}

function nodeOf(vnodes: readonly [Attributes, ...Attributes[]]): PbsNode {
  const available = (name: string) => vnodes.map((vnode) => vnode.get(`resources_available.${name}`));
  return {
    cpus: sum(available('ncpus').map(countOf)),
    memMb: sum(available('mem').map(mebibytesOf)),
    // A node that says nothing of GPUs has none.
    gpus: sum(available('ngpus').map((text) => countOf(text ?? '0'))),
    isUp: vnodes.some((vnode) => isUp(vnode.get('state') ?? '')),
    queue: vnodes[0].get('queue'),
    attributes: vnodes[0],
  };
}

/** Undefined if one is not known. */
const sum = (sizes: readonly (number | undefined)[]): number | undefined =>
  sizes.reduce<number | undefined>(
    (total, size) => (total === undefined || size === undefined ? undefined : total + size),
    0,
  );

/** Of a node, by the words of its state. */
export const isUp = (state: string): boolean => !/down|offline|unknown|stale|unresolvable/i.test(state);
