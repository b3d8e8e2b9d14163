import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSplit } from '../strategies.ts';
import { planContext } from '../testing/plan-context.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sweep-'));
});
afterAll(() => rm(directory, { recursive: true }));

const partsOf = (parameters: unknown, table?: string, signal?: AbortSignal) =>
  Array.fromAsync(
    planSplit(
      { strategy: 'sweep', parameters },
      table === undefined ? [] : [{ name: 'table', paths: [table] }],
      planContext({ signal }),
    ),
  );

const labelsOf = async (parameters: unknown, table?: string) =>
  (await partsOf(parameters, table)).map(({ label }) => label);

const valuesOf = async (range: unknown, more: object = {}) =>
  (await partsOf({ values: { x: range }, ...more })).map(({ values }) => Number(values?.x));

describe('the strategy sweep', () => {
  it('lets every value meet every other, the last parameter changing fastest', async () => {
    const parts = await partsOf({ values: { k: [21, 31], mode: ['fast', 'a b'] } });
    expect(parts.map(({ label }) => label)).toEqual([
      'k=21 mode=fast',
      'k=21 mode=a b',
      'k=31 mode=fast',
      'k=31 mode=a b',
    ]);
    expect(parts[1]).toMatchObject({ index: 1, slices: [], values: { k: '21', mode: 'a b' } });
  });

  it('takes values pairwise, and refuses lists of different length', async () => {
    expect(await labelsOf({ values: { k: [1, 2], e: [3, 4] }, combine: 'zip' })).toEqual([
      'k=1 e=3',
      'k=2 e=4',
    ]);
    await expect(partsOf({ values: { k: [1, 2], e: [3] }, combine: 'zip' })).rejects.toThrow(
      'combine: zip needs lists of equal length: k has 2, e has 1 values',
    );
  });

  it.each([
    [{ from: 1, to: 4, step: 1 }, [1, 2, 3, 4]],
    [{ from: 0, to: 1, step: 0.1 }, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    [{ from: 5, to: 1, step: 3 }, [5, 2]],
    [{ from: 0, to: 1, count: 3 }, [0, 0.5, 1]],
    [{ from: 7, to: 9, count: 1 }, [7]],
    [{ from: 0.001, to: 1000, count: 3, scale: 'log' }, [0.001, 1, 1000]],
    [{ from: 1, to: 3, count: 9, whole: true }, [1, 2, 3]],
    [{ from: 2, to: 2, step: 1 }, [2]],
  ])('goes through the range %j', async (range, expected) => {
    expect(await valuesOf(range)).toEqual(expected);
  });

  it('drops the combinations for which the condition does not hold', async () => {
    const values = { k: [15, 21, 31], e: [0.1, 0.2] };
    expect(await labelsOf({ values, where: 'k * 2 < 50 && e > 0.1' })).toEqual(['k=15 e=0.2', 'k=21 e=0.2']);
    await expect(partsOf({ values, where: 'k > 100' })).rejects.toThrow('no combination is left to run');
    await expect(partsOf({ values, where: 'k <' })).rejects.toThrow('the condition "k <": ');
    await expect(partsOf({ values, where: 'q < 1' })).rejects.toThrow('Unknown variable: q');
    await expect(partsOf({ values, where: 'k' })).rejects.toThrow('expected true or false, found 15');
  });

  it('draws the same combinations again for the same seed, and others for another', async () => {
    const values = { x: { from: 0, to: 1 }, mode: ['a', 'b'] };
    const draw = { number: 20, seed: 3 };
    const first = await labelsOf({ values, draw });
    expect(first).toHaveLength(20);
    expect(await labelsOf({ values, draw })).toEqual(first);
    expect(await labelsOf({ values, draw: { ...draw, seed: 4 } })).not.toEqual(first);
  });

  it('meets each stratum of each range once where it draws over a Latin hypercube', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.nat(1000), async (number, seed) => {
        const values = { x: { from: 0, to: number }, y: { from: -number, to: 0 } };
        const parts = await partsOf({ values, draw: { number, seed } });
        const strata = (name: string) => parts.map((part) => Math.floor(Number(part.values?.[name]) + 1e-9));
        const sorted = (list: number[]) => list.sort((a, b) => a - b);
        expect(sorted(strata('x'))).toEqual(Array.from({ length: number }, (_, index) => index));
        expect(sorted(strata('y'))).toEqual(Array.from({ length: number }, (_, index) => index - number));
      }),
      { numRuns: 50 },
    );
  });

  it('takes combinations from a table, separated by tabs or commas', async () => {
    const table = path.join(directory, 'table');
    await writeFile(table, 'k\tmode\n21\tfast, and good\n\tslow\n');
    expect(await labelsOf({ where: 'k == "21" || mode == "slow"' }, table)).toEqual([
      'k=21 mode=fast, and good',
      'k= mode=slow',
    ]);
    await writeFile(table, '\uFEFFk,mode\r\n21,"fast, ""and"" good"\r\n31,"two\nlines"');
    expect(await labelsOf({ where: 'k > 1' }, table)).toEqual([
      'k=21 mode=fast, "and" good',
      'k=31 mode=two\nlines',
    ]);
  });

  it('runs no combination for blank lines at the end of a table, and one for an empty value in quotes', async () => {
    const table = path.join(directory, 'one-column');
    await writeFile(table, 'k\n1\n2\n\n\n');
    expect(await labelsOf({}, table)).toEqual(['k=1', 'k=2']);
    await writeFile(table, 'k\r\n1\r\n""\r\n\r\n');
    expect(await labelsOf({}, table)).toEqual(['k=1', 'k=']);
  });

  it('does not wait for one who may write into a pipe', async () => {
    const pipe = path.join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(partsOf({}, pipe)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  });

  it('can be ended while it looks for combinations that the condition allows, and gives up at a million', async () => {
    const many = { from: 1, to: 10_000, step: 1 };
    const parameters = { values: { a: many, b: many }, where: 'a > 20000' };
    const controller = new AbortController();
    const planning = partsOf(parameters, undefined, controller.signal);
    setImmediate(() => controller.abort(new Error('ended')));
    await expect(planning).rejects.toThrow('ended');
    await expect(partsOf(parameters)).rejects.toThrow(
      'more than 1000000 combinations of which "a > 20000" chooses',
    );
  }, 60_000);

  it.each([
    ['k\tm\n1\n', 'line 2: expected 2 values (k, m), found 1'],
    ['k k\n1\n', 'line 1: expected names of parameters'],
    ['k,k\n1,2\n', 'line 1: two columns have the same name'],
    ['k,m\n1,"2\n', 'line 2: a quotation mark'],
    ['k\n1\n\n2\n', 'line 3: expected 1 values (k), found 0'],
    [`${'x'.repeat(90)} y\n1\n`, `found "${'x'.repeat(80)}"...`],
    ['', 'line 1: expected names of parameters, found nothing'],
  ])('refuses the table %j and says where', async (content, words) => {
    const table = path.join(directory, 'faulty');
    await writeFile(table, content);
    await expect(partsOf({}, table)).rejects.toThrow(words);
  });

  it.each([
    [{}, 'give exactly one of values (in the parameters) and an input that is a table'],
    [{ values: {} }, 'expected at least one parameter'],
    [{ values: { x: { from: 0, to: 1 } } }, 'x: a range without step and count'],
    [{ values: { x: { from: 0, to: 1e9, step: 1 } } }, 'x: a step of 1 makes 1000000001 values'],
    [{ values: { x: { from: 0, to: 1, count: 3, scale: 'log' } } }, 'above 0'],
    [{ values: { 'x y': [1] } }, 'expected names of letters, digits and _, found x y'],
    [{ values: { x: [] } }, 'expected a list of values, or a range, found an empty list'],
    [{ values: { x: 7 } }, 'values: x: expected a list of values, or a range, found 7. A range has from, to'],
  ])('refuses %j', async (parameters, words) => {
    await expect(async () => partsOf(parameters)).rejects.toThrow(words);
  });

  it('stops at more combinations than may run, without making them all', async () => {
    const many = { from: 1, to: 50_000, step: 1 };
    await expect(partsOf({ values: { a: many, b: many, c: many } })).rejects.toMatchObject({
      code: 'TOO_MANY_PARTS',
    });
  });
});
