import type { TaskResources } from '../model/amounts.ts';
import type { AgentField, Constraint } from '../model/constraint.ts';
import { describeResources } from '../model/resources.ts';
import type { Explanation, Fallen, Funnel, Reason } from './explain-class.ts';
import type { DemandView } from './views.ts';

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

const list = (words: readonly string[], last: 'and' | 'or'): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

const fieldNames: ReadonlyMap<AgentField, string> = new Map([
  ['@hostname', 'host'],
  ['@agent', 'agent'],
  ['@region', 'region'],
  ['@zone', 'zone'],
]);

const nameOf = (field: AgentField): string => fieldNames.get(field) ?? field;

const must = (not: boolean | undefined): string => (not ? 'must not' : 'must');

/** What a constraint asks for, in words for people: `disk must be ssd`. */
export function describeConstraint(constraint: Constraint): string {
  switch (constraint.type) {
    case 'equals':
      return `${nameOf(constraint.field)} ${must(constraint.not)} be ${constraint.value}`;
    case 'in':
      return `${nameOf(constraint.field)} ${must(constraint.not)} be ${list(constraint.values, 'or')}`;
    case 'matches':
      return `${nameOf(constraint.field)} ${must(constraint.not)} match ${constraint.pattern}`;
    case 'gpu-model':
      return `the graphics processors must be ${list(constraint.models, 'or')}`;
    case 'unique':
      return `only one task tagged ${constraint.among} for each ${nameOf(constraint.field)}`;
    case 'max-per':
      return `at most ${plural(constraint.maximum, 'task')} tagged ${constraint.among} for each ${nameOf(constraint.field)}`;
    case 'group-by':
      return `tasks tagged ${constraint.among} must be spread evenly by ${nameOf(constraint.field)}`;
    case 'near':
      return `must have the ${nameOf(constraint.field)} of a task tagged ${constraint.to}`;
    case 'away-from':
      return `must not have the ${nameOf(constraint.field)} of a task tagged ${constraint.from}`;
    case 'exclusive':
      return 'an agent for one task alone';
  }
}

const units: ReadonlyMap<string, (amount: number) => string> = new Map([
  ['cpus', (amount: number) => plural(amount, 'cpu')],
  ['mem', (amount: number) => `${amount} MiB of memory`],
  ['disk', (amount: number) => `${amount} MiB of disk`],
  ['gpus', (amount: number) => plural(amount, 'gpu')],
]);

const amountOf = (name: string, amount: number): string =>
  units.get(name)?.(amount) ?? `${amount} of ${name}`;

/** Why so many agents are not used: `3 have less than 8 cpus, 4 at most`. */
const describeFallen = ({ reason, agents }: Fallen): string => {
  const are = agents === 1 ? 'is' : 'are';
  const have = agents === 1 ? 'has' : 'have';
  const hold = agents === 1 ? 'holds' : 'hold';
  return `${agents} ${describeReason(reason, { are, have, hold })}`;
};

interface Verbs {
  readonly are: string;
  readonly have: string;
  readonly hold: string;
}

const describeReason = (reason: Reason, { are, have, hold }: Verbs): string => {
  switch (reason.type) {
    case 'nothing-offered':
      return `${hold} out nothing at the moment`;
    case 'role':
      return `${hold} out something for other roles only`;
    case 'constraint':
      return `${are} ruled out: ${describeConstraint(reason.constraint)}`;
    case 'amount':
      return `${have} less than ${amountOf(reason.name, reason.wanted)}, ${reason.has} at most`;
    case 'other-role':
      return `${have} what is reserved for other roles`;
    case 'reservation':
      return `${have} too little under the reservation that is asked for`;
    case 'revocable':
      return `${have} too little that is revocable`;
    case 'ports':
      return `${have} not the ports`;
    case 'sets':
      return `${have} not the items`;
    case 'volumes':
      return `${have} not the volumes`;
    case 'disks':
      return `${have} not the disks`;
    case 'maintenance':
      return `${are} to be gone before it would end`;
    case 'ends-too-soon':
      return `${are === 'is' ? 'ends' : 'end'} too soon`;
    case 'avoided':
      return `${are} avoided after failures`;
    case 'quota':
      return `would do, but the quota of ${reason.of} is used up`;
    case 'kept':
      return `${are} kept for others that wait`;
    case 'given-back':
      return `held out enough last, and ${hold} out nothing now: others may use it`;
    case 'unknown-size':
      return `${have} an unknown size`;
  }
};

