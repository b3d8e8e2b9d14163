import type { TaskResources } from '../model/amounts.ts';
import type { Preference, Tag } from '../model/constraint.ts';
import type { TaskSpec } from '../model/task.ts';
import type { Terms } from './compiled-terms.ts';

/** A task that waits for a place. */
export interface WaitingTask {
  readonly spec: TaskSpec;
  /** What the next attempt asks for: not always what the spec does. */
  readonly resources: TaskResources;
  /** Of two alike the one with the lower number goes first; no two are the same. */
  readonly sequence: number;
  /** Since when it waits, in milliseconds on the clock of `now`. */
  readonly since: number;
  /** How many tasks it stands for: those of a group. Default 1. */
  readonly tasks?: number;
}

// Estimates are seldom alike and never exact: rounded up to steps of an eighth of a doubling they make few classes.
const stepsPerDoubling = 8;

/** How long an attempt is taken to run, in milliseconds, rounded up by 9 % at most; undefined where nobody knows. */
export function expectedRunMilliseconds(spec: TaskSpec): number | undefined {
  const seconds = spec.expectedRunSeconds ?? spec.maximumRunSeconds;
  if (seconds === undefined) return undefined;
  if (seconds <= 1) return 1000;
  return 1000 * 2 ** (Math.ceil(Math.log2(seconds) * stepsPerDoubling) / stepsPerDoubling);
}

/** The preferences by which the policy `locality` puts tasks that share a tag near one another. */
const nearOwn = (tags: readonly Tag[]): Preference[] =>
  tags.flatMap((to): Preference[] => [
    { constraint: { type: 'near', field: '@hostname', to }, weight: 4 },
    { constraint: { type: 'near', field: '@zone', to } },
  ]);

/** The constraints and preferences of a task; undefined where it has none. */
export function termsOf(spec: TaskSpec, nearOwnTags: boolean): Terms | undefined {
  const constraints = spec.constraints ?? [];
  const own = nearOwnTags ? nearOwn(spec.tags ?? []) : [];
  const preferences = [...(spec.preferences ?? []), ...own];
  return constraints.length > 0 || preferences.length > 0 ? { constraints, preferences } : undefined;
}

/** The same for all tasks that ask an agent for the same amounts and things. */
export function resourcesKey(resources: TaskResources): string {
  const { cpus, mem, disk, gpus, scalars, ports, sets, volumes, disks, reservation, revocable } = resources;
  const plain = `${cpus} ${mem} ${disk} ${gpus ?? 0}`;
  if (!(scalars || ports || sets || volumes || disks || reservation || revocable)) return plain;
  return `${plain} ${JSON.stringify([scalars, ports, sets, volumes, disks, reservation, revocable])}`;
}
