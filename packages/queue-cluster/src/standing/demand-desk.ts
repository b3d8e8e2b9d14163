import { randomUUID } from 'node:crypto';
import { whyNoAgents } from '../no-agents.ts';
import { readDefinition } from './clusters.ts';
import { type DemandClass, removeDemand, writeDemand } from './demand.ts';
import { directoryOf } from './directory-of.ts';

/** Where a framework says what it lacks, each few seconds for as long as it may lack something. */
export interface DemandDesk {
  /**
   * Answers why agents do not come for that: nothing where they come, or the queue only takes its time.
   * @throws QueueClusterError UNKNOWN_CLUSTER once it is down, NO_SPACE
   */
  tell(classes: readonly DemandClass[]): Promise<readonly string[]>;
  /** Nothing is lacking any more. */
  withdraw(): Promise<void>;
}

/** Frameworks tell every five seconds; a file server may keep one back for a while. */
const ttlSeconds = 20;

/**
 * Where a framework says what it lacks whose master is found by this URL, as `resolveMesosUrl` answers it; undefined if
 * that is not the master of a cluster in a queue.
 * @throws QueueClusterError DAMAGED
 */
export async function demandDesk(url: string): Promise<DemandDesk | undefined> {
  const directory = await directoryOf(url);
  if (directory === undefined) return undefined;
  const id = `framework-${randomUUID()}`;
  return {
    async tell(classes) {
      // One that is down by now has no directory any more, which is to stay so.
      await readDefinition(directory);
      await writeDemand(directory, id, { at: Date.now(), ttlSeconds, classes });
      return classes.length === 0 ? [] : whyNoAgents(directory, id, Date.now());
    },
    withdraw: () => removeDemand(directory, id),
  };
}