const specialsOf = ({ ports, sets, volumes, disks }: TaskResources): string[] => {
  const portCount = (ports?.any ?? 0) + (ports?.fixed?.length ?? 0);
  const words = Object.entries(sets ?? {}).map(([name, items]) => `${list(items, 'and')} of ${name}`);
  if (portCount > 0) words.unshift(plural(portCount, 'port'));
  if (volumes?.length) words.push(plural(volumes.length, 'volume'));
  if (disks?.length) words.push(plural(disks.length, 'whole disk'));
  return words;
};

/** All that a task asks for, in words for people: `2 cpus, 64 MiB of memory, 0 MiB of disk, 1 gpu`. */
export function describeDemand(resources: TaskResources): string {
  const { gpus = 0, scalars = {} } = resources;
  const words = [describeResources(resources)];
  if (gpus > 0) words.push(amountOf('gpus', gpus));
  for (const [name, amount] of Object.entries(scalars)) words.push(amountOf(name, amount));
  return [...words, ...specialsOf(resources)].join(', ');
}

const waitingOf = ({ waiting, resources }: DemandView): string =>
  `${waiting === 1 ? '1 task waits' : `${waiting} tasks wait, each`} for ${describeDemand(resources)}`;

/** By how little it was missed that an agent could ever run it: `asks for 8 cpus; the largest of 12 agents has 4`. */
const closestMiss = ({ agents, fallen }: Funnel): string => {
  const closest = fallen.at(-1);
  if (!closest) return 'there is no agent';
  const among =
    closest.agents === agents
      ? plural(agents, 'agent')
      : `${closest.agents} that ${closest.agents === 1 ? 'is' : 'are'} left of ${plural(agents, 'agent')}`;
  const { reason } = closest;
  if (reason.type !== 'amount') return `of ${plural(agents, 'agent')} ${describeFallen(closest)}`;
  return `it asks for ${amountOf(reason.name, reason.wanted)}; the largest of ${among} has ${reason.has}`;
};

/** Why no known agent could ever run it, in one sentence for people; undefined where that is not so. */
export const describeImpossible = (explanation: Explanation): string | undefined =>
  explanation.impossible ? `no known agent could ever run it: ${closestMiss(explanation.ever)}` : undefined;

/** Why tasks wait, in one sentence for people. */
export function describeBriefly(explanation: Explanation): string {
  const { demand, now } = explanation;
  const why = describeImpossible(explanation) ?? byAgents(now);
  return `${waitingOf(demand)}: ${why}`;
}

const byAgents = ({ agents, left, fallen }: Funnel): string => {
  if (agents === 0) return 'no agent is known';
  const words = fallen.map(describeFallen);
  if (left > 0) words.push(`${left} ${left === 1 ? 'holds' : 'hold'} out enough`);
  return `of ${plural(agents, 'agent')} ${list(words, 'and')}`;
};

const lines = (title: string, { agents, left, fallen }: Funnel): string[] => [
  `  ${title}: ${left} of ${plural(agents, 'agent')}`,
  ...fallen.map((each) => `    ${describeFallen(each)}`),
];

/** Why tasks wait, as lines for a terminal, without a line break at the end. */
export function describeExplanation(explanation: Explanation): string {
  const impossible = describeImpossible(explanation);
  return [
    waitingOf(explanation.demand),
    ...(impossible === undefined ? [] : [`  ${impossible}`]),
    ...lines('could ever run it', explanation.ever),
    ...lines('could run it now', explanation.now),
  ].join('\n');
}
