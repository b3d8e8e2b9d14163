import { failOnExitCode, type Job, type SplitStep } from '@galaxy-mesos/galaxy-jobs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanContext } from '../strategy.ts';
import { planContext } from '../testing/plan-context.ts';
import { checkSplit, planJob } from './plan-job.ts';

const sweepOf = (values: Record<string, unknown>): SplitStep => ({
  strategy: 'sweep',
  inputs: [],
  parameters: { values },
});
const replicate = (replicates: number): SplitStep => ({
  strategy: 'replicate',
  inputs: [],
  parameters: { replicates },
});

type Alternatives = NonNullable<Job['split']>['alternatives'];

const jobOf = (alternatives: Alternatives, changes: Partial<Job> = {}): Job => ({
  ...{ id: 'job-1', name: 'a test', command: 'run', shell: '/bin/sh', environment: {}, retries: 0 },
  inputs: [{ name: 'reads', path: '/data/reads.fastq', size: 100, modifiedAt: 0, partName: 'reads.fastq' }],
  outputs: [{ name: 'result', file: 'result.txt', whenMissing: 'fail', destination: '/r/result.txt' }],
  resources: { cpus: 1, mem: 64, disk: 0 },
  stdio: failOnExitCode,
  split: { alternatives },
  ...changes,
});

const context = (mesos = false, cores?: number): PlanContext => ({ ...planContext({ mesos }), cores });

async function partsOf(job: Job, where = context()) {
  const planned = await planJob(job, where);
  return { ...planned, parts: await Array.fromAsync(planned.parts) };
}

describe('alternatives', () => {
  const chosen = async (alternatives: Alternatives, where = context()) =>
    (await partsOf(jobOf(alternatives), where)).parts.length;

  it('takes the first whose condition holds, by what is known of the job and the cluster', async () => {
    const conditions = [
      'mesos',
      'cores > 8',
      'inputs.reads.format == "fasta"',
      'inputs.reads.bytes > 99 && inputs.reads.files == 1 && inputs.reads.format == "fastq"',
    ];
    const alternatives = conditions.map((when, index) => ({ when, by: [replicate(index + 2)] }));
    expect(await chosen(alternatives, context(true))).toBe(2);
    expect(await chosen(alternatives, context(false, 9.5))).toBe(3);
    expect(await chosen(alternatives, context(false, 8))).toBe(5);
    const unshared = [{ when: '!shared', by: [replicate(2)] }, { by: [replicate(3)] }];
    expect(await chosen(unshared, { ...context(), shared: false })).toBe(2);
    expect(await chosen(unshared)).toBe(3);
  });

  it('runs the job whole where none holds, or nothing is to be done', async () => {
    for (const alternatives of [[{ when: 'mesos', by: [replicate(2)] }], [{ by: [] }], []]) {
      expect(await partsOf(jobOf(alternatives))).toMatchObject({
        isWhole: true,
        joins: {},
        parts: [{ index: 0, slices: [] }],
      });
    }
  });

  it.each<[string, Alternatives, string]>([
    ['that cannot be read', [{ when: 'mesos &&', by: [] }], 'the condition "mesos &&": '],
    ['of a strategy that is not there', [{ by: [{ ...replicate(2), strategy: 'x' }] }], 'no strategy "x"'],
    ['with a wrong parameter', [{ by: [replicate(0)] }], 'strategy replicate: replicates: expected'],
    [
      'with another number of inputs',
      [{ by: [{ ...replicate(1), inputs: ['reads'] }] }],
      'expected 0 inputs',
    ],
    [
      'over an input that is not there',
      [{ by: [{ strategy: 'scatter', inputs: ['read'], parameters: {} }] }],
      'no input is named "read"; there are: reads',
    ],
    [
      'that cuts an input twice',
      [{ by: ['scatter', 'scatter'].map((strategy) => ({ strategy, inputs: ['reads'], parameters: {} })) }],
      'the input reads is cut twice',
    ],
    ['that gives a value twice', [{ by: [replicate(1), sweepOf({ seed: [1] })] }], 'both say what {seed} is'],
  ])('refuses one %s, chosen or not', async (_, alternatives, message) => {
    await expect(checkSplit(jobOf(alternatives))).rejects.toThrow(message);
    await expect(partsOf(jobOf(alternatives))).rejects.toThrow(message);
  });

  it('refuses a command with a value that the one which holds does not give', async () => {
    const job = jobOf([{ when: 'mesos', by: [replicate(2)] }, { by: [] }], { command: 'run {seed}' });
    expect((await partsOf(job, context(true))).parts).toHaveLength(2);
    await expect(partsOf(job)).rejects.toThrow('the command mentions {seed}, which the alternative');
  });

  it('refuses a value with the name of a file', async () => {
    await expect(partsOf(jobOf([{ by: [sweepOf({ reads: [1] })] }]))).rejects.toThrow('{reads} is a value');
  });
});

describe('nested steps', () => {
  it('has all combinations, counted through, the first step slowest', async () => {
    const lists = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(lists, async (values) => {
        const by = values.map((list, index) => sweepOf({ [`k${index}`]: list }));
        const { parts } = await partsOf(jobOf([{ by }]));
        const expected = values.reduce<number[][]>(
          (before, list) => before.flatMap((one) => list.map((value) => [...one, value])),
          [[]],
        );
        expect(parts.map((part) => Object.values(part.values ?? {}).map(Number))).toEqual(expected);
        expect(parts.map(({ index }) => index)).toEqual(expected.map((_, index) => index));
        const groups = expected.map((row) =>
          row.slice(0, -1).map((value, step) => values[step]?.indexOf(value)),
        );
        expect(parts.map((part) => (part.groups ?? []).map(({ index }) => index))).toEqual(groups);
      }),
    );
  });

  it('refuses more parts in all than there may be, before it has looked for all of them', async () => {
    const by = [replicate(1000), sweepOf({ k: { from: 1, to: 101, step: 1 } })];
    await expect(partsOf(jobOf([{ by }]))).rejects.toThrow(
      '[TOO_MANY_PARTS] strategy replicate of sweep: there would be more than 100000 parts',
    );
  });
});

describe('values', () => {
  it('stand in the command of their part, as words of the shell, and nothing else does', async () => {
    const values = { what: ["it's", 'b'] };
    const command = "x {what} '{print}' {{what}} {reads}";
    const { parts } = await partsOf(jobOf([{ by: [sweepOf(values)] }], { command }));
    expect(parts.map((part) => part.command)).toEqual([
      "x 'it'\\''s' '{print}' {what} {reads}",
      "x b '{print}' {what} {reads}",
    ]);
  });

  it('leave the command alone where it has none of them', async () => {
    const { parts } = await partsOf(jobOf([{ by: [replicate(2)] }]));
    expect(parts.map((part) => part.command)).toEqual([undefined, undefined]);
  });
});
