import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import { PlanError } from '../plan-error.ts';
import { recordsShape, refineAmount } from '../records/parameters.ts';
import { records } from '../records/records.ts';
import { maximumParts, type Part, type PlanContext, type PlanInput, type Strategy } from '../strategy.ts';

const parametersSchema = refineAmount(
  z.strictObject({
    ...recordsShape,
    /** Both inputs are the same file, and what a pair gives does not depend on which of the two comes first. */
    symmetric: z.boolean().default(false),
  }),
);

/** Parameters of the strategy `pairs`: how each input is cut into blocks, and whether half of the pairs will do. */
export type PairsParameters = z.output<typeof parametersSchema>;

async function* plan(
  inputs: readonly PlanInput[],
  { symmetric, ...amount }: PairsParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  const [left, right] = inputs;
  if (!left || !right) throw new Error('planSplit gives a strategy as many inputs as it takes');
  if (symmetric) await requireSame(left, right);
  const rows = await Array.fromAsync(records.plan([left], amount, context));
  const columns = await Array.fromAsync(records.plan([right], amount, context));
  const total = symmetric ? (rows.length * (rows.length + 1)) / 2 : rows.length * columns.length;
  if (total > maximumParts) throw tooMany(total);
  let index = 0;
  for (const row of rows) {
    for (const column of columns.slice(symmetric ? row.index : 0)) {
      context.signal?.throwIfAborted();
      yield {
        index,
        slices: [...row.slices, ...column.slices],
        values: { left: String(row.index + 1), right: String(column.index + 1) },
        label: `block ${row.index + 1} x ${column.index + 1}`,
        records: row.records * column.records,
        cost: row.cost * column.cost,
      };
      index += 1;
    }
  }
}

async function requireSame(left: PlanInput, right: PlanInput): Promise<void> {
  const [first, second] = await Promise.all([realpath(left.paths[0]), realpath(right.paths[0])]);
  if (first === second) return;
  throw new PlanError(
    'INVALID_PARAMETERS',
    `strategy pairs: symmetric needs the same file twice; ${left.name} is ${first}, and ${right.name} is ${second}`,
  );
}

const tooMany = (total: number): PlanError =>
  new PlanError(
    'TOO_MANY_PARTS',
    `strategy pairs: there would be ${total} pairs of blocks, expected at most ${maximumParts}: choose larger or fewer blocks`,
  );

/** All against all, in blocks: alignments, distances. */
export const pairs: Strategy<PairsParameters> = {
  name: 'pairs',
  description:
    'Cuts two inputs, or the same one given twice, into blocks of records, and runs the command on each pair of blocks; ' +
    'with symmetric, on one of the two orders of a pair, and on each block with itself. The merged result has what the ' +
    'unsplit job gives for each pair of records, in the order of the blocks.',
  parameters: parametersSchema,
  inputs: { least: 2, most: 2 },
  valueNames: async () => ['left', 'right'],
  plan,
};
