import type { Job, SplitStep } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it } from 'vitest';
import { builtIn } from '../catalog.ts';
import { chooseSteps } from './job-split.ts';
import { joinsOf } from './step-joins.ts';

const step = (strategy: string, parameters: SplitStep['parameters'] = {}, inputs: string[] = []) => ({
  strategy,
  inputs,
  parameters,
});
const sweep = (name = 'k') => step('sweep', { values: { [name]: [1, 2] } });
const records = step('records', { format: 'fastq', parts: 3 }, ['reads']);
const runs = step('replicate', { replicates: 2 });
const inputs = [{ name: 'reads', paths: ['/data/reads.fastq'], bytes: 1 }] as const;

type Output = Job['outputs'][number];

const joins = async (by: readonly SplitStep[], output: Partial<Output> = {}) => {
  const steps = await chooseSteps({ alternatives: [{ by: [...by] }] }, inputs, { mesos: false });
  const whole: Output = { name: 'o', file: 'o.txt', whenMissing: 'fail', destination: '/r/o.txt', ...output };
  return joinsOf(whole, steps, builtIn).map(({ depth, merge }) => [
    depth,
    merge.kind === 'here' ? merge.merge : merge.kind,
  ]);
};

const concat = [{ merge: 'concat' }];

describe('joinsOf', () => {
  it('goes by what is said, else by the strategy, else by the name of the destination', async () => {
    expect(await joins([sweep()], { merges: concat })).toEqual([[0, 'command']]);
    expect(await joins([sweep()])).toEqual([[0, 'collection']]);
    expect(await joins([runs], { destination: '/r/o.sam' })).toEqual([[0, 'sam']]);
    await expect(joins([runs], { merges: [{ merge: 'glue' }] })).rejects.toThrow('[UNKNOWN_MERGE]');
    await expect(joins([runs], { merges: [{ merge: 'sum', parameters: { x: 1 } }] })).rejects.toThrow(
      'merge sum',
    );
    await expect(joins([runs], { destination: '/r/o.pdf' })).rejects.toThrow('[NO_MERGE]');
  });

  it('joins the parts of each step, and what comes of them by the step around it', async () => {
    const out = { file: 'o.sam', destination: '/r/all' };
    expect(await joins([sweep(), records], out)).toEqual([
      [0, 'collection'],
      [1, 'sam'],
    ]);
    expect(await joins([sweep(), records], { ...out, merges: [{ merge: 'sum' }] })).toEqual([
      [0, 'collection'],
      [1, 'sum'],
    ]);
    const reduced = [{ merge: 'table' }, { reduce: 'cat {parts} > {output}', arity: 3 }];
    expect(await joins([sweep(), records], { merges: reduced })).toEqual([
      [0, 'table'],
      [1, 'reduce'],
    ]);
    expect(await joins([sweep(), runs, records], { file: 'o.sam', destination: '/r/x' })).toEqual([
      [0, 'collection'],
      [1, 'sam'],
      [2, 'sam'],
    ]);
  });

  it('refuses a reduction in which paths could not be quoted', async () => {
    const merges = (reduce: string) => [{ reduce, arity: 2 }];
    for (const reduce of [
      'cat "{parts}" > {output}',
      "sh -c 'cat {parts} > {output}'",
      'cat --in={parts} > {output}',
    ]) {
      await expect(joins([records], { merges: merges(reduce) })).rejects.toThrow(
        'reduce: {parts} stands for 2 or more files; write it as a word of its own',
      );
    }
    expect(await joins([records], { merges: merges('cat $(echo {parts}) > "{output}"') })).toEqual([
      [0, 'reduce'],
    ]);
  });

  it('makes one directory of directories', async () => {
    expect(await joins([sweep(), sweep('l')])).toEqual([[0, 'collection']]);
    expect(await joins([sweep(), sweep('l'), records])).toEqual([
      [0, 'collection'],
      [2, 'lines'],
    ]);
    expect(await joins([runs, sweep()])).toEqual([[0, 'collection']]);
    await expect(joins([records, sweep()], { merges: [...concat, { merge: 'collection' }] })).rejects.toThrow(
      'the merge collection of one step makes directories',
    );
  });

  it('refuses another number of merges than there are steps', async () => {
    await expect(joins([records], { merges: [...concat, ...concat] })).rejects.toThrow(
      '2 merges for a split in 1 steps; give one for each',
    );
  });
});
