import type { Launch } from '@galaxy-mesos/scheduler';

/**
 * What is started together: all launches of a group side by side, in the place of the first; a launch without a group
 * alone.
 */
export function launchUnits(launches: readonly Launch[]): (readonly Launch[])[] {
  const groups = new Map<string, Launch[]>();
  const units: Launch[][] = [];
  for (const launch of launches) {
    const group = launch.groupId === undefined ? undefined : groups.get(launch.groupId);
    if (group !== undefined) {
      group.push(launch);
      continue;
    }
    const unit = [launch];
    units.push(unit);
    if (launch.groupId !== undefined) groups.set(launch.groupId, unit);
  }
  return units;
}
