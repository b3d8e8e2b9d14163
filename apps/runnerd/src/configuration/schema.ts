import { resourceRulesSchema } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { addressSchema, directorySchema, fileSchema, urlSchema } from './values.ts';

const positive = z.number().positive();
const hours = positive;

/** By its name, which is in job ids and so in names of directories. */
const name = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/, {
  error: 'expected a name of at most 64 letters, digits, _ and -',
});

const token = z
  .strictObject({
    value: z.string().min(8).exactOptional().describe('the token itself, at least 8 characters'),
    file: fileSchema.exactOptional().describe('the file in which the token stands alone'),
    admin: z.boolean().default(false).describe('sees and changes the jobs of all tokens'),
  })
  .refine(({ value, file }) => (value === undefined) !== (file === undefined), {
    error: 'expected either value or file',
  });

const share = z.strictObject({
  weight: positive
    .exactOptional()
    .describe('of two who want more than there is, twice the weight gets twice as much'),
  quota: z
    .strictObject({
      cpus: positive.exactOptional().describe('cores in use at a time'),
      mem: positive.exactOptional().describe('MiB of memory in use at a time'),
      disk: positive.exactOptional().describe('MiB of disk in use at a time'),
      gpus: z.number().int().positive().exactOptional().describe('graphics processors in use at a time'),
      tasks: z.number().int().positive().exactOptional().describe('tasks that run at a time'),
    })
    .exactOptional(),
});

const scheduling = z.strictObject({
  placement: z
    .enum(['spread', 'best-fit', 'first-fit', 'locality'])
    .default('spread')
    .describe('on which agent a task is put that fits on several'),
  users: z.record(z.string(), share).default({}).describe('shares by user (`submit_user`)'),
  queues: z.record(z.string(), share).default({}).describe('shares by queue (`submit_queue`)'),
  ageing: z
    .number()
    .nonnegative()
    .default(300)
    .describe('seconds of waiting that count as much as one point of priority'),
  head_of_line_patience: z
    .number()
    .nonnegative()
    .default(60)
    .describe('seconds that a large job waits before an agent is kept free for it'),
  last_stretch: z
    .number()
    .nonnegative()
    .default(10)
    .describe(
      "seconds before an agent's planned end, as the walltime of its batch job, in which no job is put there that does not say how long it runs",
    ),
  preemption: z
    .strictObject({
      patience: z.number().nonnegative().describe('seconds that a job waits before others are ended for it'),
      grace: z.number().nonnegative().default(30).describe('seconds between SIGTERM and SIGKILL'),
      maximum_per_minute: positive.default(10).describe('so many attempts are ended in a minute at most'),
      minimum_priority_gap: positive.default(1).describe('only jobs with a priority lower by this are ended'),
    })
    .exactOptional()
    .describe('running jobs are ended to make room for others, and run again later; absent: never'),
});

const mesos = z.strictObject({
  url: z
    .string()
    .exactOptional()
    .describe(
      '`HOST:5050`, `http(s)://HOST:PORT[,...]`, `zk://...`, `cluster:NAME` for one in a batch queue, or `local`; default: MESOS_URL, else this machine',
    ),
  framework_name: z.string().min(1).default('galaxy-mesos').describe("its name on the master's pages"),
  role: z.string().min(1).default('*').describe('the role whose resources are used'),
  principal: z.string().min(1).exactOptional().describe('as whom to authenticate, with secret_file'),
  secret_file: fileSchema.exactOptional().describe('the file with the secret of principal'),
  failover_hours: positive
    .default(168)
    .describe('how long the cluster keeps running jobs while no daemon is connected'),
  gpus: z
    .boolean()
    .default(false)
    .describe(
      'also agents with graphics processors, which Mesos keeps for those that ask, while no job asks for some',
    ),
});

const queueCluster = z.strictObject({
  file: fileSchema.describe('its cluster file, as `galaxy-mesos cluster up NAME --file` takes it'),
});

const local = z.strictObject({
  cpus: positive.exactOptional().describe('cores of this machine that jobs may use; default: all'),
  mem: positive.exactOptional().describe('MiB of memory that jobs may use; default: all'),
  disk: positive.exactOptional().describe('MiB of disk that jobs may use; default: what is free'),
  environment: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'expected the name of a variable' }))
    .default([])
    .describe(
      "variables of the daemon's own environment that jobs get besides PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, TZ and TMPDIR",
    ),
});

