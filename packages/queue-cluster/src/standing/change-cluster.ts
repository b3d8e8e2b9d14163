import type { ClusterDefinition } from '../definition/definition.ts';
import type { Wanted } from '../pools/news.ts';
import { replaceAfter } from './atomic-file.ts';
import { readDefinition } from './clusters.ts';
import { Overtaken } from './exclusive-file.ts';
import { printJson } from './json-file.ts';
import { clusterFile } from './paths.ts';
import { changeWantedWith } from './wanted.ts';

/** What a cluster is, and what is wanted of it. */
export interface ClusterState {
  readonly definition: ClusterDefinition;
  readonly wanted: Wanted;
}

/**
 * What a cluster is and what is wanted of it from now on, by what it was; `at` as for {@link WantedChange}. Undefined: as
 * before.
 */
export type ClusterChange<After extends ClusterState | undefined> = (
  before: { readonly definition: ClusterDefinition; readonly wanted: Wanted | undefined },
  at: number,
) => After;

/**
 * Changes what a cluster is, and what is wanted of it: of several programs that do, each sees what the one before has
 * said. Both are on the disk when this resolves, and its launcher hears of it; what `change` throws leaves all as it is.
 * A program that is killed midway has said what is wanted, and says the rest when it does the same again.
 * @throws QueueClusterError DAMAGED, NO_SPACE; UNKNOWN_CLUSTER if it is gone
 */
export function changeCluster<After extends ClusterState | undefined>(
  directory: string,
  change: ClusterChange<After>,
): Promise<After> {
  return changeWantedWith(directory, async (before, at, say, isOurs) => {
    const definition = await readDefinition(directory);
    const after = change({ definition, wanted: before }, at);
    if (!after) return after;
    await say(after.wanted);
    const text = printJson(after.definition);
    if (text === printJson(definition)) return after;
    await replaceAfter(clusterFile(directory, 'definition'), text, async () => {
      if (!(await isOurs())) throw new Overtaken();
    });
    return after;
  });
}
