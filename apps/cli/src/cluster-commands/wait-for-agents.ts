import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClusterDefinition,
  type ClusterView,
  clusterFile,
  describeAbsence,
  readLauncher,
  readView,
} from '@galaxy-mesos/queue-cluster';
import { arrivalOf, isWithoutQueue } from './arrival.ts';
import { endOfLog } from './launcher-process.ts';
import type { Progress } from './progress.ts';

/** A person sees no difference to less, and a file server feels none from this. */
export const lookMilliseconds = 500;

/** How waiting ended: all is there, what is missing does not come by itself, or somebody no longer wanted to wait. */
export type Waited = 'ready' | 'stuck' | 'left';

interface Waiting {
  readonly directory: string;
  readonly definition: ClusterDefinition;
  /** Agents may come later. */
  readonly masterOnly: boolean;
  /** The launcher, if it was started just now. */
  readonly child?: ChildProcess | undefined;
  /** News before this are another launcher's. */
  readonly since: number;
  /** When it was said that the cluster is wanted: a launcher that has not heard of that tells how it was before. */
  readonly wantedAt: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Waits until the agents that a cluster begins with have registered, or cannot come. */
export async function waitForAgents(waiting: Waiting): Promise<Waited> {
  const { definition, masterOnly, progress, signal } = waiting;
  const awaited = masterOnly ? { ...definition, pools: {} } : definition;
  const forMaster = new Patience(masterMilliseconds);
  const forQueue = new Patience(queueMilliseconds);
  const begun = Date.now();
  while (!signal.aborted) {
    const { view, absence } = await look(waiting);
    const { kind, line, troubles } = arrivalOf(view, awaited, Date.now());
    const silence = view === undefined && Date.now() - begun > silenceMilliseconds;
    const remarks = silence
      ? [`its launcher has told nothing yet; its log ends:\n${endOfLog(waiting.directory)}`]
      : troubles;
    progress.show(line, absence === undefined ? remarks : [absence, ...remarks]);
    if (kind !== 'coming') return kind;
    const hasNoMaster = forMaster.isOver(view !== undefined && isMasterMissing(view), Date.now());
    const hasNoQueue = forQueue.isOver(view !== undefined && isWithoutQueue(view), Date.now());
    if (hasNoMaster || hasNoQueue) return 'stuck';
    await sleep(lookMilliseconds, undefined, { signal }).catch(() => {
      // The loop sees that somebody no longer wants to wait.
    });
  }
  return 'left';
}

/** A launcher tells of itself at once; where it cannot, as on a full disk, only its log says why. */
const silenceMilliseconds = 15_000;

/** A master that is started here, or is there, answers within seconds; the disk or the network may be slow. */
const masterMilliseconds = 60_000;

/** A command of a queue is given up after a minute at most; two of them tell more than one. */
const queueMilliseconds = 120_000;

/** Notices that something has been so for too long. */
class Patience {
  readonly #milliseconds: number;
  #since: number | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  isOver(isSo: boolean, now: number): boolean {
    this.#since = isSo ? (this.#since ?? now) : undefined;
    return this.#since !== undefined && now - this.#since >= this.#milliseconds;
  }
}

/** One in a batch job may wait in the queue for as long as it likes. */
const isMasterMissing = (view: ClusterView): boolean =>
  view.master.kind !== 'in-job' && view.master.state === 'starting' && view.master.trouble !== undefined;

function reasonOfEnd(name: string, directory: string): string {
  return existsSync(clusterFile(directory, 'definition'))
    ? `the launcher has ended; it said last:\n${endOfLog(directory)}`
    : `the cluster ${name} has been taken down meanwhile`;
}

/** What the launcher that is waited for has told so far, and that it hangs. */
async function look({ directory, definition, child, since, wantedAt }: Waiting): Promise<{
  readonly view: ClusterView | undefined;
  readonly absence: string | undefined;
}> {
  // In this order: a launcher that ends after it was looked for has told why before.
  const hasEnded = child !== undefined && (child.exitCode !== null || child.signalCode !== null);
  const view = await readView(directory);
  const isNews = view !== undefined && view.at >= since && view.wantedAt >= wantedAt;
  const launcher = await readLauncher(directory, Date.now());
  // Of several that were started at once, one has the cluster.
  const isAttended = launcher?.isAlive === true || (child !== undefined && !hasEnded);
  if (!isAttended) throw new Error(reasonOfEnd(definition.name, directory));
  const absence = launcher?.isAlive ? describeAbsence(definition.name, launcher) : undefined;
  return { view: isNews ? view : undefined, absence };
}