const pulsar = z.strictObject({
  managers: z
    .array(name)
    .default([])
    .describe('names under /managers/ that Galaxy may use besides the default one'),
  file_cache: directorySchema
    .exactOptional()
    .describe(
      'where files are kept that many jobs upload (destinations with `cache: true`); default: `cache` in the state',
    ),
  shared_directories: z
    .array(directorySchema)
    .default([])
    .describe(
      "directories that the daemon and Galaxy see under the same path: where Galaxy's `remote_copy` may read and write, and where else than in a job's directory inputs of Galaxy's jobs are cut and files that their strategies name are read",
    ),
  linked_directories: z
    .array(directorySchema)
    .default([])
    .describe('directories into which links among the outputs of a tool may lead, such as reference data'),
  galaxy_home: z
    .string()
    .startsWith('/')
    .exactOptional()
    .describe('the root directory of a Galaxy on the agents, for destinations with `remote_metadata`'),
  galaxy_virtual_env: z
    .string()
    .startsWith('/')
    .exactOptional()
    .describe('the virtual environment of that Galaxy'),
  unclaimed_hours: hours
    .default(168)
    .describe('the files of an ended job that Galaxy never fetched or deleted are removed after this'),
});

const api = z.strictObject({
  directories: z
    .array(directorySchema)
    .default([])
    .describe(
      "files of jobs that come by the daemon's own API, also those that strategies and merges take, must lie below one of these; none: anywhere",
    ),
});

const retention = z.strictObject({
  jobs_hours: hours.default(24 * 30).describe('ended jobs that came by the API are forgotten after this'),
  events: z
    .number()
    .int()
    .positive()
    .default(100_000)
    .describe('so many of the newest events are kept for whoever comes back to the stream of events'),
});

const limits = z.strictObject({
  upload_gib: positive.default(1024).describe('the largest file that may be uploaded'),
  requests_per_minute: positive.default(600_000).describe('requests of one token from one address'),
  failed_tries_per_minute: positive.default(30).describe('wrong tokens from one address'),
});

/** The whole configuration file. Every setting has a default. */
export const configurationSchema = z.strictObject({
  listen: addressSchema.default('127.0.0.1:8913').describe('address and port; port 0 takes a free one'),
  open_to_everyone: z
    .boolean()
    .default(false)
    .describe(
      'listen on other addresses than loopback although no token is set: anybody there may run commands',
    ),
  tokens: z
    .record(name, token)
    .default({})
    .describe('by name; jobs and files of different names are kept apart'),
  tls: z
    .strictObject({
      certificate: fileSchema.describe('PEM file, with the chain'),
      key: fileSchema.describe('PEM file'),
    })
    .exactOptional()
    .describe('serve HTTPS'),
  state: directorySchema
    .exactOptional()
    .describe(
      'directory of all state; default: `$XDG_STATE_HOME/galaxy-mesos`, `~/.local/state/galaxy-mesos`',
    ),
  store: z
    .string()
    .regex(/^postgres(?:ql)?:\/\//, { error: 'expected postgres://USER@HOST/DATABASE' })
    .exactOptional()
    .describe(
      '`postgres://USER@HOST/DATABASE` for daemons that stand by for one another; default: SQLite in the state',
    ),
  standby: z
    .boolean()
    .default(false)
    .describe('wait until no other daemon has the store, instead of ending; always so with PostgreSQL'),
  mesos: mesos.prefault({}),
  clusters: z
    .record(z.string(), queueCluster)
    .default({})
    .describe(
      'clusters in a batch queue, by name, that the daemon starts, and has looked after again if their launcher dies; they go on without it',
    ),
  local: local.prefault({}),
  run_as: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]*\$?$/i, { error: 'expected the name of a user' })
    .exactOptional()
    .describe(
      'the user as whom jobs run; a daemon that is started as root needs it, and splits jobs only where its own machine knows that user, too',
    ),
  staging: z
    .enum(['shared', 'http'])
    .default('shared')
    .describe('`shared`: agents see the state directory under the same path; `http`: files travel by HTTP'),
  agent_url: urlSchema.exactOptional().describe('how agents reach this daemon, for `staging: http`'),
  resources: resourceRulesSchema.prefault({}),
  scheduling: scheduling.prefault({}),
  pulsar: pulsar.prefault({}),
  api: api.prefault({}),
  strategies: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'modules that bring strategies and merges of your own, by path (`./file.js`, a directory) or name of a package; run as the user of the jobs, who must be able to read them',
    ),
  retention: retention.prefault({}),
  limits: limits.prefault({}),
  log_level: z
    .enum(['error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('what is logged, on stderr: one line of JSON an event, or for people on a terminal'),
  metrics_open: z.boolean().default(false).describe('/metrics needs no token'),
});

/** See {@link configurationSchema}; all defaults filled in. */
export type Configuration = z.infer<typeof configurationSchema>;
