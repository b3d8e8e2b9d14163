import type { Catalog, MergeChoice, Strategy } from '@galaxy-mesos/parallelism';
import fc from 'fast-check';
import { type Law, lawIn } from './law.ts';
import { abortLaws } from './laws/abort-laws.ts';
import { errorLaws } from './laws/error-laws.ts';
import { memoryLaws } from './laws/memory-laws.ts';
import { parameterLaws } from './laws/parameter-laws.ts';
import { partLaws } from './laws/part-laws.ts';
import type { Sample } from './sample.ts';

/** What a strategy is checked with. */
export interface StrategyClaims {
  /** Jobs that it can cut. Give small ones that are special: nothing in the file, one record, a header alone. */
  readonly samples: readonly Sample[];
  /** More of them, made at random; see `samplesOf`. */
  readonly generated?: fc.Arbitrary<Sample>;
  /** How many of those; 25 where it is not said. */
  readonly runs?: number;
  /**
   * The merge that makes the inputs of their parts again, byte for byte. A strategy whose parts do not make up its
   * inputs has none.
   */
  readonly rejoin?: MergeChoice;
  /** What is there to join with; the built-in merges where it is not said. */
  readonly catalog?: Catalog;
  /** The records in a file of an input, or in a part of one: each must then be in exactly one part, in order. */
  readonly recordsOf?: (file: Buffer, input: string) => readonly string[];
  /** Jobs that it refuses while it plans, with an error that names a file of theirs or what `names` says. */
  readonly refused?: readonly (Sample & { readonly names?: string | RegExp })[];
  /** Parameters that it refuses. */
  readonly refusedParameters?: readonly Readonly<Record<string, unknown>>[];
  /** A job with so large a file that a strategy tells the first part before it has come to the file's end, which is broken. */
  readonly lazy?: Sample;
  /**
   * A job with a file far larger than the memory that it is planned in: `megabytes` of heap, and as much of buffers (128
   * where it is not said).
   */
  readonly memory?: {
    readonly sample: Sample;
    /** The modules that bring the strategy, as file URLs; none if it is built in. */
    readonly modules?: readonly string[];
    readonly megabytes?: number;
  };
  /** A job that would have more parts than there may be. */
  readonly tooMany?: Sample;
}

/** The laws that hold of every strategy, and those that follow from what is claimed of this one. */
export function strategyLaws(strategy: Strategy, claims: StrategyClaims): readonly Law[] {
  const { samples, generated, runs = 25 } = claims;
  const laws = partLaws(strategy, claims);
  return [
    ...parameterLaws(strategy, claims),
    ...samples.flatMap((sample) =>
      laws.map(({ title, check }) =>
        lawIn(`${strategy.name} ${title} (${sample.title})`, (directory) => check(sample, directory)),
      ),
    ),
    ...(generated
      ? laws.map(({ title, check }) =>
          lawIn(`${strategy.name} ${title} (${runs} jobs made at random)`, (directory) =>
            eachIn(directory, generated, { runs, check }),
          ),
        )
      : []),
    ...abortLaws(strategy, claims),
    ...errorLaws(strategy, claims),
    ...memoryLaws(strategy, claims),
  ];
}

interface Check {
  readonly runs: number;
  check(sample: Sample, directory: string): Promise<void>;
}

function eachIn(directory: string, samples: fc.Arbitrary<Sample>, { runs, check }: Check): Promise<void> {
  let count = 0;
  const property = fc.asyncProperty(samples, (sample) => {
    count += 1;
    return check(sample, `${directory}/${count}`);
  });
  return fc.assert(property, { numRuns: runs });
}
