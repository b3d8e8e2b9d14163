import { z } from 'zod';
import { wholeNumber } from '../parameter-schemas.ts';
import { maximumParts, type Part, type PlanContext, type PlanInput, type Strategy } from '../strategy.ts';
import { largestSeed, seedOf } from './seeds.ts';

const parametersSchema = z.strictObject({
  /** So many runs. */
  replicates: wholeNumber({ least: 1, most: maximumParts }),
  /** From which the seeds of the runs follow. */
  seed: wholeNumber({ least: 0, most: largestSeed }).default(1),
});

/** Parameters of the strategy `replicate`: how many runs, and the seed of their seeds. */
export type ReplicateParameters = z.output<typeof parametersSchema>;

async function* plan(
  _inputs: readonly PlanInput[],
  { replicates, seed }: ReplicateParameters,
  { signal }: PlanContext,
): AsyncGenerator<Part> {
  for (let index = 0; index < replicates; index += 1) {
    signal?.throwIfAborted();
    const values = { replicate: String(index + 1), seed: String(seedOf(seed, index)) };
    yield { index, slices: [], values, label: `replicate ${index + 1}`, records: 0, cost: 1 };
  }
}

/** Runs the same command many times, each time with a seed of its own: bootstraps, consensus of clusterings. */
export const replicate: Strategy<ReplicateParameters> = {
  name: 'replicate',
  description:
    'Runs the command so many times on whole inputs, each time with another {seed} and {replicate}, which counts from ' +
    '1. The same seed gives the same seeds again; how results become one is the matter of the merge or of a reducer.',
  parameters: parametersSchema,
  inputs: { least: 0, most: 0 },
  valueNames: async () => ['replicate', 'seed'],
  plan,
};
