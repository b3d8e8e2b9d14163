import type { LeavingReason, NodeRecord, PilotEndClass, Trouble } from './events.ts';
import type { DemandConstraint } from './news.ts';

/** Where a pilot is between being intended and being forgotten. */
export type PilotPhase = 'intended' | 'queued' | 'started' | 'registered' | 'leaving' | 'ended';

/** A pilot, as `status` shows it. */
export interface PilotView {
  readonly name: string;
  readonly pool: string;
  readonly phase: PilotPhase;
  readonly id?: string;
  readonly node?: string;
  readonly agentId?: string;
  /** When it came into this phase, in milliseconds since 1970. */
  readonly since: number;
  readonly endsAt?: number;
  readonly tasks?: number;
  /** Why it waits in the queue, or is suspended. */
  readonly waits?: Trouble;
  readonly isStuck?: boolean;
  readonly leaving?: LeavingReason;
  readonly ended?: { readonly class: PilotEndClass; readonly text: string; readonly advice?: string };
}

/** A pool, as `status` shows it. */
export interface PoolView {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** How many pilots are in which phase. */
  readonly phases: Readonly<Record<PilotPhase, number>>;
  readonly paused?: Trouble;
  /** No submit before this, and why. */
  readonly backOff?: Trouble & { readonly until: number };
  /** What the queue says of pilots that wait, each sentence once, the most frequent first. */
  readonly waits: readonly (Trouble & { readonly count: number; readonly isStuck: boolean })[];
}

/**
 * Why tasks cannot be had:
 * `unmatched` no pool's agents have the attributes that they ask for;
 * `too-big` no pilots of such pools hold one;
 * `too-long` they take longer than such pilots live;
 * `untaken` pilots are there that should hold them, and idle, and they do not go there;
 * `full` the pools that hold them may not have more pilots, or are paused.
 */
export const unmetReasons = ['unmatched', 'too-big', 'too-long', 'untaken', 'full'] as const;
export type UnmetReason = (typeof unmetReasons)[number];

/** A class of tasks that cannot be had, and why. */
export interface UnmetDemand {
  /** Whose tasks they are. */
  readonly from: string;
  readonly cpus: number;
  readonly memMb: number;
  readonly diskMb: number;
  readonly gpus: number;
  readonly count: number;
  readonly why: UnmetReason;
  /** How long the longest of them may take. */
  readonly longestSeconds?: number;
  /** `too-long`: how long one might take, where they live longest. */
  readonly livesSeconds?: number;
  readonly constraints?: readonly DemandConstraint[];
  /** What else they ask for that pools cannot be judged by. */
  readonly uncarried?: readonly string[];
  /** `untaken`: the pools whose pilots they do not take. */
  readonly pools?: readonly string[];
}

/** A node on which pilots failed, and that is left out, or would be. */
export interface NodeView extends NodeRecord {
  /** Not where the queue cannot, nor where so many are bad that it is not their fault. */
  readonly isLeftOut: boolean;
}

/** The pools and pilots of a cluster, as `status` shows them. */
export interface PoolsView {
  readonly state: 'up' | 'draining' | 'down';
  /** `Wanted.at` of what the launcher goes by. */
  readonly wantedAt: number;
  readonly pools: readonly PoolView[];
  readonly pilots: readonly PilotView[];
  readonly unmet: readonly UnmetDemand[];
  readonly badNodes: readonly NodeView[];
  /** Queueing systems that do not answer, and their batch jobs with names of this cluster that nobody knows. */
  readonly systems: readonly {
    readonly key: string;
    readonly trouble?: string;
    /** With `trouble`: when the last answer that said something was asked for; 0 if there was none. */
    readonly knownAt?: number;
    readonly strangers: readonly string[];
  }[];
}
