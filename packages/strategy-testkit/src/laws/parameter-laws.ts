import assert from 'node:assert/strict';
import type { Strategy } from '@galaxy-mesos/parallelism';
import type { Law } from '../law.ts';
import type { Sample } from '../sample.ts';
import type { StrategyClaims } from '../strategy-laws.ts';

/** No strategy and no merge has a parameter of this name. */
const unknownName = 'no_such_parameter';

/** The parameters of a sample as the strategy has checked them. */
export const parametersOf = (
  { parameters }: Pick<Strategy, 'parameters'>,
  sample: Pick<Sample, 'parameters'>,
): unknown => parameters.parse(sample.parameters ?? {});

/** What is said of the parameters of a strategy. */
export const parameterLaws = (
  strategy: Strategy,
  { samples, refusedParameters = [] }: StrategyClaims,
): readonly Law[] =>
  lawsOfParameters(strategy, {
    accepted: samples.map(({ parameters = {} }) => parameters),
    refusedParameters,
  });

type Settings = Readonly<Record<string, unknown>>;

/** Something with parameters: a strategy, a merge. */
type Parameterized = Pick<Strategy, 'name' | 'parameters'>;

interface Given {
  readonly accepted: readonly Settings[];
  readonly refusedParameters: readonly Settings[];
}

/** Parameters are stored as JSON, and what would be ignored is refused. */
export const lawsOfParameters = (
  { name, parameters }: Parameterized,
  { accepted, refusedParameters }: Given,
): readonly Law[] => [
  {
    name: `${name} refuses a parameter that it does not know`,
    async run() {
      for (const given of accepted) {
        const checked = parameters.safeParse({ ...given, [unknownName]: 1 });
        assert(
          !checked.success,
          `${unknownName} is ignored beside ${JSON.stringify(given)}: use z.strictObject`,
        );
      }
    },
  },
  {
    name: `${name} takes parameters that can be stored as JSON`,
    async run() {
      for (const given of accepted) {
        assert.deepEqual(
          JSON.parse(JSON.stringify(given)),
          given,
          'these are not the same after they were stored',
        );
        const checked = parameters.safeParse(given);
        assert(checked.success, `${JSON.stringify(given)} is refused: ${checked.error?.message}`);
      }
    },
  },
  ...refusedParameters.map((given) => ({
    name: `${name} refuses the parameters ${JSON.stringify(given).slice(0, 80)}`,
    async run() {
      assert(!parameters.safeParse(given).success, 'they are accepted');
    },
  })),
];
