import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { directoryForTest, eventsIn, galaxyMesos, linesOf } from '../command.ts';
import { describeOnBoth, type Place } from './comparison.ts';
import { fixture, makeAlignments, shell } from './made-reads.ts';

const modest = ['--cpus', '0.5', '--mem', '256'];

/** Runs `map`, and answers the result and how many tasks there were. */
async function map(words: readonly string[], { environment }: Place) {
  const cwd = directoryForTest();
  const { code, stdout, stderr } = await galaxyMesos(
    ['map', '--json', ...modest, '--output', 'result.tsv', ...words],
    { cwd, environment },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const tasks = eventsIn(stdout).at(-1)?.counts;
  return { result: readFileSync(path.join(cwd, 'result.tsv'), 'utf8'), tasks };
}

const adder = fixture('real-programs/add-up.awk');

/** Sums up what comes after `keys` columns of sorted tables. */
const addUp = (keys: number): string =>
  `LC_ALL=C sort -m {parts} | awk -v keys=${keys} -f ${adder} > {output}`;

describeOnBoth('counts of k-mers', { programs: ['bwa', 'samtools'], prepare: makeAlignments }, (place) => {
  const count = `awk 'NR % 4 == 2 { for (at = 1; at + 14 <= length($0); at++) seen[substr($0, at, 15)]++ } END { for (word in seen) print word "\\t" seen[word] }'`;

  it('are reduced as a tree to those of the whole file', async () => {
    const reads = path.join(place.directory, 'forward.fq');
    const command = `${count} {reads} | LC_ALL=C sort > {output}`;
    const words = ['--input', `reads=${reads}`, '--parts', '9', '--reduce', addUp(1), '--arity', '3'];
    const { result, tasks } = await map([...words, '--', command], place);
    // Nine parts, three reductions of three, one of those.
    expect(tasks).toMatchObject({ total: 13, finished: 13 });
    const whole = shell(`${count} '${reads}' | LC_ALL=C sort`, place.directory).toString();
    expect(linesOf(result)).toHaveLength(linesOf(whole).length);
    expect(result === whole).toBe(true);
  });
});

describeOnBoth('consensus clustering', { programs: ['python3'], prepare: () => {} }, (place) => {
  const replicates = 6;
  const replicate = ['--strategy', 'replicate', '--set', `replicates=${replicates}`, '--set', 'seed=1936'];
  const table = ['--input', `iris=${fixture('real-programs/iris.csv')}`];
  const cluster = (seed: string, file: string) =>
    `python3 ${fixture('real-programs/consensus.py')} ${file} 3 ${seed} | LC_ALL=C sort`;

  it('of iris finds by seeded replicates what the background model does not, each time the same', async () => {
    const seeds = linesOf(
      (await map([...replicate, '--merge', 'concat', '--', 'echo {seed}'], place)).result,
    );
    expect(new Set(seeds).size).toBe(replicates);
    const words = [...table, ...replicate, '--reduce', addUp(2), '--arity', '3'];
    const { result } = await map([...words, '--', `${cluster('{seed}', '{iris}')} > {output}`], place);
    const cwd = directoryForTest();
    const one = seeds.map((seed) => `${cluster(seed, `'${fixture('real-programs/iris.csv')}'`)} > ${seed}`);
    const reduce = addUp(2).replace('{parts}', seeds.join(' ')).replace('> {output}', '');
    expect(result).toBe(shell(`${one.join('; ')}; ${reduce}`, cwd).toString());

    const pairs = linesOf(result).map((line) => line.split('\t').map(Number));
    const share = (column: number, isOf: (left: number, right: number) => boolean): number => {
      const chosen = pairs.filter(([left = 0, right = 0]) => isOf(left, right));
      const sum = (of: number) => chosen.reduce((total, pair) => total + (pair[of] ?? 0), 0);
      return sum(column) / sum(2);
    };
    const withinSetosa = (left: number, right: number) => left <= 50 && right <= 50;
    const toSetosa = (left: number, right: number) => left <= 50 !== right <= 50;
    // Iris setosa is always a cluster of its own; among shuffled flowers there is none.
    expect([share(3, withinSetosa), share(3, toSetosa)]).toEqual([1, 0]);
    expect(share(4, withinSetosa)).toBeLessThan(0.6);
    expect(share(4, toSetosa)).toBeGreaterThan(0.2);
  });
});
