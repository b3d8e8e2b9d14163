import type { ClusterDefinition, MasterDefinition } from '../definition/definition.ts';
import type { ClusterLock } from '../journal/index.ts';
import { keepMasterHere, masterOfUrl, mergedFlags, stopMasterHere } from '../master/index.ts';
import { defaultTiming } from '../pools/setting.ts';
import { readAddress } from '../standing/address.ts';
import { clusterFile } from '../standing/paths.ts';
import { masterAccessFlags } from './access.ts';
import { masterBatchJob } from './master-batch-job.ts';
import { MasterJob } from './master-job.ts';
import type { MasterSource } from './master-keeper.ts';
import { type LauncherPorts, newPilotName } from './ports.ts';
import { type QueueSystem, systemKey } from './systems.ts';
import type { LauncherTiming } from './timing.ts';

export interface MasterSourceOptions {
  /** As it is now: it may change, but for what its master is. */
  readonly definition: () => ClusterDefinition;
  readonly directory: string;
  readonly systems: { get(key: string): QueueSystem | undefined };
  readonly ports: LauncherPorts;
  readonly lock: ClusterLock;
  readonly timing: LauncherTiming;
}

/** No pool has a name that begins like this: the master's batch job is never taken for a pilot. */
const masterPool = '_master';

/** Where the master of a cluster comes from, by its definition. */
export function masterSourceOf(options: MasterSourceOptions): MasterSource {
  const { directory, systems, ports, lock, timing } = options;
  const definition = options.definition();
  const { master, programs, name } = definition;
  const folder = clusterFile(directory, 'master');
  const flags = mergedFlags(masterAccessFlags(definition, directory), definition.masterFlags);
  switch (master.kind) {
    case 'existing': {
      const address = masterOfUrl(master.url);
      const { url } = master;
      return { kind: 'existing', url, look: async () => ({ address }), end: async () => true };
    }
    case 'here':
      return masterHere(directory, programs.master, master, flags);
    case 'in-job': {
      const system = systems.get(systemKey(master.job));
      if (!system) throw new Error(`no queueing system ${systemKey(master.job)}`);
      return new MasterJob({
        directory,
        folder,
        system,
        ports,
        lock,
        request: (job, token) =>
          masterBatchJob(options.definition(), directory, { name: job, token }, timing.pilots),
        askSeconds: timing.pools?.statusShortest ?? defaultTiming.statusShortest,
        absenceSeconds: timing.pools?.absence ?? defaultTiming.absence,
        newName: () => newPilotName(name, masterPool, ports.random),
        namePrefix: `gm-${name}-${masterPool}-`,
      });
    }
  }
}

function masterHere(
  cluster: string,
  program: string,
  { port = 0, address: ip, setup = [], image }: Extract<MasterDefinition, { kind: 'here' }>,
  flags: readonly string[],
): MasterSource {
  const directory = clusterFile(cluster, 'master');
  const options = {
    directory,
    program: [program],
    flags,
    setup,
    accessDirectory: clusterFile(cluster, 'access'),
    ...(image !== undefined && { image }),
    ...(port !== 0 && { port }),
    ...(ip !== undefined && { ip }),
  };
  return {
    kind: 'here',
    look: async (_isAnswering, mayStart) => {
      if (mayStart) {
        const { address } = await keepMasterHere(options);
        return { address };
      }
      const address = await readAddress(cluster);
      return address === undefined ? {} : { address };
    },
    end: async () => {
      await stopMasterHere(directory);
      return true;
    },
  };
}
