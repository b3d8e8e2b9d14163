import type { PlanRecord } from '../plan-record.ts';

type PartRecord = PlanRecord['parts'][number];
type Groups = NonNullable<PartRecord['groups']>;
type Joins = PlanRecord['joins'][string];
/** How the sources of a node are joined. */
export type NodeMerge = Joins[number]['merge'];

/** Where a result comes from: the part, or the node of the tree, of this number. */
export interface ResultSource {
  readonly kind: 'part' | 'node';
  readonly index: number;
}

/** A result that is joined with others, with what a merge may want to know of it. */
export interface JoinSource extends Pick<PartRecord, 'label' | 'values'> {
  readonly source: ResultSource;
}

/** One join of several results. */
export interface JoinNode {
  readonly index: number;
  readonly merge: NodeMerge;
  /** In the order of the parts. */
  readonly sources: readonly JoinSource[];
  /** What it is of, where it does not join all parts. */
  readonly label?: string;
}

/** How the results of all parts become one. */
export interface JoinTree {
  /** Each after all that it joins. */
  readonly nodes: readonly JoinNode[];
  /** The last result. */
  readonly root: ResultSource;
}

interface Item extends JoinSource {
  readonly groups: Groups;
}

/**
 * The tree by which results are joined: parts that are of the same part of the steps around the innermost one, then
 * those of the same of the steps around these, and so on; each part once, in their order.
 *
 * @param joins the outermost first; the first one joins all that is left
 */
export function joinTree(parts: readonly PartRecord[], joins: Joins): JoinTree {
  const nodes: JoinNode[] = [];
  let items: readonly Item[] = parts.map(({ groups = [], ...part }, index) => ({
    ...part,
    source: { kind: 'part', index },
    groups,
  }));
  for (const { depth, merge } of joins.toReversed()) {
    items = together(items, depth).map((group) => joinedGroup(nodes, group, depth, merge));
  }
  const [root] = items;
  if (!root || items.length > 1) throw new Error(`the joins of a plan leave ${items.length} results`);
  return { nodes, root: root.source };
}

/** Neighbours that have the same groups up to a depth. */
function together(items: readonly Item[], depth: number): Item[][] {
  const groups: Item[][] = [];
  let last: string | undefined;
  for (const item of items) {
    const key = item.groups
      .slice(0, depth)
      .map(({ index }) => index)
      .join();
    if (key === last) groups.at(-1)?.push(item);
    else groups.push([item]);
    last = key;
  }
  return groups;
}

function joinedGroup(nodes: JoinNode[], group: readonly Item[], depth: number, merge: NodeMerge): Item {
  const groups = (group[0]?.groups ?? []).slice(0, depth);
  const label = groups.map((one) => one.label ?? `part ${one.index + 1}`).join(', ');
  const values = Object.assign({}, ...groups.map((one) => one.values));
  const named = {
    ...(groups.length > 0 && { label }),
    ...(Object.keys(values).length > 0 && { values }),
  };
  const add = (sources: readonly JoinSource[]): ResultSource => {
    const index = nodes.length;
    nodes.push({
      index,
      merge,
      // Where they came from above is of no interest any more.
      sources: sources.map(({ source, label: own, values: ownValues }) => ({
        source,
        ...(own !== undefined && { label: own }),
        ...(ownValues && { values: ownValues }),
      })),
      ...(groups.length > 0 && { label }),
    });
    return { kind: 'node', index };
  };
  const source = merge.kind === 'reduce' ? reduced(group, merge.arity, add) : add(group);
  return { ...named, source, groups };
}

/** Level by level, each as even as it can be, until one is left. */
function reduced(
  group: readonly JoinSource[],
  arity: number,
  add: (sources: readonly JoinSource[]) => ResultSource,
): ResultSource {
  let level = group;
  while (level.length > 1) {
    const count = Math.ceil(level.length / arity);
    const from = (index: number): number => Math.floor((index * level.length) / count);
    level = Array.from({ length: count }, (_, index): JoinSource => {
      const some = level.slice(from(index), from(index + 1));
      const [only] = some;
      return only && some.length === 1 ? only : { source: add(some) };
    });
  }
  const [last] = level;
  if (!last) throw new Error('nothing is reduced of nothing');
  return last.source;
}
