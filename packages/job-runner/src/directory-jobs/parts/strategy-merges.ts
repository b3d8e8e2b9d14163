import { isDeepStrictEqual } from 'node:util';
import type { Job, Split } from '@galaxy-mesos/galaxy-jobs';
import { type Catalog, defaultMerge, type MergeChoice } from '@galaxy-mesos/parallelism';
import type { PlanRecord } from '../../plan-record.ts';

/** How a strategy wants results of a format to be joined. */
export interface StrategyMerge {
  readonly format: string;
  readonly merge: MergeChoice;
}

/** What files of a job of Galaxy will be is seen when they are there; strategies say more of none than of these. */
const formats = ['vcf', 'bcf', 'bam', 'sam', 'tabular'] as const;

const resultOf = (format: string): string => `result.${format}`;

/** What is planned in the place of the outputs, which nobody knows yet: a result of each format. */
export function resultsOfFormats({ alternatives }: Split): Job['outputs'] {
  // What several steps have cut is joined at once here, of which none of their strategies says anything.
  if (alternatives.some(({ by }) => by.length > 1)) return [];
  return formats.map((format) => {
    const name = resultOf(format);
    return { name, file: name, destination: `/${name}`, whenMissing: 'empty' as const };
  });
}

/** How the plan joins {@link resultsOfFormats}; a directory is nothing that Galaxy asks for. */
export function mergesOfFormats(joins: PlanRecord['joins']): readonly StrategyMerge[] {
  return formats.flatMap((format) => {
    const found = joins[resultOf(format)]?.[0]?.merge;
    if (found?.kind !== 'here' || found.makes !== undefined) return [];
    const { merge, parameters } = found;
    return [{ format, merge: { merge, ...(parameters && { parameters }) } }];
  });
}

/** Whether a strategy has said it: else what is in the files tells more. */
export const isOfStrategy = ({ format, merge }: StrategyMerge, catalog: Catalog): boolean =>
  !isDeepStrictEqual(merge, defaultMerge({ fileName: resultOf(format) }, catalog));
