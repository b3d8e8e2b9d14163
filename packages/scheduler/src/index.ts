/**
 * Decides which task takes which offer, and keeps tasks alive.
 *
 * @example
 * ```ts
 * const scheduler = new Scheduler({ driver, store, listener: (notice) => console.log(notice) });
 * await scheduler.start();
 * await scheduler.submit(tasks);
 * await scheduler.settled();
 * await scheduler.close('teardown');
 * ```
 *
 * @module
 */
export {
  type AgentView,
  type DemandView,
  describeBriefly,
  describeExplanation,
  type Explanation,
  type Fallen,
  type FreeResources,
  type Funnel,
  type HelpfulSize,
  type Lack,
  type MissingResources,
  type Reason,
  type ScalingAdvice,
  type Shortfall,
} from './explain/index.ts';
export type { AgentAmounts, AgentStatus } from './matching/agent-uses.ts';
export type { WaitingDemand, WaitingExplanation } from './matching/insight.ts';
export type { Candidate, FreeAmounts, PlacementPolicy } from './matching/placement-policy.ts';
export { type SchedulerCounts, SchedulerMetrics } from './metrics/scheduler-metrics.ts';
export type { AgentFacts, AgentId, KnownAgent, Unavailability } from './model/agent.ts';
export type {
  AgentResources,
  AssignedResources,
  DiskDemand,
  NumberRange,
  OfferedDisk,
  OfferedVolume,
  ReservedAmounts,
  TaskResources,
  VolumeDemand,
} from './model/amounts.ts';
export type { AgentField, Constraint, Preference, Tag } from './model/constraint.ts';
export { SchedulerError, type SchedulerErrorCode } from './model/errors.ts';
export {
  defaultPolicy,
  type HeadOfLineRule,
  type HoardingRule,
  type PreemptionRule,
  type SchedulingPolicy,
  type ShareRule,
} from './model/policy.ts';
export {
  addResources,
  describeResources,
  fitsInto,
  missingResources,
  noResources,
  type ResourceName,
  type Resources,
  resourceNames,
  subtractResources,
  thousandths,
} from './model/resources.ts';
export {
  type Attempt,
  type AttemptId,
  type AttemptState,
  attemptEnvironment,
  attemptStates,
  isFinal,
  isTerminal,
  type RetryRules,
  type TaskContainer,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
  type TaskState,
  type TaskUnion,
  taskStates,
} from './model/task.ts';
export { type Clock, systemClock } from './ports/clock.ts';
export type {
  AgentRule,
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  FilePart,
  InverseOffer,
  Launch,
  Offer,
  OfferId,
  OfferWish,
} from './ports/driver.ts';
export { isTemporary, type TaskChange, type TaskStore, type TemporaryStoreError } from './ports/store.ts';
export type { SchedulerNotice } from './runtime/notice.ts';
export { NoticeStream, type StreamedNotice } from './runtime/notice-stream.ts';
export { defaultOptions, type SchedulerOptions } from './runtime/options.ts';
export { Scheduler } from './runtime/scheduler.ts';
export type { SchedulerParts } from './runtime/scheduler-parts.ts';
