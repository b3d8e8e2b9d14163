import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClusterView,
  changeWanted,
  clusterDirectory,
  describeAbsence,
  listClusters,
  QueueClusterError,
  readLauncher,
  readView,
  readWanted,
  removeRemains,
} from '@galaxy-mesos/queue-cluster';
import { stoppable } from '../daemon/stoppable.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { launchHere } from './launch-here.ts';
import { Progress } from './progress.ts';
import { problemsOf } from './status-text.ts';
import { lookMilliseconds } from './wait-for-agents.ts';

/** Ends a cluster and waits until nothing is left of it; where nothing looks after it, this process does. */
export async function takeDown(name: string, clusters: string): Promise<ExitCode> {
  const directory = clusterDirectory(clusters, name);
  await changeWanted(directory, (before, at) => ({ pools: before?.pools ?? {}, state: 'down', at }));
  const progress = new Progress(process.stderr);
  const how = await stoppable((signal) => untilGone({ name, clusters, directory, progress, signal }));
  progress.close();
  if (how === 'wanted') {
    process.stderr.write(`galaxy-mesos: somebody wants ${name} again; it does not go down\n`);
    return exitCodes.failed;
  }
  if (how === 'gone') {
    await untilRemoved(name, clusters);
    process.stdout.write(`${name} is down; nothing is left of it\n`);
    return exitCodes.ok;
  }
  const advice = `galaxy-mesos cluster down ${name} waits again`;
  process.stderr.write(`galaxy-mesos: no longer waiting; ${name} is to go down nevertheless. ${advice}\n`);
  return exitCodes.interrupted;
}

/** How long a launcher that has nothing left to do may take to end. */
const endingMilliseconds = 10_000;

/** On NFS a file that the launcher has open, its log, keeps its directory until it has ended. */
async function untilRemoved(name: string, clusters: string): Promise<void> {
  for (const end = Date.now() + endingMilliseconds; Date.now() < end; await sleep(lookMilliseconds))
    if (await removeRemains(clusters, name)) return;
}

interface Going {
  readonly name: string;
  readonly clusters: string;
  readonly directory: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Waits until nothing is left, nobody wants to wait any more, or somebody wants the cluster after all. */
export async function untilGone(going: Going): Promise<'gone' | 'left' | 'wanted'> {
  const { name, clusters, directory, progress, signal } = going;
  const isThere = async () => (await listClusters(clusters)).includes(name);
  const hasLauncher = async () => (await readLauncher(directory, Date.now()))?.isAlive === true;
  while (await isThere()) {
    if (signal.aborted) return 'left';
    if (await isWantedAgain(directory)) return 'wanted';
    const before = await hasLauncher();
    await look(going);
    // One that has just removed the last files is none any more, and none is needed.
    if (!before && !(await hasLauncher()) && (await isThere())) {
      progress.show('its launcher has ended; this process takes its place', []);
      await endHere(going);
    }
  }
  return 'gone';
}

/** The file goes with the cluster. */
async function isWantedAgain(directory: string): Promise<boolean> {
  const wanted = await readWanted(directory);
  return wanted !== undefined && wanted.state !== 'down';
}

async function look({ name, directory, progress, signal }: Going): Promise<void> {
  const view = await readView(directory).catch(goneMeanwhile);
  const launcher = await readLauncher(directory, Date.now());
  // One that has ended is replaced by this process.
  const absence = launcher?.isAlive ? describeAbsence(name, launcher) : undefined;
  progress.show(leftOf(view), [...(absence ? [absence] : []), ...(view ? problemsOf(view) : [])]);
  await sleep(lookMilliseconds, undefined, { signal }).catch(() => {
    // Whoever looks sees that nobody waits any more.
  });
}

/** Is the launcher until the cluster is gone, the signal fires, or it turns out that another one was faster. */
async function endHere(going: Going): Promise<void> {
  const { name, clusters, signal } = going;
  const over = new AbortController();
  const ending = launchHere({ name, clusters, signal, tell: () => {} })
    .catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && overtaken.includes(error.code))) throw error;
    })
    .finally(() => over.abort());
  // It is awaited below; until then a failure waits, too.
  ending.catch(() => {});
  while (!over.signal.aborted) {
    await look({ ...going, signal: AbortSignal.any([signal, over.signal]) });
    // What it does on being told to end takes no longer than a command of the queue.
    if (signal.aborted) break;
  }
  await ending;
}

/** Another launcher has it, or has brought it to its end, of which the last is that its directory goes. */
const overtaken: readonly unknown[] = ['LOCKED', 'UNKNOWN_CLUSTER', 'ENOENT'];

/** Its files go one after the other. */
function goneMeanwhile(error: unknown): undefined {
  if (!(error instanceof QueueClusterError)) throw error;
  return undefined;
}

/** What is waited for. */
export function leftOf(view: ClusterView | undefined): string {
  const left = view?.pilots.filter(({ phase }) => phase !== 'ended').length ?? 0;
  if (left > 0) return `${left} ${left === 1 ? 'pilot is' : 'pilots are'} left`;
  const silent = view?.systems.filter(({ trouble }) => trouble !== undefined).map(({ key }) => key) ?? [];
  if (silent.length === 0) return 'its master and files go';
  return `no pilot is known; ${silent.join(' and ')} must say first that none is left`;
}
