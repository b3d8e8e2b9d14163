import type { JoinNode, JoinSource, JoinTree, ResultSource } from './join-tree.ts';

/** A join for which all is there. */
export interface ReadyJoin {
  readonly node: JoinNode;
  /** Those that there are, in order: at least one, or two where they are reduced. */
  readonly sources: readonly JoinSource[];
  /** The numbers of the parts below it that have no result, in order. */
  readonly missing: readonly number[];
}

interface Ended {
  /** Where the result is; none if all parts below it have none. */
  readonly source: ResultSource | undefined;
  readonly missing: readonly number[];
}

/** Tells which joins of a tree can begin, as results come to be there, in whatever order that is. */
export class JoinProgress {
  readonly #tree: JoinTree;
  readonly #ended = new Map<string, Ended>();
  readonly #above = new Map<string, JoinNode>();
  /** How much is still to come for each node. */
  readonly #open: number[];
  #ready: ReadyJoin[] = [];

  constructor(tree: JoinTree) {
    this.#tree = tree;
    this.#open = tree.nodes.map(({ sources }) => sources.length);
    for (const node of tree.nodes) {
      for (const { source } of node.sources) this.#above.set(keyOf(source), node);
    }
  }

  /** Where the last result is; `undefined` until all is done, and if there is none because no part has a result. */
  get result(): ResultSource | undefined {
    return this.#ended.get(keyOf(this.#tree.root))?.source;
  }

  /** A part has ended, with or without a result. */
  partEnded(index: number, hasResult: boolean): void {
    const source = { kind: 'part', index } as const;
    this.#end(source, hasResult ? { source, missing: [] } : { source: undefined, missing: [index] });
  }

  /** A join that was ready is done. */
  joined({ node, missing }: ReadyJoin): void {
    const source = { kind: 'node', index: node.index } as const;
    this.#end(source, { source, missing });
  }

  /** Joins that can begin and were not told before. */
  takeReady(): readonly ReadyJoin[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #end(source: ResultSource, ended: Ended): void {
    const key = keyOf(source);
    if (this.#ended.has(key)) return;
    this.#ended.set(key, ended);
    const node = this.#above.get(key);
    if (!node) return;
    const open = (this.#open[node.index] ?? 0) - 1;
    this.#open[node.index] = open;
    if (open === 0) this.#allThere(node);
  }

  #allThere(node: JoinNode): void {
    const below = node.sources.map((one) => ({ one, ended: this.#ended.get(keyOf(one.source)) }));
    const missing = below.flatMap(({ ended }) => ended?.missing ?? []);
    const sources = below.flatMap(({ one, ended }) =>
      ended?.source ? [{ ...one, source: ended.source }] : [],
    );
    const [only] = sources;
    // What is alone needs no reduction, and where there is nothing there is nothing to join.
    const isNothing = !only || (node.merge.kind === 'reduce' && sources.length === 1);
    if (isNothing) this.#end({ kind: 'node', index: node.index }, { source: only?.source, missing });
    else this.#ready.push({ node, sources, missing });
  }
}

const keyOf = ({ kind, index }: ResultSource): string => `${kind} ${index}`;
