import type { StatusOutcome, SubmitOutcome } from '../dialects/dialect.ts';

/** What people want of the cluster. */
export interface Wanted {
  /** `draining` lets tasks end and starts nothing; `down` ends everything. */
  readonly state: 'up' | 'draining' | 'down';
  /** When this was said, in milliseconds since 1970; any other value than before resumes paused pools. */
  readonly at: number;
  readonly pools: Readonly<Record<string, WantedPool>>;
}

/** How many pilots a pool is to have. */
export interface WantedPool {
  readonly min: number;
  readonly max: number;
  /** So many always, whatever the demand is (within `max`). */
  readonly agents?: number;
  /** So many at first: at least that many, without work too, until so many have registered once. */
  readonly first?: number;
}

/** Tasks of one size that wait because no agent has room for them. What runs already is not in it. */
export interface DemandClass {
  readonly cpus: number;
  readonly memMb: number;
  readonly diskMb: number;
  readonly gpus: number;
  readonly count: number;
  /** How many others of them were given a place before, where that is counted: it only grows while some wait. */
  readonly placed?: number;
  /** How long the longest of them may take, where that is known. */
  readonly longestSeconds?: number;
  /** What must hold of the attributes of an agent, all of it. */
  readonly constraints?: readonly DemandConstraint[];
  /** What else they ask for that pools cannot be judged by, in words. */
  readonly uncarried?: readonly string[];
  /** Who lacks them: a framework, or whoever else asks for agents. */
  readonly from: string;
  /** When this was first seen, in milliseconds since 1970, by the launcher's clock. */
  readonly at: number;
}

/** The attribute has one of these values; with `not`, it has none of them, or there is no such attribute. */
export interface DemandConstraint {
  readonly field: string;
  readonly values: readonly string[];
  readonly not?: true;
}

/** An agent with the attribute `pilot:NAME` of this cluster, as the master sees it. */
export interface AgentReport {
  readonly agentId: string;
  readonly pilot: string;
  /** Whether the master has a connection to it; not so while it is unreachable, or not yet back after a failover. */
  readonly isConnected: boolean;
  /** Whether it takes tasks: neither deactivated nor draining nor drained. */
  readonly isActive: boolean;
  readonly isDraining: boolean;
  /** Tasks that have not ended, and executors without tasks. */
  readonly tasks: number;
}

/** What a pilot has written about itself since the last tick; what it says again does no harm. */
export interface PilotFacts {
  readonly pilot: string;
  readonly host?: string;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  /** When its allocation ends, in milliseconds since 1970. */
  readonly endsAt?: number;
  /** Why its script has ended, in the script's words: `idle`, `deadline`, `agent-died 1`, ... */
  readonly ended?: string;
}

/** What came of a submit. One that was not even tried is refused, with a transient problem. */
export interface SubmitNews {
  readonly pilot: string;
  readonly outcome: SubmitOutcome;
}

/** What came of a status command, or of one that asks for endings. */
export interface StatusNews {
  readonly system: string;
  /** When the command was begun. */
  readonly askedAt: number;
  readonly outcome: StatusOutcome;
}

/** All that has come in since the last tick, and what holds now. */
export interface News {
  readonly wanted: Wanted;
  /** All that is lacking now, of all frameworks. */
  readonly demand: readonly DemandClass[];
  /** All agents of this cluster; absent while the master does not answer. */
  readonly agents?: readonly AgentReport[];
  readonly submits: readonly SubmitNews[];
  readonly statuses: readonly StatusNews[];
  /** Answers about batch jobs that the status had left out. */
  readonly endings: readonly StatusNews[];
  readonly facts: readonly PilotFacts[];
  /** Pilots whose orders could not be written. */
  readonly failedOrders: readonly string[];
}
