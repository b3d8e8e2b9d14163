import assert from 'node:assert/strict';
import path from 'node:path';
import { maximumParts, type Part, type PlanInput, type Strategy } from '@galaxy-mesos/parallelism';
import { planIn } from '../carry-out.ts';
import { assertOwnError, refusalOf } from '../expect-refusal.ts';
import { type Law, lawIn } from '../law.ts';
import { layOut, type Sample } from '../sample.ts';
import type { StrategyClaims } from '../strategy-laws.ts';
import { parametersOf } from './parameter-laws.ts';

/** How a strategy says that it cannot. */
export const errorLaws = (strategy: Strategy, claims: StrategyClaims): readonly Law[] => [
  ...missingLaws(strategy, claims.samples),
  ...(claims.refused ?? []).map(({ names, ...sample }) =>
    lawIn(`${strategy.name} refuses ${sample.title}, and says of what`, async (directory) => {
      const inputs = await layOut(sample, directory);
      const refusal = await refusalOf(() => allParts(strategy, { sample, inputs, directory }), sample.title);
      assertOwnError(refusal, names ?? anyFileOf(inputs));
    }),
  ),
  ...lazyLaws(strategy, claims.lazy),
  ...tooManyLaws(strategy, claims.tooMany),
];

interface Job {
  readonly sample: Sample;
  readonly inputs: readonly PlanInput[];
  readonly directory: string;
}

const allParts = async (strategy: Strategy, job: Job): Promise<readonly Part[]> =>
  Array.fromAsync(await planOf(strategy, job));

const planOf = (strategy: Strategy, { sample, inputs, directory }: Job): Promise<AsyncGenerator<Part>> =>
  planIn({ strategy, inputs, parameters: parametersOf(strategy, sample), directory });

const anyFileOf = (inputs: readonly PlanInput[]): readonly string[] => inputs.flatMap(({ paths }) => paths);

/** Each input in turn is not there; one sample says as much as all. */
function missingLaws(strategy: Strategy, samples: readonly Sample[]): readonly Law[] {
  const sample = samples.find(({ inputs }) => Object.keys(inputs).length > 0);
  return Object.keys(sample?.inputs ?? {}).flatMap((name) =>
    sample === undefined
      ? []
      : lawIn(`${strategy.name} names the file of ${name} if it is not there`, async (directory) => {
          const missing = path.join(directory, 'missing file');
          const inputs = (await layOut(sample, directory)).map(
            (input): PlanInput => (input.name === name ? { ...input, paths: [missing] } : input),
          );
          const refusal = await refusalOf(
            () => allParts(strategy, { sample, inputs, directory }),
            'a missing file',
          );
          assertOwnError(refusal, missing);
        }),
  );
}

const lazyLaws = (strategy: Strategy, sample: Sample | undefined): readonly Law[] =>
  sample === undefined
    ? []
    : [
        lawIn(
          `${strategy.name} tells the first part before it has read all of ${sample.title}`,
          async (directory) => {
            const inputs = await layOut(sample, directory);
            const plan = await planOf(strategy, { sample, inputs, directory });
            const first = await plan.next();
            assert(!first.done, 'expected a part before the end, which is broken');
            assertOwnError(
              await refusalOf(() => Array.fromAsync(plan), 'the end, which is broken'),
              anyFileOf(inputs),
            );
          },
        ),
      ];

const tooManyLaws = (strategy: Strategy, sample: Sample | undefined): readonly Law[] =>
  sample === undefined
    ? []
    : [
        lawIn(
          `${strategy.name} refuses ${sample.title}: more than ${maximumParts} parts`,
          async (directory) => {
            const inputs = await layOut(sample, directory);
            const plan = await planOf(strategy, { sample, inputs, directory });
            let count = 0;
            const refusal = await refusalOf(async () => {
              for await (const _ of plan) count += 1;
            }, 'too many parts');
            assertOwnError(refusal, '[TOO_MANY_PARTS]');
            assert(count <= maximumParts, `${count} parts were told before it was refused`);
          },
        ),
      ];
