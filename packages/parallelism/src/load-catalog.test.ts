import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtIn } from './catalog.ts';
import { loadCatalog } from './load-catalog.ts';
import { mergeNamed, readyMerge } from './merges/merges.ts';
import { PlanError } from './plan-error.ts';
import { defaultMerge } from './plan-language/default-merge.ts';
import { planSplit } from './strategies.ts';
import { planContext } from './testing/plan-context.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'galaxy-mesos-catalog-'));
});
afterAll(() => rm(directory, { recursive: true }));

let modules = 0;

async function moduleOf(text: string): Promise<string> {
  modules += 1;
  const file = path.join(directory, `module-${modules}.mjs`);
  await writeFile(file, text);
  return file;
}

const zod = import.meta.resolve('zod');

const thrice = (name = 'thrice'): string => `
import { z } from ${JSON.stringify(zod)};
export default {
  strategies: [{
    name: '${name}',
    description: 'Runs it three times.',
    parameters: z.strictObject({ word: z.string().default('run') }),
    inputs: { least: 0, most: 0 },
    async *plan(inputs, { word }) {
      for (let index = 0; index < 3; index += 1) {
        yield { index, slices: [], label: word + ' ' + index, records: 0, cost: 1 };
      }
    },
  }],
  merges: [{
    name: '${name}-joined',
    description: 'Joins it.',
    parameters: z.strictObject({}),
    datatypes: ['${name}'],
    how: { kind: 'command', command: () => 'xargs -0 cat < parts.list > merged' },
  }],
};`;

describe('loadCatalog', () => {
  it('has nothing but what is built in where no module is named', async () => {
    expect(await loadCatalog([])).toBe(builtIn);
  });

  it('has what modules bring, by path and by URL, beside what is built in', async () => {
    const catalog = await loadCatalog([
      await moduleOf(thrice()),
      pathToFileURL(await moduleOf(thrice('again'))).href,
    ]);
    expect(catalog.strategies.slice(builtIn.strategies.length).map(({ name }) => name)).toEqual([
      'thrice',
      'again',
    ]);
    const parts = await Array.fromAsync(
      planSplit({ strategy: 'thrice', parameters: { word: 'go' } }, [], planContext(), catalog),
    );
    expect(parts.map(({ label }) => label)).toEqual(['go 0', 'go 1', 'go 2']);
    expect(readyMerge({ merge: 'again-joined' }, catalog)).toMatchObject({ kind: 'command' });
    expect(() => mergeNamed('again-joined')).toThrow('UNKNOWN_MERGE');
  });

  it('joins results of a datatype by the merge that claims it, where nobody says how', async () => {
    const catalog = await loadCatalog([await moduleOf(thrice())]);
    expect(defaultMerge({ fileName: 'x.thrice' }, catalog)).toEqual({ merge: 'thrice-joined' });
    expect(defaultMerge({ fileName: 'x.dat', datatype: 'thrice' }, catalog)).toEqual({
      merge: 'thrice-joined',
    });
    expect(defaultMerge({ fileName: 'x.thrice' })).toEqual({ merge: 'concat' });
  });

  it.each([
    ['no module at all', 'export default {', 'cannot be loaded as an ES module: '],
    ['a module that throws', 'throw new Error("out of order")', 'ES module: out of order'],
    ['nothing', 'export const x = 1;', 'it has no default export: expected { strategies'],
    ['another kind of value', 'export default [];', 'default export: expected { strategies'],
    ['an empty one', 'export default {};', 'its default export has no strategy and no merge'],
    ['a name that is none', thrice('Über'), 'default export.strategies.0.name: expected small letters'],
    ['a key too many', 'export default { strategy: [] };', 'strategy'],
    ['a strategy that is none', 'export default { strategies: [7] };', 'default export.strategies.0: '],
    ['the name of a built-in one', thrice('records'), 'there is a strategy "records" already'],
    [
      'a schema that is none',
      'export default { merges: [{ name: "x", description: "x", parameters: {}, how: { kind: "command", command() {} } }] };',
      'default export.merges.0.parameters: expected a schema of zod 4',
    ],
    [
      'a bound below the other',
      thrice().replace('least: 0', 'least: 2'),
      'default export.strategies.0.inputs: expected least to be no more than most',
    ],
  ])('refuses %s, and names module and export', async (_, text, message) => {
    const file = await moduleOf(text);
    const failure = await loadCatalog([file]).then(String, String);
    expect(failure).toContain(`PlanError: [INVALID_CONTRIBUTION] ${file}`);
    expect(failure).toContain(message);
  });

  it('takes errors of another copy of the package for its own', async () => {
    const PlanErrorOfModule = class extends Error {
      override readonly name = 'PlanError';
      readonly code = 'INVALID_TABLE';
      readonly rawMessage = 'x';
    };
    expect(new PlanErrorOfModule('x')).toBeInstanceOf(PlanError);
    expect(new Error('x')).not.toBeInstanceOf(PlanError);
  });

  it('refuses a name that another module has brought, and a file that is not there', async () => {
    const [first, second] = [await moduleOf(thrice()), await moduleOf(thrice())];
    await expect(loadCatalog([first, second])).rejects.toThrow(
      `${second}: there is a strategy "thrice" already`,
    );
    await expect(loadCatalog(['/no/such.js'])).rejects.toThrow('/no/such.js cannot be loaded');
  });
});
