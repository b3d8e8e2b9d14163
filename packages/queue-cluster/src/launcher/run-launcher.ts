import { Journal, takeLock } from '../journal/index.ts';
import { beginWith, type PoolEvent, poolEventSchema } from '../pools/index.ts';
import { masterAccess } from '../standing/access.ts';
import { readDefinition, removeCluster } from '../standing/clusters.ts';
import { clusterDirectory, clusterFile } from '../standing/paths.ts';
import { prepareAccess } from './access.ts';
import { Launcher } from './launcher.ts';
import type { LauncherEvent, LauncherListener } from './launcher-event.ts';
import { openMasterWith } from './master-port.ts';
import { type LauncherPorts, systemPorts } from './ports.ts';
import { defaultTiming, type LauncherTiming } from './timing.ts';

/** Which cluster to look after, and how. */
export interface LauncherOptions {
  /** The directory of all clusters. */
  readonly clusters: string;
  readonly name: string;
  /** When it fires, the launcher leaves; the cluster goes on without it for a while, and another launcher takes it up. */
  readonly signal?: AbortSignal;
  readonly listener?: LauncherListener;
  readonly ports?: Partial<LauncherPorts>;
  readonly timing?: Partial<LauncherTiming>;
}

/**
 * Looks after a cluster: keeps as many pilots as are wanted, until what is wanted is that nothing is left. Resolves with
 * `down` then; with `left` when the signal fires.
 * @throws QueueClusterError UNKNOWN_CLUSTER; LOCKED if another launcher has the cluster, or takes it over; DAMAGED;
 * INVALID_DEFINITION; NO_SPACE
 */
export async function runLauncher(options: LauncherOptions): Promise<'down' | 'left'> {
  const { clusters, name, listener } = options;
  const directory = clusterDirectory(clusters, name);
  // Before anything is written there.
  await readDefinition(directory);
  const tell = (event: LauncherEvent) => listener?.(event);
  const given = { ...systemPorts, ...options.ports };
  const lock = await takeLock(directory, given.now());
  try {
    // The launcher before this one may have brought the cluster to its end meanwhile.
    const definition = await readDefinition(directory);
    // Only who has the lock draws a credential: a second one would shut out what the first has started.
    const trouble = await prepareAccess(definition, directory, given.random);
    if (trouble !== undefined) tell({ type: 'trouble', subject: 'access', text: trouble });
    const { credential, tls } = masterAccess(directory);
    const ports = {
      openMaster: openMasterWith({ ...(credential && { credential }), ...(tls && { tls }) }),
      ...given,
    };
    const { journal, lines } = await Journal.open<PoolEvent>(
      clusterFile(directory, 'journal'),
      poolEventSchema,
    );
    let how: 'down' | 'left';
    try {
      how = await new Launcher({
        directory,
        definition,
        lock,
        journal,
        state: beginWith(lines),
        ports,
        timing: { ...defaultTiming, ...options.timing },
        tell,
        signal: options.signal ?? new AbortController().signal,
      }).run();
    } finally {
      await journal.close();
    }
    if (how === 'down') {
      // Whoever has taken this launcher for dead brings it to its end.
      await lock.check();
      await removeCluster(clusters, { name, endedAt: ports.now() });
    }
    tell({ type: 'ended', how });
    return how;
  } finally {
    await lock.release();
  }
}
