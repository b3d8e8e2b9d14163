import type { DialectName } from '../dialects/dialect.ts';

/** What a pilot is for as long as it lives: what its pool was when it was intended. */
export interface PilotShape {
  /** The same for pilots whose batch jobs are the same but for their names. */
  readonly fingerprint: string;
  /** How its queueing system is reached. */
  readonly dialect: DialectName;
  readonly ssh: readonly string[];
  readonly cpus: number;
  /** What its agents offer, which is less than their batch jobs are given. */
  readonly memMb: number;
  /** Absent where it is not known before a pilot runs: then no task is too big for it. */
  readonly diskMb?: number;
  readonly gpus: number;
  /** All attributes of its agents that are the same for each of them, `pool`, `queue` and `cluster` among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly walltimeSeconds: number;
  /** How long before its end a pilot gets no more tasks. */
  readonly softMarginSeconds: number;
  /** How long before its end a pilot's tasks are ended. */
  readonly hardMarginSeconds: number;
}

/** What the core has to know of a pool: what its pilots are from now on, and how many there may be. */
export interface PoolSetting extends PilotShape {
  readonly name: string;
  /** Key of the queueing system that runs the pool's pilots. */
  readonly system: string;
  /** For pools that `Wanted` does not name. */
  readonly min: number;
  readonly max: number;
  /** How many pilots may wait in the queue at once. */
  readonly backlog: number;
  /** How long an agent without tasks is kept that nobody needs. */
  readonly idleSeconds: number;
  /** How long pilots are kept between two stages of work, where that is longer than `idleSeconds`. */
  readonly keepAliveSeconds: number;
}

/** A queueing system as it is reached: one dialect, through one door (this machine, or `ssh`), as one user. */
export interface SystemSetting {
  readonly key: string;
  /** Whether its dialect honours nodes that are to be left out. */
  readonly excludesNodes: boolean;
  /** Whether it can say how batch jobs ended that its status has left out. */
  readonly keepsAccounts: boolean;
}

/** The cluster, as the core sees its definition. */
export interface ClusterSetting {
  /** In the order of the file: the first pool that holds a class of demand takes it. */
  readonly pools: readonly PoolSetting[];
  readonly systems: readonly SystemSetting[];
  /** Whether the master goes with the cluster. */
  readonly ownsMaster?: boolean;
  readonly timing?: Partial<Timing>;
}

/** Durations by which the core judges, in seconds. Tests and small clusters may shorten them. */
export interface Timing {
  /** A queueing system is asked for its status at most this often. */
  readonly statusShortest: number;
  /** And at least this often, while there is anything to ask about. */
  readonly statusLongest: number;
  /** How far apart two answers must be to prove that a batch job has left the queue. */
  readonly absence: number;
  /** A pilot that has started and has no agent after this long is given up; images may have to be fetched first. */
  readonly registration: number;
  /** An agent that has been away for this long does not come back. */
  readonly agentAway: number;
  /** A pilot whose agent has lived for this long was no failure. */
  readonly earlyDeath: number;
  /** After each failure in a row, the wait before the next submit. */
  readonly backOff: readonly number[];
}

/** What holds where nobody says anything else. Back-off and early death are those of HyperQueue, proven in the field. */
export const defaultTiming: Timing = {
  statusShortest: 30,
  statusLongest: 60,
  absence: 20,
  registration: 600,
  agentAway: 600,
  earlyDeath: 60,
  backOff: [0, 60, 900, 1800, 3600],
};
