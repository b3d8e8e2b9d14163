import type { TaskResources } from '../model/amounts.ts';
import type { DemandClass, DemandClasses } from './demand-classes.ts';
import type { WaitingTask } from './shape.ts';
import { resourcesTogether } from './task-unions.ts';
import type { WaitingEntry } from './waiting-list.ts';

/** A gang of which all tasks wait. */
export interface ReadyGang {
  readonly id: string;
  /** Those that ask for most cores first, since they are the hardest to place. */
  readonly members: readonly { readonly entry: WaitingEntry; readonly demandClass: DemandClass }[];
  /** As its first task has them. */
  readonly queue: string;
  readonly user: string;
  readonly priority: number;
  readonly sequence: number;
  /** Since when all its tasks wait. */
  readonly since: number;
  readonly resources: TaskResources;
}

/** Makes a gang ready to be placed; undefined if it has no tasks. */
export function readyGang(
  id: string,
  tasks: readonly WaitingTask[],
  classes: DemandClasses,
): ReadyGang | undefined {
  const [first] = tasks;
  if (!first) return undefined;
  const { queue = '', user = '', priority = 0 } = first.spec;
  const members = tasks.map((task) => ({
    entry: { id: task.spec.id, sequence: task.sequence, since: task.since },
    demandClass: classes.classOf(task),
  }));
  return {
    id,
    members: members.sort((a, b) => b.demandClass.shape.demand.cpus - a.demandClass.shape.demand.cpus),
    ...{ queue, user, priority },
    sequence: first.sequence,
    since: Math.max(...tasks.map(({ since }) => since)),
    resources: resourcesTogether(tasks.map(({ resources }) => resources)),
  };
}
