/** Where a pool keeps everything, as it is called inside of the system of its own. */
export interface HtcondorPlaces {
  readonly folder: string;
  readonly port: number;
}

/** A pool of one machine, with six cores and 6000 MiB that it pretends to have, for whoever has its port on loopback. */
export const configurationOf = ({ folder, port }: HtcondorPlaces): string =>
  `${Object.entries({ ...places(folder), ...network(port), ...trust, ...machine, ...haste })
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n')}\n`;

const places = (folder: string) => ({
  RELEASE_DIR: '/usr',
  BIN: '/usr/bin',
  SBIN: '/usr/sbin',
  LIB: '/usr/lib/condor',
  LIBEXEC: '/usr/libexec/condor',
  LOCAL_DIR: folder,
  LOG: `${folder}/log`,
  SPOOL: `${folder}/spool`,
  EXECUTE: `${folder}/execute`,
  LOCK: `${folder}/lock`,
  RUN: `${folder}/run`,
  SHARED_PORT_DAEMON_AD_FILE: `${folder}/lock/shared_port_ad`,
  CONDOR_IDS: '0.0',
  MAIL: '/bin/true',
  HIBERNATION_PLUGIN: '',
});

const network = (port: number) => ({
  CONDOR_HOST: '127.0.0.1',
  COLLECTOR_HOST: `127.0.0.1:${port}`,
  NETWORK_INTERFACE: '127.0.0.1',
  BIND_ALL_INTERFACES: 'False',
  ENABLE_IPV6: 'False',
  USE_SHARED_PORT: 'True',
  SHARED_PORT_PORT: port,
  NO_DNS: 'True',
  DEFAULT_DOMAIN_NAME: 'localdomain',
  UID_DOMAIN: 'localdomain',
  FILESYSTEM_DOMAIN: 'localdomain',
});

/** Nobody else is there. */
const trust = {
  TRUST_UID_DOMAIN: 'True',
  SEC_DEFAULT_AUTHENTICATION: 'OPTIONAL',
  SEC_DEFAULT_AUTHENTICATION_METHODS: 'FS,CLAIMTOBE',
  SEC_CLAIMTOBE_USER: 'condor_pool',
  ALLOW_READ: '*',
  ALLOW_WRITE: '*',
  ALLOW_DAEMON: '*',
  ALLOW_NEGOTIATOR: '*',
  ALLOW_ADMINISTRATOR: '*',
};

const machine = {
  DAEMON_LIST: 'MASTER COLLECTOR NEGOTIATOR SCHEDD STARTD',
  NUM_CPUS: 6,
  MEMORY: 6000,
  NUM_SLOTS: 1,
  NUM_SLOTS_TYPE_1: 1,
  SLOT_TYPE_1: '100%',
  SLOT_TYPE_1_PARTITIONABLE: 'True',
  START: 'True',
  SUSPEND: 'False',
  PREEMPT: 'False',
  KILL: 'False',
  WANT_VACATE: 'True',
  STARTER_ALLOW_RUNAS_OWNER: 'True',
  MOUNT_UNDER_SCRATCH: '',
  CGROUP_TRACKING: 'False',
  BASE_CGROUP: '',
  DISCARD_SESSION_KEYRING_ON_STARTUP: 'False',
};

/** What takes minutes by default, for tests do not wait so long. */
const haste = {
  SCHEDD_INTERVAL: 2,
  NEGOTIATOR_INTERVAL: 2,
  NEGOTIATOR_CYCLE_DELAY: 2,
  NEGOTIATOR_MIN_INTERVAL: 1,
  UPDATE_INTERVAL: 5,
  SHADOW_QUEUE_UPDATE_INTERVAL: 2,
  STARTER_UPDATE_INTERVAL: 2,
  PERIODIC_EXPR_INTERVAL: 2,
  MAX_PERIODIC_EXPR_INTERVAL: 4,
  JOB_START_DELAY: 0,
  RUNBENCHMARKS: 0,
};
