import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { type Catalog, type MergeChoice, mergeNamed, PlanError, readyMerge } from '@galaxy-mesos/parallelism';

type Output = Pick<Job['outputs'][number], 'file' | 'merges'>;

/**
 * How the results of the parts of a job with a directory are joined, where it says so of an output or a pattern.
 * @throws PlanError if that is not one merge of files
 */
export function mergeOf({ file, merges = [] }: Output, catalog: Catalog): MergeChoice | undefined {
  const [merge, ...others] = merges;
  if (!merge) return undefined;
  const refuse = (text: string) =>
    new PlanError('INVALID_PARAMETERS', `the merge of ${file.slice(0, 80)}: ${text}`);
  if (others.length > 0) {
    throw refuse(
      `expected one, found ${merges.length}: what all parts of a job of Galaxy have made is joined at once`,
    );
  }
  if ('reduce' in merge) throw refuse('a command that reduces is not for jobs of Galaxy; choose a merge');
  readyMerge(merge, catalog);
  if (mergeNamed(merge.merge, catalog).makes !== 'directory') return merge;
  throw refuse(`${merge.merge} makes a directory, and Galaxy asks for a file; choose another`);
}
