import type { AgentFacts } from '../model/agent.ts';
import type { AgentResources } from '../model/amounts.ts';
import type { Resources } from '../model/resources.ts';

/** Amounts of what every slot has columns for. */
export interface FreeAmounts extends Resources {
  readonly gpus: number;
}

/** A place where a task could be put. Only good during the call that it is passed to. */
export interface Candidate {
  readonly agent: AgentFacts;
  /** All that the agent has, where the driver has told. */
  readonly total: AgentResources | undefined;
  /** What is free before the task is there, and what would be left after. */
  readonly free: FreeAmounts;
  readonly left: FreeAmounts;
  /** How many tasks of this scheduler are there. */
  readonly tasks: number;
  /** Counts up in the order in which agents became known. */
  readonly age: number;
}

/**
 * Says where a task is put best. Of the places where it could run and that keep most of its preferences, it is put
 * where the score is highest. A score may depend on nothing but the candidate: places whose free amounts did not
 * change since are not asked about again. `NaN` counts as the lowest score.
 */
export interface PlacementPolicy {
  /** By which tasks and the scheduler's policy ask for it. */
  readonly name: string;
  score(candidate: Candidate): number;
}

/**
 * A policy whose score is a weighted sum of what is free: it is read off the columns, without a call for each place.
 */
export interface LinearPolicy {
  readonly name: string;
  /** For each free core; `relative`: for all the cores of the agent that has most of them. */
  readonly cpus: number;
  readonly mem: number;
  readonly age: number;
  readonly relative: boolean;
  /** Whether to be near the tasks that share a tag is preferred. */
  readonly nearOwnTags: boolean;
}

const linear = (name: string, weights: Partial<LinearPolicy>): LinearPolicy => ({
  name,
  cpus: 0,
  mem: 0,
  age: 0,
  relative: false,
  nearOwnTags: false,
  ...weights,
});

/**
 * The policies that are always there.
 *
 * - `spread`: where most cores are free, so that work spreads over agents.
 * - `best-fit`: where least would be left. Cores and memory are measured against the largest agent, and count the
 *   same; agents fill up one after the other, and large tasks find room longer.
 * - `first-fit`: on the agent that has been known longest, so that the youngest run empty and can be given back.
 * - `locality`: near the tasks that share a tag with the task, on the same host or else in the same zone; among such
 *   places, and while there are no such tasks, as `best-fit`. What a task itself would like to be near of is said by
 *   its preferences, with any policy.
 */
export const builtInPolicies: readonly LinearPolicy[] = [
  linear('spread', { cpus: 1 }),
  linear('best-fit', { cpus: -1, mem: -1, relative: true }),
  linear('first-fit', { age: -1 }),
  linear('locality', { cpus: -1, mem: -1, relative: true, nearOwnTags: true }),
];

/** Whether a policy is one that can be read off the columns. */
export const isLinear = (policy: PlacementPolicy | LinearPolicy): policy is LinearPolicy =>
  !('score' in policy);
