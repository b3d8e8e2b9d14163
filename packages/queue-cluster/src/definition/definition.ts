import { z } from 'zod';
import { dialectNames } from '../dialects/dialect.ts';
import { clusterNameSchema, poolNameSchema } from './names.ts';

/** The form of a definition that is written to the disk; another one is not read. */
export const definitionVersion = 1;

/** Whether a cluster's own master and its agents want a credential of everybody: one of the cluster's own, or none. */
export const authentications = ['credential', 'none'] as const;

/** A line of text that goes into a script or a command: nothing in it can begin another line. */
const line = z.string().regex(/^[^\0\r\n]+$/, { error: 'expected one line of text' });
const seconds = z.int().nonnegative();
const count = z.int().nonnegative();
const absolutePath = line.startsWith('/');

/** What all batch jobs of a cluster have, be it a pilot or the master: how one is asked for, and what it runs in. */
const batchJobShape = {
  dialect: z.enum(dialectNames),
  ssh: z.array(line),
  setup: z.array(line),
  image: line.exactOptional(),
  cpus: z.int().positive(),
  memMb: z.int().positive(),
  walltimeSeconds: z.int().positive(),
  queue: line.exactOptional(),
  account: line.exactOptional(),
  extra: z.array(line),
};

const batchJobShapeSchema = z.strictObject(batchJobShape);

const poolSchema = z.strictObject({
  ...batchJobShape,
  agentMemMb: count,
  diskMb: z.int().positive().exactOptional(),
  ports: line.exactOptional(),
  gpus: count,
  agents: count,
  min: count,
  max: z.int().positive(),
  backlog: z.int().positive(),
  idleSeconds: seconds,
  keepAliveSeconds: seconds,
  softMarginSeconds: seconds,
  hardMarginSeconds: seconds,
  attributes: z.record(z.string(), z.string()),
  scratch: line,
});

const masterSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('existing'),
    url: line,
    credentialFile: absolutePath.exactOptional(),
    certificates: absolutePath.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('here'),
    port: z.int().min(0).max(65_535).exactOptional(),
    address: line.exactOptional(),
    setup: z.array(line).exactOptional(),
    image: line.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('in-job'), job: batchJobShapeSchema, address: line.exactOptional() }),
]);

/** How a definition stands in `cluster.json`, where everything is said and nothing is a default any more. */
export const clusterDefinitionSchema: z.ZodType<ClusterDefinition> = z.strictObject({
  version: z.literal(definitionVersion),
  name: clusterNameSchema,
  programs: z.strictObject({ agent: line, master: line, launcherDirectory: absolutePath.exactOptional() }),
  master: masterSchema,
  authentication: z.enum(authentications),
  masterFlags: z.array(line),
  agentFlags: z.array(line),
  agentAddress: line.exactOptional(),
  pools: z.record(poolNameSchema, poolSchema),
});

/** A batch job as the cluster asks its queue for it; what the cluster says of all its jobs is in each of them. */
export interface BatchJobShape {
  readonly dialect: (typeof dialectNames)[number];
  /** The words in front of the queue's commands, such as `ssh` and `login1`; empty: they are run here. */
  readonly ssh: readonly string[];
  /** Lines of shell that are run before Mesos is started: the site's, the cluster's, the pool's. */
  readonly setup: readonly string[];
  /** The container image (apptainer) in which Mesos is started. */
  readonly image?: string;
  readonly cpus: number;
  /** Mebibytes. */
  readonly memMb: number;
  readonly walltimeSeconds: number;
  readonly queue?: string;
  readonly account?: string;
  /** Directives of the site's own, each a whole line such as `#SBATCH --exclusive`. */
  readonly extra: readonly string[];
}

/** Pilots of one shape. */
export interface PoolDefinition extends BatchJobShape {
  /** Mebibytes of `memMb` that are kept for the agent and its executors. */
  readonly agentMemMb: number;
  /** Mebibytes that the agent offers; without it, what is free of the scratch space. */
  readonly diskMb?: number;
  /** What the agent offers of ports, such as `31000-31099`; without it, none: pilots may share a node. */
  readonly ports?: string;
  readonly gpus: number;
  /** So many are started with the cluster, whether there is work or not; min <= agents <= max. */
  readonly agents: number;
  /** So many are kept, whether there is work or not. */
  readonly min: number;
  readonly max: number;
  /** So many wait in the queue at a time, at most. */
  readonly backlog: number;
  /** A pilot that is not kept ends when nothing has run on it for so long. */
  readonly idleSeconds: number;
  /** So long a surplus is kept for the next stage of the work. */
  readonly keepAliveSeconds: number;
  /** So long before its end a pilot's agent gets no more tasks; hardMarginSeconds <= this < walltimeSeconds. */
  readonly softMarginSeconds: number;
  /** So long before its end a pilot's agent ends what still runs. */
  readonly hardMarginSeconds: number;
  /** Attributes of the agents besides those that every pilot has. */
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * The directory in which a pilot makes its own: an absolute path, or one that begins with a variable. `$NAME`,
   * `${NAME}` and `${NAME:-otherwise}` in it stand for variables of the batch job; nothing else in it is special.
   */
  readonly scratch: string;
}

/** Where the cluster's master is. */
export type MasterDefinition =
  /**
   * `url` in any form that Mesos knows: `host:5050`, `zk://…` without a password, or `file:///…`, a file that holds one
   * of these. Who asks it shows the credential in `credentialFile`, as Mesos's own clients read it (JSON with `principal`
   * and `secret`), and trusts the authorities of `certificates` (PEM) besides those that are known everywhere.
   */
  | {
      readonly kind: 'existing';
      readonly url: string;
      readonly credentialFile?: string;
      readonly certificates?: string;
    }
  /**
   * Beside the launcher; without a port, or with 0, a free one. `address` is where it listens: see `agentAddress`. `setup`
   * and `image` are as in batch jobs.
   */
  | {
      readonly kind: 'here';
      readonly port?: number;
      readonly address?: string;
      readonly setup?: readonly string[];
      readonly image?: string;
    }
  | { readonly kind: 'in-job'; readonly job: BatchJobShape; readonly address?: string };

/** All that is said of a cluster, checked, with all defaults. */
export interface ClusterDefinition {
  readonly version: typeof definitionVersion;
  readonly name: string;
  readonly programs: {
    /** A name to be found in PATH (after the lines of `setup`), or an absolute path; the same for the master. */
    readonly agent: string;
    readonly master: string;
    /** Mesos's `--launcher_dir`, where it is not found beside the agent. */
    readonly launcherDirectory?: string;
  };
  readonly master: MasterDefinition;
  /** Of a master that is the cluster's own, and of its agents. */
  readonly authentication: (typeof authentications)[number];
  /** Flags for mesos-master, where the cluster starts it; each one word. */
  readonly masterFlags: readonly string[];
  /** Flags for mesos-agent, each one word such as `--cgroups_root=mesos`. */
  readonly agentFlags: readonly string[];
  /**
   * Where agents listen and how they are reached: the name of a network interface (`ib0`) or an address of its own
   * (`127.0.0.1`). Without it, the address to which the host's name leads.
   */
  readonly agentAddress?: string;
  /** In the order of the cluster file: demand goes to the first whose shape holds it. */
  readonly pools: Readonly<Record<string, PoolDefinition>>;
}
