import { describeDuration } from '../definition/duration.ts';
import { describeMemory } from '../definition/memory.ts';
import { oneLine } from '../dialects/one-line.ts';
import type { DemandConstraint } from '../pools/news.ts';
import type { UnmetDemand } from '../pools/view.ts';

/** What is told of a class: more would hide what it is about. */
const mostValues = 5;
const mostConstraints = 5;
const mostCharacters = 60;

/** From so many seconds on, what pilots have room for is told in minutes: seconds change with each pilot. */
const minutesFrom = 600;

/** Why tasks find no room in a cluster, and what to do: the same words for as long as they wait for the same reason. */
export function describeUnmet(unmet: UnmetDemand): string {
  // That others come first is no trouble.
  const how = unmet.why === 'full' ? 'wait for their turn' : 'find no room';
  return `tasks of ${wordsOf(unmet).join(', ')} ${how}: ${whyOf(unmet)}`;
}

function wordsOf({ cpus, memMb, gpus, longestSeconds, constraints = [] }: UnmetDemand): string[] {
  return [
    counted(cpus, 'cpu'),
    describeMemory(Math.ceil(memMb)),
    ...(gpus > 0 ? [counted(gpus, 'gpu')] : []),
    ...(longestSeconds === undefined ? [] : [`up to ${timeOf(longestSeconds)}`]),
    ...constraints.slice(0, mostConstraints).map(constraintText),
  ];
}

const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

function whyOf({ why, gpus, livesSeconds = 0, pools = [], uncarried = [] }: UnmetDemand): string {
  switch (why) {
    case 'unmatched':
      return 'no pool has such attributes; add a pool, or its attributes';
    case 'too-big':
      return `no pool is so big${gpus > 0 ? ', and has so many gpus' : ''}`;
    case 'too-long':
      return `pilots have room for ${timeOf(roundedDown(livesSeconds))} at most; add a pool of a longer walltime`;
    case 'untaken': {
      const besides = uncarried.length === 0 ? '' : ` (they ask for ${listOf(uncarried)}, too)`;
      return `idle agents of ${listOf(pools)} are there, and are not used for them${besides}`;
    }
    case 'full':
      return 'the pools that hold them are full or paused';
  }
}

function constraintText({ field, values, not }: DemandConstraint): string {
  return `${shown(field)} ${not === true ? 'not ' : ''}${values.length === 1 ? '' : 'one of '}${listOf(values)}`;
}

function listOf(values: readonly string[]): string {
  const more = values.length > mostValues ? [`${values.length - mostValues} more`] : [];
  return [...values.slice(0, mostValues).map(shown), ...more].join(', ');
}

/** A text of somebody else's. */
const shown = (text: string): string => oneLine(text, mostCharacters);

function roundedDown(seconds: number): number {
  const unit = seconds >= minutesFrom ? 60 : 1;
  return Math.floor(seconds / unit) * unit;
}

/** Durations of definitions are whole seconds. */
const timeOf = (seconds: number): string => describeDuration(Math.ceil(seconds));
