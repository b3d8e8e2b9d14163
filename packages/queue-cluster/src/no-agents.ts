import { basename } from 'node:path';
import { absenceOf } from './attendance.ts';
import type { Wanted } from './pools/news.ts';
import type { PoolView } from './pools/view.ts';
import { QueueClusterError } from './queue-cluster-error.ts';
import { describeUnmet } from './standing/describe-unmet.ts';
import { type ClusterView, type MasterView, readView } from './standing/view.ts';
import { readWanted } from './standing/wanted.ts';

/**
 * Why agents do not come for tasks that wait, in words that stay the same for as long as it is so; empty where they
 * come, or the queue only takes its time. `from` is the id under which their demand was told.
 */
export async function whyNoAgents(directory: string, from: string, now: number): Promise<readonly string[]> {
  const name = basename(directory);
  try {
    const absence = await absenceOf(directory, now);
    const [wanted, view] = await Promise.all([readWanted(directory), readView(directory)]);
    return [
      ...leavingWords(name, wanted),
      // What nobody looks after any more tells what was.
      ...(absence === undefined ? (view ? wordsOf(name, view, from, now) : []) : [absence]),
    ];
  } catch (error) {
    if (error instanceof QueueClusterError) return [error.message];
    throw error;
  }
}

function leavingWords(name: string, wanted: Wanted | undefined): readonly string[] {
  if (wanted?.state === 'down') return [`the cluster ${name} is going down`];
  if (wanted?.state !== 'draining') return [];
  return [`the cluster ${name} is draining: agents go, and none come; galaxy-mesos cluster up ${name}`];
}

/** Whoever waits is told of a queue that does not answer for so long. */
const silentMilliseconds = 300_000;

function wordsOf(name: string, view: ClusterView, from: string, now: number): readonly string[] {
  const { pools, unmet } = view;
  const own = unmet.filter((lack) => lack.from === from);
  // A pool that the tasks would not go to anyway is not their matter.
  const areFull = own.some(({ why }) => why === 'full');
  const areAllPaused = pools.every(({ paused }) => paused);
  return [
    ...masterWords(name, view.master),
    ...(areFull ? systemWords(name, view.systems, now) : []),
    ...(areFull || areAllPaused ? pools.flatMap((pool) => pausedWords(name, pool)) : []),
    ...(areFull ? pools.flatMap((pool) => refusedWords(name, pool)) : []),
    ...(pools.some(isComing) ? [] : pools.flatMap((pool) => waitingWords(name, pool))),
    // That others must end first is what a limit is for.
    ...own.filter(({ why }) => why !== 'full').map((lack) => `the cluster ${name}: ${describeUnmet(lack)}`),
  ];
}

function masterWords(
  name: string,
  { isStuck, trouble = 'it has not started' }: MasterView,
): readonly string[] {
  return isStuck === true ? [`the cluster ${name} has no master: ${trouble}`] : [];
}

function systemWords(name: string, systems: ClusterView['systems'], now: number): readonly string[] {
  return systems.flatMap(({ trouble, knownAt = now }) =>
    trouble === undefined || now - knownAt < silentMilliseconds
      ? []
      : [`the queue of the cluster ${name} has not answered for minutes: ${trouble}`],
  );
}

function pausedWords(name: string, { name: pool, paused }: PoolView): readonly string[] {
  if (paused === undefined) return [];
  const again = `galaxy-mesos cluster up ${name} tries it again`;
  return [`pool ${pool} of the cluster ${name} is paused: ${withAdvice(paused)}; ${again}`];
}

/** That the queue takes no more where it has taken some is what its limits are for. */
function refusedWords(name: string, { name: pool, phases, backOff }: PoolView): readonly string[] {
  const { intended, queued, started, registered } = phases;
  if (backOff === undefined || intended + queued + started + registered > 0) return [];
  return [`pool ${pool} of the cluster ${name} gets no batch jobs for now: ${withAdvice(backOff)}`];
}

/** Whether agents come of themselves, as far as is known. */
function isComing({ phases: { intended, queued, started }, waits }: PoolView): boolean {
  const stuck = waits.filter(({ isStuck }) => isStuck).reduce((sum, { count }) => sum + count, 0);
  return intended + queued + started > stuck;
}

function waitingWords(name: string, { name: pool, waits }: PoolView): readonly string[] {
  return waits
    .filter(({ isStuck }) => isStuck)
    .map((wait) => `batch jobs of pool ${pool} of the cluster ${name} do not start: ${withAdvice(wait)}`);
}

function withAdvice({ text, advice }: { readonly text: string; readonly advice?: string }): string {
  return advice === undefined ? text : `${text} (${advice})`;
}
