import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type FileRange,
  type Part,
  type PlanInput,
  readyStrategy,
  type Strategy,
} from '@galaxy-mesos/parallelism';
import { type CutPart, carryOut, planIn, readCuts } from '../carry-out.ts';
import { joinIn } from '../join-in.ts';
import { layOut, type Sample } from '../sample.ts';
import type { StrategyClaims } from '../strategy-laws.ts';

/** Something that holds of every plan. */
interface PartLaw {
  /** How the sentence goes on that begins with the strategy's name. */
  readonly title: string;
  check(sample: Sample, directory: string): Promise<void>;
}

/** A sample with its plan. */
interface Planned {
  readonly inputs: readonly PlanInput[];
  readonly parameters: unknown;
  readonly parts: readonly Part[];
  /** Where there is place. */
  readonly directory: string;
}

/** Looks the parameters over as the runner does, and plans. */
async function planned(strategy: Strategy, sample: Sample, directory: string): Promise<Planned> {
  const inputs = await layOut(sample, directory);
  const catalog = { strategies: [strategy], merges: [] };
  const choice = { strategy: strategy.name, parameters: sample.parameters ?? {} };
  const { parameters } = readyStrategy(choice, inputs.length, catalog);
  const plan = await planIn({ strategy, inputs, parameters, directory });
  return { inputs, parameters, parts: await Array.fromAsync(plan), directory };
}

/** What holds of every plan of the strategy. */
export function partLaws(
  strategy: Strategy,
  { recordsOf, rejoin, catalog }: StrategyClaims,
): readonly PartLaw[] {
  const cutOf = async (sample: Sample, directory: string): Promise<Planned & { cut: readonly CutPart[] }> => {
    const plan = await planned(strategy, sample, directory);
    return { ...plan, cut: await carryOut(plan.parts, path.join(directory, 'cut')) };
  };
  return [
    {
      title: 'tells parts in order, which are whole and can be stored',
      check: async (sample, directory) => assertParts(await planned(strategy, sample, directory)),
    },
    {
      title: 'gives the values that it names, and no others',
      check: async (sample, directory) => assertValues(strategy, await planned(strategy, sample, directory)),
    },
    {
      title: 'plans the same again',
      check: async (sample, directory) => {
        const plan = await planned(strategy, sample, directory);
        const again = await planIn({ strategy, ...plan });
        assert.deepEqual(await Array.fromAsync(again), plan.parts, 'the second plan is another one');
      },
    },
    {
      title: 'has parts that a shell can cut, and leaves the inputs as they are',
      check: async (sample, directory) => {
        const before = await contentsOf(await layOut(sample, directory));
        const { inputs } = await cutOf(sample, directory);
        assert.deepEqual(await contentsOf(inputs), before, 'an input is not what it was');
      },
    },
    ...(recordsOf
      ? [
          {
            title: 'has every record in exactly one part, in order',
            check: async (sample: Sample, directory: string) =>
              assertRecords(await cutOf(sample, directory), recordsOf),
          },
        ]
      : []),
    ...(rejoin
      ? [
          {
            title: `gives its inputs back when ${rejoin.merge} joins the parts`,
            check: async (sample: Sample, directory: string) => {
              const { inputs, cut } = await cutOf(sample, directory);
              for (const [index, { name, paths }] of inputs.entries()) {
                const parts = cut
                  .flatMap(({ files }) => files.get(name) ?? [])
                  .map((file) => ({ path: file }));
                const result = await joinIn(path.join(directory, `joined ${index}`), rejoin, {
                  parts,
                  catalog,
                });
                const whole = Buffer.concat(await Promise.all(paths.map((file) => readFile(file))));
                assert.equal(result.toString('latin1'), whole.toString('latin1'), `${name} is another one`);
              }
            },
          },
        ]
      : []),
  ];
}

const contentsOf = (inputs: readonly PlanInput[]): Promise<Buffer[]> =>
  Promise.all(inputs.flatMap(({ paths }) => paths.map((file) => readFile(file))));

async function assertParts({ inputs, parts }: Planned): Promise<void> {
  assert(parts.length > 0, 'expected at least one part, found none: a job without work still runs once');
  const names = new Set(inputs.map(({ name }) => name));
  for (const [index, part] of parts.entries()) {
    const which = `part ${index}`;
    assert.equal(part.index, index, `${which}: parts are counted from 0, in order`);
    assert.deepEqual(JSON.parse(JSON.stringify(part)), part, `${which}: is not the same after it was stored`);
    assert(Number.isSafeInteger(part.records) && part.records >= 0, `${which}: records is ${part.records}`);
    assert(Number.isFinite(part.cost) && part.cost >= 0, `${which}: cost is ${part.cost}`);
    assert(!/\p{Cc}/u.test(part.label ?? ''), `${which}: its label is no line of plain text`);
    const cut = part.slices.map(({ input }) => input);
    assert.deepEqual(cut, [...new Set(cut)], `${which}: has two slices of one input`);
    for (const input of cut) assert(names.has(input), `${which}: there is no input ${input}`);
    for (const { pieces, beside = [] } of part.slices) {
      for (const piece of [...pieces, ...beside.flatMap((one) => one.pieces)]) {
        if (piece.kind === 'range') await assertRange(which, piece);
      }
    }
  }
}

async function assertRange(which: string, { path: file, offset, length }: FileRange): Promise<void> {
  assert(path.isAbsolute(file), `${which}: ${file} is relative`);
  const { size } = await stat(file);
  const isInside = Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= size;
  assert(isInside, `${which}: has ${length} bytes from byte ${offset} of ${file}, which has ${size}`);
}

async function assertValues(strategy: Strategy, { inputs, parameters, parts }: Planned): Promise<void> {
  const names = [...((await strategy.valueNames?.(inputs, parameters)) ?? [])].sort();
  for (const name of names)
    assert(/^[A-Za-z_]\w*$/.test(name), `{${name}} is no name that a command can use`);
  for (const { index, values = {} } of parts) {
    assert.deepEqual(
      Object.keys(values).sort(),
      names,
      `part ${index}: its values are not those of valueNames`,
    );
    for (const value of Object.values(values))
      assert.equal(typeof value, 'string', `part ${index}: ${value}`);
  }
}

async function assertRecords(
  { inputs, cut }: Planned & { readonly cut: readonly CutPart[] },
  recordsOf: NonNullable<StrategyClaims['recordsOf']>,
): Promise<void> {
  for (const { name, paths } of inputs) {
    const files = await Promise.all(paths.map((file) => readFile(file)));
    const found = (await readCuts(cut, name)).map((file) => recordsOf(file, name));
    assert.deepEqual(
      found.flat(),
      files.flatMap((file) => recordsOf(file, name)),
      `records of ${name}`,
    );
    if (inputs.length > 1) continue;
    for (const [index, { part }] of cut.entries()) {
      if (part.records !== 0) assert.equal(part.records, found[index]?.length, `part ${index}: its records`);
    }
  }
}
