import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a Slurm is to be like. */
export interface RealSlurmOptions {
  /** How many nodes it pretends to have, n1, n2, …; 3 by default. */
  readonly nodes?: number;
  /** How many cores each of them pretends to have; 4 by default. */
  readonly cpus?: number;
  /** Mebibytes that each of them pretends to have; 4000 by default. */
  readonly memMb?: number;
  /** So long it remembers jobs that have ended; Slurm's own default is 300, and a few seconds more are usual. */
  readonly minJobAgeSeconds?: number;
  /** Whether it keeps accounts, in a database of its own: `sacct` answers, and accounts are checked. */
  readonly accounting?: boolean;
}

/** Where everything of a Slurm is, and on which ports. */
export interface SlurmPlaces {
  readonly folder: string;
  readonly munge: { readonly key: string; readonly socket: string };
  /** `slurm.conf`, which SLURM_CONF names. */
  readonly configuration: string;
  readonly controllerPort: number;
  readonly nodePorts: readonly number[];
  readonly accountingPort: number;
}

/** Plans a Slurm in a folder. */
export function planSlurm(
  folder: string,
  [controllerPort = 0, accountingPort = 0, ...nodePorts]: readonly number[],
) {
  return {
    folder,
    munge: { key: join(folder, 'munge', 'key'), socket: join(folder, 'munge', 'socket') },
    configuration: join(folder, 'slurm.conf'),
    controllerPort,
    nodePorts,
    accountingPort,
  } satisfies SlurmPlaces;
}

/** Writes `slurm.conf` and makes the folders that it names. */
export function writeConfiguration(places: SlurmPlaces, options: RealSlurmOptions): void {
  const { folder, configuration } = places;
  for (const name of ['munge', 'state', 'log', 'run']) mkdirSync(join(folder, name), { mode: 0o711 });
  places.nodePorts.forEach((_, index) => {
    mkdirSync(join(folder, `spool-n${index + 1}`));
  });
  writeFileSync(configuration, [...settings(places, options), ...machines(places, options), ''].join('\n'));
  // Wherever the machine has its control groups, Slurm keeps off them.
  writeFileSync(join(folder, 'cgroup.conf'), 'CgroupAutomount=no\n');
}

function settings(
  { folder, munge, controllerPort, accountingPort }: SlurmPlaces,
  options: RealSlurmOptions,
): string[] {
  return [
    'ClusterName=fixture',
    'SlurmctldHost=localhost(127.0.0.1)',
    `SlurmctldPort=${controllerPort}`,
    'SlurmUser=root',
    'SlurmdUser=root',
    'AuthType=auth/munge',
    'CredType=cred/munge',
    `AuthInfo=socket=${munge.socket}`,
    // Loopback only.
    'CommunicationParameters=NoInAddrAny,NoCtldInAddrAny',
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool-%n`,
    `SlurmctldPidFile=${folder}/run/slurmctld.pid`,
    `SlurmdPidFile=${folder}/run/slurmd-%n.pid`,
    `SlurmctldLogFile=${folder}/log/slurmctld.log`,
    `SlurmdLogFile=${folder}/log/slurmd-%n.log`,
    // Processes are told by their parents: that needs nothing of the machine.
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/none',
    'SwitchType=switch/none',
    'MpiDefault=none',
    'MailProg=/bin/true',
    'ReturnToService=2',
    // Cores and memory are what the nodes say, not what the machine has.
    'SlurmdParameters=config_overrides',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU_Memory',
    'EnforcePartLimits=ALL',
    'SchedulerType=sched/backfill',
    // Jobs start, and nodes are found lost, within seconds.
    'SchedulerParameters=bf_interval=2,sched_interval=2,sched_min_interval=100000,batch_sched_delay=0',
    'SlurmdTimeout=15',
    'KillWait=5',
    'InactiveLimit=0',
    `MinJobAge=${options.minJobAgeSeconds ?? 300}`,
    ...(options.accounting
      ? [
          'AccountingStorageType=accounting_storage/slurmdbd',
          'AccountingStorageHost=127.0.0.1',
          `AccountingStoragePort=${accountingPort}`,
          `AccountingStoragePass=${munge.socket}`,
          'AccountingStorageEnforce=associations,limits,qos',
        ]
      : ['AccountingStorageType=accounting_storage/none']),
  ];
}

function machines({ nodePorts }: SlurmPlaces, { cpus = 4, memMb = 4000 }: RealSlurmOptions): string[] {
  const limits = 'DefMemPerCPU=100 MaxTime=60';
  return [
    ...nodePorts.map(
      (port, index) =>
        `NodeName=n${index + 1} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${port} CPUs=${cpus} RealMemory=${memMb}`,
    ),
    `PartitionName=main Nodes=n[1-${nodePorts.length}] Default=YES ${limits} DefaultTime=5 State=UP`,
    `PartitionName=short Nodes=n1 DefMemPerCPU=100 MaxTime=2 State=UP`,
    `PartitionName=closed Nodes=n1 ${limits} State=DOWN`,
  ];
}
