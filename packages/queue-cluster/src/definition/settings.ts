import { z } from 'zod';
import { authentications } from './definition.ts';
import {
  absolutePath,
  attributes,
  dialect,
  duration,
  line,
  lines,
  memory,
  memoryOrNone,
  oneOf,
  portRange,
  scratch,
  whole,
  words,
} from './fields.ts';
import { poolNameSchema } from './names.ts';

/** Less than this is over before anything has run. */
const leastWalltime = 10;

/** What may be said of any batch job. */
const batchJob = {
  cpus: whole(1).exactOptional().describe('cores'),
  mem: memory().exactOptional().describe('memory, of the whole batch job'),
  walltime: duration(leastWalltime).exactOptional().describe('how long it may run'),
  queue: line().exactOptional().describe('queue; in Slurm, the partition'),
  account: line().exactOptional().describe('whom the queue charges: account, project, accounting group'),
  extra: lines().exactOptional().describe('directives of the site, such as `#SBATCH --exclusive`'),
};

/** What differs by pool, but can be said for all of them at once. */
const ofPools = {
  ...batchJob,
  agent_mem: memoryOrNone()
    .exactOptional()
    .describe(
      'of `mem`, what is kept for the agent and its executors; default: 3 %, at least 256M; 0 where nothing limits it',
    ),
  disk: memory().exactOptional().describe('disk space that agents offer; default: what is free of `scratch`'),
  ports: portRange()
    .exactOptional()
    .describe(
      'ports that agents offer to tasks, such as `31000-31099`: for pilots that have their nodes to themselves; default: none',
    ),
  gpus: whole(0, 1024).exactOptional().describe('graphics processors; default: 0'),
  agents: whole(0).exactOptional().describe('so many are started at once; alone, neither more nor fewer'),
  min: whole(0).exactOptional().describe('so many are kept, even without work; default: 0'),
  max: whole(1).exactOptional().describe('so many at most; default: `agents`'),
  backlog: whole(1).exactOptional().describe('so many wait in the queue at a time, at most; default: 10'),
  idle: duration(1).exactOptional().describe('a pilot without work ends after this; default: 10m'),
  keep_alive: duration(0)
    .exactOptional()
    .describe('so long more agents than are needed are kept for the next stage; default: 0'),
  soft_margin: duration(1)
    .exactOptional()
    .describe(
      'so long before its end an agent gets no more tasks; default: a tenth of walltime, at most 10m',
    ),
  hard_margin: duration(1)
    .exactOptional()
    .describe(
      'so long before its end an agent ends what still runs; default: half of soft_margin, at most 1m',
    ),
  attributes: attributes().exactOptional().describe('attributes of the agents, for constraints of jobs'),
  scratch: scratch()
    .exactOptional()
    .describe('where pilots have their own directory on the node; default: $TMPDIR, else /tmp'),
};

/** What is said of the cluster, and may be said of a pool or the master otherwise. */
const surroundings = {
  on: dialect().exactOptional().describe('the queueing system'),
  ssh: words()
    .exactOptional()
    .describe('words in front of the commands of the queue, such as `ssh login1`; default: run here'),
  setup: lines()
    .exactOptional()
    .describe('lines of shell before Mesos starts, such as `module load mesos`; a pool’s follow the others'),
  image: line().exactOptional().describe('container image (apptainer) in which Mesos is started'),
};

export const poolSettingsSchema = z.strictObject({ ...surroundings, ...ofPools });
export const defaultSettingsSchema = z.strictObject(ofPools);

export const programSettingsSchema = z.strictObject({
  agent: line()
    .exactOptional()
    .describe('mesos-agent: a name to be found in PATH, or a path; that is the default'),
  master: line().exactOptional().describe('mesos-master, likewise'),
  launcher_dir: absolutePath()
    .exactOptional()
    .describe('where the programs lie that the agent starts, if not beside it'),
});

/** A text says where it is; a mapping says more. */
export const masterSettingsSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { at: value } : value),
  z.strictObject({
    at: line('here, in-job, or the address of a master'),
    port: whole(0, 65_535).exactOptional().describe('of a master here; default: a free one'),
    address: line()
      .exactOptional()
      .describe('network interface or address where it listens; default: agent_address'),
    credential_file: absolutePath()
      .exactOptional()
      .describe('of one that is there: JSON with principal and secret, for your eyes alone (chmod 600)'),
    ca_file: absolutePath()
      .exactOptional()
      .describe('of one that is there: whose certificates it may show over https, besides the usual (PEM)'),
    ...surroundings,
    ...batchJob,
  }),
);

/** What can be said of a whole cluster but its pools: the settings of a site. */
const ofCluster = {
  ...surroundings,
  programs: programSettingsSchema.exactOptional(),
  master: masterSettingsSchema
    .exactOptional()
    .describe('`here`, `in-job`, or the address of one that is there; default: here'),
  authentication: oneOf(authentications)
    .exactOptional()
    .describe(
      '`none`: the master that is started, and agents, let in everybody who reaches them; default: `credential`, one of the cluster’s own',
    ),
  master_flags: lines().exactOptional().describe('flags for mesos-master, one a line'),
  agent_flags: lines().exactOptional().describe('flags for mesos-agent, one a line'),
  agent_address: line()
    .exactOptional()
    .describe('network interface (`ib0`) or address where agents listen; default: that of the host’s name'),
  defaults: defaultSettingsSchema.exactOptional().describe('what holds for pools that do not say it'),
};

export const clusterSettingsSchema = z.strictObject({
  ...ofCluster,
  pools: z
    .record(poolNameSchema, poolSettingsSchema)
    .exactOptional()
    .describe('pilots of one shape each, by name; work goes to the first that holds it'),
});
export const siteSettingsSchema = z.strictObject(ofCluster);

export type PoolSettings = z.output<typeof poolSettingsSchema>;
export type MasterSettings = z.output<typeof masterSettingsSchema>;
export type ClusterSettings = z.output<typeof clusterSettingsSchema>;
