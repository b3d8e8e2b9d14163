import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import type { Settings } from '../configuration/settings.ts';
import { messageOf, RunnerdError } from '../runnerd-error.ts';
import { ClusterStarter } from './cluster-starter.ts';
import { queueCluster, standingOf } from './queue-cluster.ts';

const lookMilliseconds = 20_000;

/** Keeps the clusters of the settings up until the signal comes; they go on without the daemon. */
export function startClusters({ configuration }: Settings, log: Logger, signal: AbortSignal): void {
  for (const [name, { file }] of Object.entries(configuration.clusters)) {
    const cluster = queueCluster(name, process.env);
    const starter = new ClusterStarter({
      standing: () => standingOf(cluster),
      // Nobody has said anything new where a launcher was killed: paused pools stay paused.
      start: (isNew) => clusterUp([name, ...(isNew ? ['--file', file] : ['--only-launcher'])], signal),
      change: () => clusterUp([name, '--file', file, '--only-changes'], signal),
      onUnchanged: (detail) => {
        if (!signal.aborted) log.warn({ cluster: name, detail }, words.unchanged);
      },
      onStarted: () => log.info({ cluster: name }, words.started),
      onFailed: (detail) => {
        if (!signal.aborted) log.warn({ cluster: name, detail }, words.failed);
      },
      onTakenDown: () => log.warn({ cluster: name }, words.takenDown),
    });
    void keepUp(starter, signal);
  }
}

async function keepUp(starter: ClusterStarter, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await starter.look();
    await pause(lookMilliseconds, undefined, { signal, ref: false }).catch(() => {
      // The signal came: that is looked at above.
    });
  }
}

const run = promisify(execFile);

/** What a program said last on stderr, in one line. */
const lastWords = (stderr: string): string =>
  stderr
    .trim()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(-300)
    .replace(/^galaxy-mesos: /, '');

/** Does what a person would: the command starts a launcher that outlives it, and this process. */
async function clusterUp(words: readonly string[], signal: AbortSignal): Promise<void> {
  const [, program = ''] = process.argv;
  const commandLine = [...process.execArgv, program, 'cluster', 'up', ...words, '--no-wait'];
  try {
    await run(process.execPath, commandLine, { signal, encoding: 'utf8' });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new RunnerdError('CLUSTER', lastWords(stderr) || messageOf(error), error);
  }
}

const words = {
  started: 'the cluster is started in its queue',
  unchanged: 'the cluster is there, and is not changed to what its file says now',
  failed: 'the cluster cannot be started in its queue; it is tried again',
  takenDown:
    'somebody has taken the cluster down, or drains it: it is left alone, and started again with the next start',
} as const;
