import type { ChildProcess } from 'node:child_process';
import { clustersDirectory, knownCluster, readLauncher, readView } from '@galaxy-mesos/queue-cluster';
import { stoppable } from '../daemon/stoppable.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { hasNothing } from './arrival.ts';
import { takeChanges } from './changed-cluster.ts';
import { type DescriptionOptions, describedCluster } from './described-cluster.ts';
import { startLauncher } from './launcher-process.ts';
import { type OpenedCluster, openAsItIs, openCluster } from './open-cluster.ts';
import { Progress } from './progress.ts';
import { takeDown } from './take-down.ts';
import { type Waited, waitForAgents } from './wait-for-agents.ts';

/** Starts a cluster, or a launcher for one that has none, and waits for its agents unless `wait` is false. */
export async function bringUp(
  name: string,
  wait: boolean,
  options: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const clusters = clustersDirectory(environment);
  const opened = await openCluster(clusters, name, options, environment);
  sayChanges(opened.changes);
  return attended(name, clusters, opened, wait);
}

/**
 * Starts a launcher for a cluster that is there and has none, and waits for its master; what is wanted of it stays as it
 * is, paused pools too.
 */
export async function attend(name: string, environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const clusters = clustersDirectory(environment);
  return attended(name, clusters, await openAsItIs(clusters, name), false);
}

async function attended(
  name: string,
  clusters: string,
  opened: OpenedCluster,
  wait: boolean,
): Promise<ExitCode> {
  const since = Date.now();
  const launcher = await readLauncher(opened.directory, since);
  const started = launcher?.isAlive ? undefined : startLauncher(name, clusters);
  const progress = new Progress(process.stderr);
  try {
    const waited = await stoppable((signal) =>
      waitForAgents({
        ...opened,
        masterOnly: !wait,
        child: started?.child,
        since: started ? since : 0,
        progress,
        signal,
      }),
    );
    progress.close();
    return await concluded(name, clusters, waited, opened, started?.child);
  } finally {
    progress.close();
    started?.letGo();
  }
}

/**
 * Has a cluster that is there be as it is described, and does nothing else.
 * @throws UsageError if it is not there, or cannot become that while it lives
 */
export async function changeOnly(
  name: string,
  options: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const directory = await knownCluster(clustersDirectory(environment), name);
  const { changes } = await takeChanges(directory, describedCluster(name, options, environment));
  sayChanges(changes);
  return exitCodes.ok;
}

/** Tells people what another description makes of a cluster. */
export function sayChanges(changes: readonly string[]): void {
  for (const change of changes) process.stderr.write(`galaxy-mesos: changed: ${change}\n`);
}

async function concluded(
  name: string,
  clusters: string,
  waited: Waited,
  { directory, isNew }: OpenedCluster,
  child: ChildProcess | undefined,
): Promise<ExitCode> {
  const say = (text: string) => process.stderr.write(`galaxy-mesos: ${text}\n`);
  if (waited === 'ready') {
    process.stdout.write(`${name} is up: MESOS_URL=cluster:${name}\n`);
    return exitCodes.ok;
  }
  if (waited === 'left') {
    const ways = `galaxy-mesos cluster up ${name} waits again, status ${name} shows it, down ${name} ends it`;
    say(`no longer waiting; the cluster comes up nevertheless. ${ways}`);
    return exitCodes.interrupted;
  }
  const view = await readView(directory);
  if (isNew && child && hasNothing(view)) {
    say('nothing of the cluster could be started; it is removed again');
    await takeDown(name, clusters);
    return exitCodes.failed;
  }
  const ways = `galaxy-mesos cluster up ${name} tries again when it is mended, down ${name} ends it`;
  say(`what is missing does not come by itself: see above. ${ways}`);
  return exitCodes.failed;
}
