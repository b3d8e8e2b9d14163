import { aMinute, type BehaviourModel } from './agent/task-behaviour.ts';

/** How a simulated cluster is made. Everything has a default: Mesos's own, where Mesos has one. */
export interface ClusterOptions {
  /** The same seed, agents, calls and faults give the same events. Default 1. */
  readonly seed?: number;
  /** What tasks do. Default: each finishes after a minute. */
  readonly behaviour?: BehaviourModel;
  /** Between two rounds of offers. Default 1. */
  readonly allocationSeconds?: number;
  /** After so long an offer that was not answered is rescinded. Default: never. */
  readonly offerTimeoutSeconds?: number;
  /** How long an agent may be silent before it counts as unreachable. Default 75: five pings. */
  readonly pingTimeoutSeconds?: number;
  /** How long a new master waits for the agents of the old one. Default 600. */
  readonly reregisterTimeoutSeconds?: number;
  /** An agent that finds a master registers within so long, at random. Default 1. */
  readonly registrationSeconds?: number;
  /** Whether a new master knows of the old one's agents; those `in_memory` die with their master. */
  readonly registry?: 'replicated_log' | 'in_memory';
  /** How long a message takes between schedulers and masters. Default 0.001. */
  readonly schedulerLatencySeconds?: number;
  /** How long a message takes between masters and agents. Default 0, which saves many events. */
  readonly agentLatencySeconds?: number;
  /** The date when virtual time begins, in milliseconds since 1970. */
  readonly dateAtStart?: number;
}

/** Options with all defaults filled in. */
export type ClusterSettings = Required<Omit<ClusterOptions, 'dateAtStart'>> & ClusterOptions;

/** Fills in what was not given. */
export const settleOptions = (options: ClusterOptions): ClusterSettings => ({
  seed: 1,
  behaviour: aMinute,
  allocationSeconds: 1,
  offerTimeoutSeconds: Number.POSITIVE_INFINITY,
  pingTimeoutSeconds: 75,
  reregisterTimeoutSeconds: 600,
  registrationSeconds: 1,
  registry: 'replicated_log',
  schedulerLatencySeconds: 0.001,
  agentLatencySeconds: 0,
  ...options,
});
