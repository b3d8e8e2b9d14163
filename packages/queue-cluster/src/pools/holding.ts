import type { DemandClass, DemandConstraint } from './news.ts';
import type { PilotShape } from './setting.ts';

/** Sums of parts of pilots come out right in spite of how numbers are rounded. */
export const roundingError = 1e-9;

/** Images are fetched and modules loaded before an agent registers, and offers take their time: never less than this. */
export const leastStartUpSeconds = 60;

/** Why pilots cannot hold any task of a class: they have other attributes, are too small, or live too short. */
export type Misfit = 'unmatched' | 'too-big' | 'too-long';

/** Why no pilot of the shape has room and time for a task of the class; undefined if each has. */
export function misfitOf(
  shape: PilotShape,
  demand: DemandClass,
  startUpSeconds: number = leastStartUpSeconds,
): Misfit | undefined {
  const { constraints = [], longestSeconds } = demand;
  if (!constraints.every((constraint) => matches(shape, constraint))) {
    return 'unmatched';
  }
  if (tasksPerPilot(shape, demand) < 1) {
    return 'too-big';
  }
  return longestSeconds !== undefined && longestSeconds > lifeSeconds(shape, startUpSeconds)
    ? 'too-long'
    : undefined;
}

/**
 * How long a task may take that is put on a pilot as soon as it is there. The scheduler lets it run until the hard
 * margin, and puts it there before the soft one only.
 */
export function lifeSeconds(
  { walltimeSeconds, softMarginSeconds, hardMarginSeconds }: PilotShape,
  startUpSeconds: number,
): number {
  const isTooLate = startUpSeconds >= walltimeSeconds - softMarginSeconds;
  return isTooLate ? 0 : Math.max(0, walltimeSeconds - hardMarginSeconds - startUpSeconds);
}

/** What each pilot has a value of its own of: nobody knows it before the pilot runs. */
const ofEachPilot: ReadonlySet<string> = new Set(['pilot', 'host', 'ends']);

/** Whether such agents keep a constraint, as far as that is known. */
function matches({ attributes }: PilotShape, { field, values, not }: DemandConstraint): boolean {
  if (field.startsWith('@') || ofEachPilot.has(field)) {
    return true;
  }
  const value = Object.hasOwn(attributes, field) ? attributes[field] : undefined;
  return (value !== undefined && values.includes(value)) !== (not === true);
}

/** How many tasks of the class a pilot of the shape runs at once. */
export function tasksPerPilot(shape: PilotShape, { cpus, memMb, diskMb, gpus }: DemandClass): number {
  const most = Math.min(
    times(shape.cpus, cpus),
    times(shape.memMb, memMb),
    times(shape.diskMb ?? Number.POSITIVE_INFINITY, diskMb),
    times(shape.gpus, gpus),
  );
  // Tasks that need nothing are run by the hundred; any number does.
  return Number.isFinite(most) ? most : tasksOfNothing;
}

const tasksOfNothing = 1000;

function times(there: number, needed: number): number {
  return needed <= 0 ? Number.POSITIVE_INFINITY : Math.floor(there / needed + roundingError);
}
