import { join } from 'node:path';
import type { ClusterDefinition } from '../definition/definition.ts';
import type { BatchJobRequest } from '../dialects/dialect.ts';
import { type MasterLimits, mergedFlags, renderMasterScript } from '../master/index.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { clusterFile } from '../standing/paths.ts';
import { masterAccessFlags } from './access.ts';
import { longestWarningSeconds } from './pilot-batch-job.ts';

/** A master ends this long before its walltime, or at half of a walltime that is hardly longer. */
const usualMarginSeconds = 60;

/**
 * The batch job of a cluster's master, with its whole script.
 * @throws QueueClusterError INVALID_DEFINITION if the cluster's master is elsewhere
 */
export function masterBatchJob(
  definition: ClusterDefinition,
  clusterDirectory: string,
  { name, token }: { readonly name: string; readonly token: string },
  limits?: Partial<MasterLimits>,
): BatchJobRequest {
  const { master, programs } = definition;
  if (master.kind !== 'in-job')
    throw new QueueClusterError('INVALID_DEFINITION', `the master of ${definition.name} is in no batch job`);
  const { dialect, setup, image, cpus, memMb, walltimeSeconds, queue, account, extra } = master.job;
  const folder = clusterFile(clusterDirectory, 'master');
  const directory = join(folder, name);
  const hardMarginSeconds = Math.min(usualMarginSeconds, Math.floor(walltimeSeconds / 2));
  const warningSeconds = Math.min(hardMarginSeconds, longestWarningSeconds);
  const script = renderMasterScript({
    cluster: definition.name,
    name,
    dialect,
    clusterDirectory,
    directory: folder,
    token,
    program: [programs.master],
    ...(image !== undefined && { image }),
    setup,
    flags: mergedFlags(masterAccessFlags(definition, clusterDirectory), definition.masterFlags),
    accessDirectory: clusterFile(clusterDirectory, 'access'),
    ...(master.address !== undefined && { networkInterface: master.address }),
    walltimeSeconds,
    hardMarginSeconds,
    warningSeconds,
    ...(limits && { limits }),
  });
  return {
    name,
    script,
    directory,
    log: join(directory, 'log'),
    cpus,
    memMb,
    gpus: 0,
    walltimeSeconds,
    warningSeconds,
    ...(queue !== undefined && { queue }),
    ...(account !== undefined && { account }),
    extra,
    excludedNodes: [],
  };
}
