import type { SchedulerOptions, TaskSpec } from '@galaxy-mesos/scheduler';

/** What `scheduler-process.ts` passes on the way of an attempt. */
export const points = [
  'subscribed',
  /** The attempt is in the store, and nothing was sent. */
  'intent',
  /** ACCEPT is on its way. */
  'sent',
  /** The master said 202. */
  'accepted',
  /** The first update came, and nothing was written. */
  'update',
  /** What an update said is in the store, and it is not acknowledged. */
  'committed',
  'acknowledged',
  /** The last update came, and nothing was written. */
  'ended',
] as const;

/** One of {@link points}. */
export type Point = (typeof points)[number];

/** What `scheduler-process.ts` is told. */
export interface ProcessSettings {
  readonly master: string;
  /** Where the store is; it stands by while another process has it. */
  readonly store: string;
  readonly leaseSeconds?: number;
  readonly tasks: readonly TaskSpec[];
  readonly options?: Partial<SchedulerOptions>;
  /** It kills itself when it passes this point for the n-th time. */
  readonly crashAt?: { readonly point: Point; readonly occurrence: number };
}
