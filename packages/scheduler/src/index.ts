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
export { type Clock, systemClock } from './clock.ts';
export type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  Launch,
  Offer,
  OfferId,
} from './driver.ts';
export { SchedulerError, type SchedulerErrorCode } from './errors.ts';
export type { SchedulerNotice } from './notice.ts';
export { defaultOptions, type SchedulerOptions } from './options.ts';
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
} from './resources.ts';
export { Scheduler, type SchedulerParts } from './scheduler.ts';
export type { TaskChange, TaskStore } from './store.ts';
export {
  type Attempt,
  type AttemptId,
  type AttemptState,
  attemptEnvironment,
  attemptStates,
  isFinal,
  isTerminal,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
  type TaskState,
  taskStates,
} from './task.ts';
