import { join } from 'node:path';
import type { ClusterDefinition } from '../definition/definition.ts';
import type { BatchJobRequest } from '../dialects/dialect.ts';
import { masterOfUrl, mergedFlags } from '../master/index.ts';
import { type PilotLimits, renderPilotScript } from '../pilot/index.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { clusterFile, pilotDirectory } from '../standing/paths.ts';
import { agentAccessFlags, executorKeyOf } from './access.ts';

/** A pilot that is to be submitted. */
export interface PilotToBe {
  readonly pilot: string;
  readonly pool: string;
  /** What the orders to it will have in them, so that it obeys nobody else. */
  readonly token: string;
  readonly excludedNodes: readonly string[];
}

/**
 * How long before the walltime's end the queue is to tell a batch job, at most: it watches the clock itself, and ends at its
 * hard margin. A warning is for clocks that differ, and ends it at once; Slurm's comes up to a minute too early.
 */
export const longestWarningSeconds = 20;

/**
 * The batch job of a pilot, with its whole script.
 * @throws QueueClusterError INVALID_DEFINITION if the cluster has no such pool
 */
export function pilotBatchJob(
  definition: ClusterDefinition,
  clusterDirectory: string,
  { pilot, pool: poolName, token, excludedNodes }: PilotToBe,
  limits?: Partial<PilotLimits>,
): BatchJobRequest {
  const pool = definition.pools[poolName];
  if (!pool)
    throw new QueueClusterError('INVALID_DEFINITION', `cluster ${definition.name} has no pool ${poolName}`);
  const directory = pilotDirectory(clusterDirectory, pilot);
  const { programs, master, agentFlags, agentAddress } = definition;
  const { dialect, cpus, memMb, diskMb, gpus, walltimeSeconds, queue, account, extra, image } = pool;
  const warningSeconds = Math.min(pool.hardMarginSeconds, longestWarningSeconds);
  const size = { cpus, memMb, gpus, walltimeSeconds, ...(queue !== undefined && { queue }) };
  const launcherFlags =
    programs.launcherDirectory === undefined ? [] : [`--launcher_dir=${programs.launcherDirectory}`];
  const executorKey = executorKeyOf(definition, clusterDirectory);
  const script = renderPilotScript({
    ...size,
    cluster: definition.name,
    pool: poolName,
    pilot,
    dialect,
    clusterDirectory,
    pilotDirectory: directory,
    token,
    ...(master.kind === 'existing' && { master: masterOfUrl(master.url) }),
    agent: [programs.agent],
    ...(image !== undefined && { image }),
    setup: pool.setup,
    agentFlags: mergedFlags(
      [...launcherFlags, ...agentAccessFlags(definition, clusterDirectory)],
      agentFlags,
    ),
    accessDirectory: clusterFile(clusterDirectory, 'access'),
    agentMemMb: pool.agentMemMb,
    ...(executorKey !== undefined && { executorKey }),
    ...(agentAddress !== undefined && { networkInterface: agentAddress }),
    ...(diskMb !== undefined && { diskMb }),
    ...(pool.ports !== undefined && { ports: pool.ports }),
    attributes: pool.attributes,
    scratch: pool.scratch,
    idleSeconds: pool.idleSeconds,
    hardMarginSeconds: pool.hardMarginSeconds,
    warningSeconds,
    ...(limits && { limits }),
  });
  return {
    ...size,
    name: pilot,
    script,
    directory,
    log: join(directory, 'log'),
    warningSeconds,
    ...(account !== undefined && { account }),
    extra,
    excludedNodes,
  };
}
