/**
 * The matcher by itself, for those who have a runtime of their own: it decides which task takes which offer, and does
 * nothing else.
 *
 * @module
 */
export type { MatchDecisions, PlacedTask, Placement, Refusal } from './match-decisions.ts';
export { Matcher, type MatcherOptions } from './matcher.ts';
export {
  builtInPolicies,
  type Candidate,
  type FreeAmounts,
  type LinearPolicy,
  type PlacementPolicy,
} from './placement-policy.ts';
export type { WaitingTask } from './shape.ts';
export type { StartedAttempt } from './told-tasks.ts';
