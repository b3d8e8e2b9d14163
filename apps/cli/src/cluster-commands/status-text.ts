import {
  type ClusterView,
  describeUnmet,
  type LauncherStanding,
  type PilotView,
  type PoolView,
} from '@galaxy-mesos/queue-cluster';
import { plainText, table } from '../daemon/table.ts';
import { duration } from '../progress-line.ts';
import { remarkOn } from './pilot-remark.ts';

/** Older than this, a view tells what was, not what is. */
const staleSeconds = 120;

/** Who looks after a cluster. */
export interface Attendance {
  readonly launcher: LauncherStanding | undefined;
  /** When a launcher last lived, in milliseconds since 1970: as long as it does, what it has written holds. */
  readonly beatAt: number | undefined;
}

/** How a cluster stands, for people: the cluster, its pools, what keeps them from what they want, its pilots. */
export function statusText(view: ClusterView, now: number, attendance: Attendance): string {
  const pools = view.pools.map((pool) => troublesOf(pool, now));
  const parts = [
    ...headOf(view, now, attendance),
    poolTable(view.pools),
    ...pools.flat(),
    ...restOf(view),
    ...(view.pilots.length === 0 ? [] : [pilotTable(view.pilots, now)]),
  ];
  return parts.join('\n');
}

/** What was said and what to do about it, on lines of their own. */
export const told = (text: string, advice: string | undefined): readonly string[] => [
  plainText(text),
  ...(advice === undefined ? [] : [`  -> ${plainText(advice)}`]),
];

/** What is wrong with the cluster as a whole, its master first. */
export const problemsOf = ({ master, systems, problems }: ClusterView): readonly string[] => {
  const ofMaster = master.trouble === undefined ? [] : [`master: ${master.trouble}`];
  const ofSystems = systems.flatMap(({ key, trouble }) =>
    trouble === undefined ? [] : [`${key}: ${trouble}`],
  );
  return [...new Set([...ofMaster, ...ofSystems, ...problems].map(plainText))];
};

function headOf(
  { name, state, master, at }: ClusterView,
  now: number,
  { launcher, beatAt = at }: Attendance,
): string[] {
  const address = master.address === undefined ? '' : ` at ${plainText(master.address)}`;
  const where = { existing: '', here: ' here', 'in-job': ' in a batch job' }[master.kind];
  const age = (now - Math.max(at, beatAt)) / 1000;
  const isAttended = launcher?.isAlive === true && !launcher.isHanging;
  return [
    `${name}: ${state}; its master${where}${address} is ${master.state}`,
    `launcher: ${launcherText(name, launcher)}`,
    ...(age > staleSeconds && !isAttended ? [`what follows is ${duration(age)} old`] : []),
  ];
}

function launcherText(name: string, launcher: LauncherStanding | undefined): string {
  const up = `galaxy-mesos cluster up ${name}`;
  if (!launcher?.isAlive) return `none; nothing submits or ends pilots. Start another: ${up}`;
  const { pid, host, isHanging } = launcher;
  const who = `process ${pid} on ${plainText(host)}`;
  return isHanging ? `${who}, which hangs. End it there (kill -9 ${pid}), and start another: ${up}` : who;
}

const poolTable = (pools: readonly PoolView[]): string =>
  table([
    ['POOL', 'AGENTS', 'WANTED', 'MIN', 'MAX', 'IN QUEUE', 'STARTING', 'LEAVING'],
    ...pools.map(({ name, desired, min, max, phases }) => [
      name,
      ...[phases.registered, desired, min, max].map(String),
      ...[phases.intended + phases.queued, phases.started, phases.leaving].map(String),
    ]),
  ]);

/** Why a pool has not got what it wants. */
export function troublesOf({ name, paused, backOff, waits }: PoolView, now: number): readonly string[] {
  const waiting = waits.flatMap(({ count, text, advice, isStuck }) => {
    const how = isStuck ? 'will never start as things are' : count === 1 ? 'waits' : 'wait';
    return told(`${name}: ${count} ${how}: ${text}`, advice);
  });
  if (paused) return [...told(`${name}: paused: ${paused.text}`, paused.advice), ...waiting];
  if (!backOff || backOff.until <= now) return waiting;
  return [
    ...told(`${name}: tries again at ${clockTime(backOff.until)}: ${backOff.text}`, backOff.advice),
    ...waiting,
  ];
}

/** As a clock on the wall has it: a text that does not change while somebody waits. */
const clockTime = (at: number): string => new Date(at).toTimeString().slice(0, 8);

function restOf(view: ClusterView): string[] {
  const { unmet, badNodes, systems } = view;
  return [
    ...unmet.map((lack) => `${lack.count} ${plainText(describeUnmet(lack))}`),
    ...badNodes
      .filter(({ badUntil }) => badUntil !== undefined)
      .map(({ node, failures, isLeftOut }) => {
        const how = isLeftOut ? 'left alone' : 'not left alone';
        return `${plainText(node)}: ${how}, ${failures.length} pilots died there`;
      }),
    ...systems.flatMap(({ key, strangers }) =>
      strangers.map((name) => `${plainText(key)}: batch job ${plainText(name)} is none of this launcher's`),
    ),
    ...problemsOf(view),
  ];
}

const pilotTable = (pilots: readonly PilotView[], now: number): string =>
  table([
    ['PILOT', 'BATCH JOB', 'STATE', 'FOR', 'NODE', 'TASKS', 'ENDS IN', ''],
    ...pilots.map((pilot) => [
      ...[pilot.name, batchJobOf(pilot), pilot.phase, duration((now - pilot.since) / 1000)],
      ...[plainText(pilot.node ?? ''), String(pilot.tasks ?? '')],
      pilot.endsAt === undefined || pilot.ended ? '' : duration((pilot.endsAt - now) / 1000),
      plainText(remarkOn(pilot)),
    ]),
  ]);

/** What the queue calls it; without a queue it is a process, in whose id its directory stands, too. */
const batchJobOf = ({ id = '' }: PilotView): string => plainText(id.split('@', 1)[0] ?? '');
