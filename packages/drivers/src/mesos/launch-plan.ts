import type { mesos } from '@galaxy-mesos/mesos-client';
import { type AttemptUpdate, describeResources, type Launch, type Resources } from '@galaxy-mesos/scheduler';
import { faultOfLaunch } from '../launch-fault.ts';
import { launchUnits } from '../launch-units.ts';
import { gpuVariableOf } from './gpu-devices.ts';
import { executorIdOf, groupExecutor, makeRoom } from './group-executor.ts';
import { OfferedResources } from './offered-resources.ts';
import { type TaskDefaults, taskInfo } from './task-info.ts';

/** Why an attempt was not sent to the master, in the words of an update. */
export type Refusal = Pick<AttemptUpdate, 'attemptId' | 'state' | 'reason' | 'message'>;

/** Tasks that are started together or not at all. */
export type PlannedGroup = mesos.Offer.Operation.LaunchGroup;

/** What becomes of launches on the offers of one agent and one role. */
export interface LaunchPlan {
  readonly tasks: readonly mesos.TaskInfo[];
  readonly groups: readonly PlannedGroup[];
  readonly refusals: readonly Refusal[];
}

/** What a plan needs to know besides launches and offers. */
export interface PlanSettings extends TaskDefaults {
  readonly frameworkId: string;
  /** What the executor of a group has. */
  readonly groupExecutor: Resources;
}

/** The attempt had no offer to run on; it can be tried on another. */
export const dropped = ({ attemptId }: Launch, message: string): Refusal => ({
  attemptId,
  state: 'TASK_DROPPED',
  reason: 'REASON_INVALID_OFFERS',
  message,
});

/** The attempt can run nowhere. */
export const invalid = ({ attemptId }: Launch, message: string): Refusal => ({
  attemptId,
  state: 'TASK_ERROR',
  reason: 'REASON_TASK_INVALID',
  message,
});

/** Divides the resources of offers among launches. */
class Planner {
  readonly tasks: mesos.TaskInfo[] = [];
  readonly groups: PlannedGroup[] = [];
  readonly refusals: Refusal[] = [];
  readonly #offered: OfferedResources;
  readonly #agentId: string;
  readonly #settings: PlanSettings;

  constructor(offers: readonly mesos.Offer[], settings: PlanSettings) {
    const [offer] = offers;
    this.#offered = new OfferedResources(offers.flatMap(({ resources = [] }) => resources));
    this.#agentId = offer?.agent_id.value ?? '';
    this.#settings = { ...settings, gpuVariable: offer && gpuVariableOf(offer) };
  }

  /** Plans launches of one group, or a single one; refuses all of them if one cannot be served. */
  plan(unit: readonly Launch[]): void {
    const fault = unit.map(faultOfLaunch).find((text) => text !== undefined);
    if (fault !== undefined) {
      this.refusals.push(...unit.map((launch) => invalid(launch, faultOfLaunch(launch) ?? inGroup(fault))));
      return;
    }
    const isGroup = unit[0]?.groupId !== undefined;
    let missing = '';
    const isPlanned = this.#offered.transaction(() => {
      missing = (isGroup ? this.#planGroup(unit) : this.#planTasks(unit, this.tasks)) ?? '';
      return missing === '';
    });
    if (isPlanned) return;
    const left = describeResources(this.#offered.total);
    const message = `The offer has too little left of ${missing} (in all ${left})`;
    this.refusals.push(...unit.map((launch) => dropped(launch, isGroup ? inGroup(message) : message)));
  }

  /** Answers what there is too little of. */
  #planTasks(launches: readonly Launch[], tasks: mesos.TaskInfo[]): string | undefined {
    for (const launch of launches) {
      const taking = this.#offered.take(launch.resources, launch.assigned);
      if ('missing' in taking) return taking.missing;
      tasks.push(taskInfo(launch, this.#agentId, taking.pieces, this.#settings));
    }
    return undefined;
  }

  #planGroup(unit: readonly Launch[]): string | undefined {
    const { groupExecutor: wanted, frameworkId } = this.#settings;
    const { launches, extra } = makeRoom(unit, wanted);
    const tasks: mesos.TaskInfo[] = [];
    const missing = this.#planTasks(launches, tasks);
    if (missing !== undefined) return missing;
    const { reservation, revocable = false } = unit[0]?.resources ?? {};
    // Of the same kind as its tasks: the room was made there, and Mesos refuses a group of which a part is revocable.
    const taking = this.#offered.take({ ...wanted, revocable, ...(reservation && { reservation }) });
    if ('missing' in taking) {
      const own = describeResources(extra);
      return `${taking.missing} for the executor of the group, which needs ${own} besides what its tasks ask for`;
    }
    const executor = groupExecutor(executorIdOf(unit), frameworkId, taking.pieces);
    this.groups.push({ executor, task_group: { tasks } });
    return undefined;
  }
}

const inGroup = (message: string): string => `Not started with its group: ${message}`;

/**
 * Divides offers of one agent and one role among launches, in their order; one that there is too little for is left
 * out, with its group if it has one.
 */
export function planLaunch(
  offers: readonly mesos.Offer[],
  launches: readonly Launch[],
  settings: PlanSettings,
): LaunchPlan {
  const planner = new Planner(offers, settings);
  // What no message of Mesos can express is refused here; everything else the master judges by itself.
  for (const unit of launchUnits(launches)) planner.plan(unit);
  return planner;
}
