import type { FileRange, PlanContext } from '../strategy.ts';

/** A context for tests: this machine, and no place for bytes that no input has. */
export const planContext = (context: Partial<PlanContext> = {}): PlanContext => ({
  mesos: false,
  sidecar: { keep: (): Promise<FileRange> => Promise.reject(new Error('nothing is to be kept here')) },
  ...context,
});
