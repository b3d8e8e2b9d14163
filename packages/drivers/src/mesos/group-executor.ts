import type { mesos } from '@galaxy-mesos/mesos-client';
import {
  type Launch,
  noResources,
  type ResourceName,
  type Resources,
  resourceNames,
  subtractResources,
} from '@galaxy-mesos/scheduler';

/** The least that Mesos lets the executor of a group have; without disk it refuses the group. */
export const defaultGroupExecutor: Resources = { cpus: 0.01, mem: 32, disk: 1 };

/**
 * The executor of a group is known by the id of the group's first attempt: that is never used again, whereas a group
 * that is tried again bears the same id, and an executor that still ends would take it for its own.
 */
export const executorIdOf = ([first]: readonly Launch[]): string => `group-${first?.attemptId ?? ''}`;

function shrink(launches: readonly Launch[], name: ResourceName, amount: number): Launch[] | undefined {
  const largest = [...launches].sort((a, b) => b.resources[name] - a.resources[name])[0];
  // A task keeps at least as much as it gives away.
  if (largest === undefined || largest.resources[name] < 2 * amount) return undefined;
  return launches.map((launch) => {
    if (launch !== largest) return launch;
    const less = subtractResources(launch.resources, { ...noResources, [name]: amount });
    return { ...launch, resources: { ...launch.resources, ...less } };
  });
}

/**
 * Takes what the executor of a group needs off what its tasks ask for, where one of them is large enough: Mesos limits
 * a group as a whole, so that it then takes no more of the agent than the tasks do without it. `extra` is what must
 * come from the offer besides.
 */
export function makeRoom(
  launches: readonly Launch[],
  executor: Resources,
): { readonly launches: readonly Launch[]; readonly extra: Resources } {
  let room = launches;
  let extra: Resources = noResources;
  for (const name of resourceNames) {
    const smaller = executor[name] > 0 ? shrink(room, name, executor[name]) : room;
    if (smaller === undefined) extra = { ...extra, [name]: executor[name] };
    else room = smaller;
  }
  return { launches: room, extra };
}

/** Mesos's own executor, which starts the tasks of a group together and ends them together. */
export const groupExecutor = (
  executorId: string,
  frameworkId: string,
  resources: readonly mesos.Resource[],
): mesos.ExecutorInfo => ({
  type: 'DEFAULT',
  executor_id: { value: executorId },
  framework_id: { value: frameworkId },
  resources,
});
