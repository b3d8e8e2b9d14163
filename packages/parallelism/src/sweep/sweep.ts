import { setImmediate } from 'node:timers/promises';
import { quoteText } from '@galaxy-mesos/formats';
import { type ConditionFact, parseCondition } from '../condition/condition.ts';
import { PlanError } from '../plan-error.ts';
import { maximumParts, type Part, type PlanContext, type PlanInput, type Strategy } from '../strategy.ts';
import { type Combination, type Combinations, combinationsOf } from './combinations.ts';
import { type Scalar, type SweepParameters, sweepParametersSchema } from './parameters.ts';
import { combinationsOfTable } from './table.ts';

/** So many combinations are looked at in search of such that the condition allows: ten for each that may be run. */
const mostLooks = 10 * maximumParts;

/** So many are looked at without a pause: some milliseconds, in which nobody else is heard. */
const looksAtOnce = 1000;

async function* plan(
  inputs: readonly PlanInput[],
  parameters: SweepParameters,
  { signal }: PlanContext,
): AsyncGenerator<Part> {
  let index = 0;
  for await (const combination of chosen(await given(inputs, parameters, signal), parameters.where, signal)) {
    signal?.throwIfAborted();
    if (index === maximumParts) throw tooMany();
    const values = Object.fromEntries(
      Object.entries(combination).map(([name, value]) => [name, String(value)]),
    );
    const label = Object.entries(values).map(([name, value]) => `${name}=${value}`);
    yield { index, slices: [], values, label: label.join(' '), records: 0, cost: 1 };
    index += 1;
  }
  if (index === 0) throw new PlanError('INVALID_PARAMETERS', 'strategy sweep: no combination is left to run');
}

function given(
  [table]: readonly PlanInput[],
  parameters: SweepParameters,
  signal?: AbortSignal,
): Combinations | Promise<Combinations> {
  const { values, combine, draw } = parameters;
  if (!table && values) return combinationsOf(parameters);
  if (table && !values && !draw && combine === 'product') return combinationsOfTable(table.paths[0], signal);
  throw new PlanError(
    'INVALID_PARAMETERS',
    'strategy sweep: give exactly one of values (in the parameters) and an input that is a table of them',
  );
}

async function* chosen(
  { lists, combinations }: Combinations,
  where: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Combination> {
  if (where === undefined) return yield* combinations;
  const condition = await parseCondition(where);
  const kinds = new Map(lists.map(([name, list]) => [name, kindOf(list)]));
  let looks = 0;
  for (const combination of combinations) {
    if (looks === mostLooks) throw tooManyLooks(where);
    looks += 1;
    if (looks % looksAtOnce === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const facts = Object.entries(combination).map(([name, value]) => [name, factOf(value, kinds.get(name))]);
    if (condition.holds(Object.fromEntries(facts))) yield combination;
  }
}

type Kind = 'whole' | 'number' | 'as written';

/**
 * What all values of a parameter are, the texts of a table as well: whole numbers count as such only where all of them
 * are, because CEL does not mix the two kinds of numbers.
 */
function kindOf(list: readonly Scalar[]): Kind {
  const numbers = list.map((value) =>
    value === '' || typeof value === 'boolean' ? Number.NaN : Number(value),
  );
  if (numbers.every(Number.isSafeInteger)) return 'whole';
  return numbers.every(Number.isFinite) ? 'number' : 'as written';
}

function factOf(value: Scalar, kind: Kind | undefined): ConditionFact {
  if (kind === 'whole') return BigInt(Number(value));
  return kind === 'number' ? Number(value) : value;
}

const tooMany = (): PlanError =>
  new PlanError(
    'TOO_MANY_PARTS',
    `strategy sweep: there are more than ${maximumParts} combinations to run; give fewer values, a narrower condition, or draw some`,
  );

const tooManyLooks = (where: string): PlanError => {
  const text = `there are more than ${mostLooks} combinations of which ${quoteText(where)} chooses; give fewer values, or draw some`;
  return new PlanError('TOO_MANY_PARTS', `strategy sweep: ${text}`);
};

/** Runs the same command for each of many combinations of parameters. */
export const sweep: Strategy<SweepParameters> = {
  name: 'sweep',
  description:
    'Runs the command once for each combination of parameters: all, pairwise, drawn by chance or over a Latin hypercube, ' +
    'or the lines of a table. What stands in braces in the command, such as {k}, is the value; the results are kept ' +
    'apart, or are rows of one table with the parameters as columns.',
  parameters: sweepParametersSchema,
  inputs: { least: 0, most: 1, role: 'read' },
  valueNames: async (inputs, parameters) => (await given(inputs, parameters)).lists.map(([name]) => name),
  plan,
  merge: () => ({ merge: 'collection' }),
};
