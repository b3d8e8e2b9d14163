import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanRecord } from '../plan-record.ts';
import { JoinProgress } from './join-progress.ts';
import { type JoinTree, joinTree, type ResultSource } from './join-tree.ts';

type Parts = PlanRecord['parts'];
type Joins = PlanRecord['joins'][string];

const concat = { kind: 'command', command: 'cat' } as const;
const reduce = (arity: number) => ({ kind: 'reduce', command: '', arity }) as const;

/** The parts of nested steps that come to so many parts each; the first one slowest. */
const partsOf = (counts: readonly number[]): Parts =>
  counts
    .reduce<number[][]>(
      (before, count) =>
        before.flatMap((one) => Array.from({ length: count }, (_, index) => [...one, index])),
      [[]],
    )
    .map((path) => ({
      groups: path.slice(0, -1).map((index) => ({ index, values: { [`k${index}`]: 'v' } })),
    }));

const merges = fc.oneof(fc.constant(concat), fc.integer({ min: 2, max: 9 }).map(reduce));
/** Steps, and a join for each of them. */
const cases = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), merges), { minLength: 1, maxLength: 4 })
  .map((steps) => ({
    parts: partsOf(steps.map(([count]) => count)),
    joins: steps.map(([, merge], depth): Joins[number] => ({ depth, merge })),
  }));

/** The parts that a result holds, in its order, if every join puts one source behind the other. */
const held = ({ nodes }: JoinTree, { kind, index }: ResultSource): number[] =>
  kind === 'part'
    ? [index]
    : (nodes[index]?.sources.flatMap(({ source }) => held({ nodes, root: source }, source)) ?? []);

describe('joinTree', () => {
  it('has every part once, in order, and every node after what it joins', () => {
    fc.assert(
      fc.property(cases, ({ parts, joins }) => {
        const tree = joinTree(parts, joins);
        expect(held(tree, tree.root)).toEqual(parts.map((_, index) => index));
        const used = tree.nodes.flatMap(({ sources }) => sources.map(({ source }) => source));
        expect(new Set(used.map(({ kind, index }) => `${kind}${index}`)).size).toBe(used.length);
        for (const { index, sources } of tree.nodes) {
          expect(sources.every(({ source }) => source.kind === 'part' || source.index < index)).toBe(true);
        }
      }),
    );
  });

  it('joins together only what is of the same part of a step around it', () => {
    fc.assert(
      fc.property(cases, ({ parts, joins }) => {
        const tree = joinTree(parts, joins);
        for (const node of tree.nodes) {
          const depth = node.label === undefined ? 0 : node.label.split(', ').length;
          const groups = held(tree, { kind: 'node', index: node.index }).map((part) =>
            (parts[part]?.groups ?? []).slice(0, depth).map(({ index }) => index),
          );
          expect(groups).toEqual(groups.map(() => groups[0]));
        }
      }),
    );
  });

  it('reduces as many at once as it may, level by level', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2, max: 20 }), (count, arity) => {
        const tree = joinTree(partsOf([count]), [{ depth: 0, merge: reduce(arity) }]);
        const depthOf = ({ kind, index }: ResultSource): number =>
          kind === 'part'
            ? 0
            : 1 + Math.max(...(tree.nodes[index]?.sources.map(({ source }) => depthOf(source)) ?? []));
        let levels = 0;
        for (let reach = 1; reach < count; reach *= arity) levels += 1;
        expect(depthOf(tree.root)).toBe(levels);
        for (const { sources } of tree.nodes) {
          expect(sources.length).toBeGreaterThan(1);
          expect(sources.length).toBeLessThanOrEqual(arity);
        }
      }),
    );
    expect(joinTree(partsOf([100]), [{ depth: 0, merge: reduce(8) }]).nodes).toHaveLength(13 + 2 + 1);
  });

  it('tells an outer join of which part each result is, with its values', () => {
    const joins = [0, 1].map((depth) => ({ depth, merge: concat }));
    const parts: Parts = ['a', 'b'].flatMap((word, index) =>
      [0, 1].map((inner) => ({
        label: `${word}, part ${inner + 1}`,
        values: { word, inner: String(inner) },
        groups: [{ index, label: word, values: { word } }],
      })),
    );
    const { nodes } = joinTree(parts, joins);
    expect(nodes.map(({ label }) => label)).toEqual(['a', 'b', undefined]);
    expect(nodes[0]?.sources).toEqual([
      { source: { kind: 'part', index: 0 }, label: 'a, part 1', values: { word: 'a', inner: '0' } },
      { source: { kind: 'part', index: 1 }, label: 'a, part 2', values: { word: 'a', inner: '1' } },
    ]);
    expect(nodes[2]?.sources).toEqual([
      { source: { kind: 'node', index: 0 }, label: 'a', values: { word: 'a' } },
      { source: { kind: 'node', index: 1 }, label: 'b', values: { word: 'b' } },
    ]);
  });
});

describe('JoinProgress', () => {
  it('comes to a result of all parts that have one, in order, whatever ends first and whatever fails', () => {
    fc.assert(
      fc.property(
        cases,
        fc.infiniteStream(fc.nat(1_000_000)),
        fc.nat(3),
        ({ parts, joins }, choices, failing) => {
          const tree = joinTree(parts, joins);
          const progress = new JoinProgress(tree);
          const next = (most: number): number => (choices.next().value ?? 0) % most;
          const lost = new Set(parts.map((_, index) => index).filter(() => next(4) < failing));
          const made = new Map<string, number[]>();
          const take = ({ kind, index }: ResultSource): number[] => made.get(`${kind}${index}`) ?? [-1];
          const open: (() => void)[] = parts.map((_, index) => () => {
            if (!lost.has(index)) made.set(`part${index}`, [index]);
            progress.partEnded(index, !lost.has(index));
          });
          while (open.length > 0) {
            for (const end of open.splice(next(open.length), 1)) end();
            for (const ready of progress.takeReady()) {
              open.push(() => {
                const key = `node${ready.node.index}`;
                expect(made.has(key)).toBe(false);
                made.set(
                  key,
                  ready.sources.flatMap(({ source }) => take(source)),
                );
                const below = held(tree, { kind: 'node', index: ready.node.index });
                expect(ready.missing).toEqual(below.filter((part) => lost.has(part)));
                progress.joined(ready);
              });
            }
          }
          const kept = parts.map((_, index) => index).filter((index) => !lost.has(index));
          expect(progress.result && take(progress.result)).toEqual(kept.length > 0 ? kept : undefined);
        },
      ),
    );
  });

  it('tells a join as soon as all that it needs is there, and once', () => {
    const tree = joinTree(partsOf([4]), [{ depth: 0, merge: reduce(2) }]);
    const progress = new JoinProgress(tree);
    const ready = () => progress.takeReady().map(({ node }) => node.index);
    progress.partEnded(3, true);
    progress.partEnded(0, true);
    expect(ready()).toEqual([]);
    progress.partEnded(2, true);
    expect(ready()).toEqual([1]);
    expect(ready()).toEqual([]);
  });
});
