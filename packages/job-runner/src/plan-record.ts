import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { StepJoin } from '@galaxy-mesos/parallelism';
import { z } from 'zod';
import { keepFile } from './job-directory.ts';
import { JobError } from './job-error.ts';
import { joinsSchema, type PartRecord, partRecordSchema } from './planning/planned-data.ts';
import { scriptFiles } from './task-script.ts';

/** What is remembered of a plan until its job has ended. */
export interface PlanRecord {
  /** The job is one task, and nothing is joined. */
  readonly isWhole: boolean;
  /** By the names of the outputs; see `PlannedSplit` of the package parallelism. */
  readonly joins: Readonly<Record<string, readonly StepJoin[]>>;
  /** In order. */
  readonly parts: readonly PartRecord[];
}

const planSchema: z.ZodType<PlanRecord> = z.strictObject({
  isWhole: z.boolean(),
  joins: joinsSchema,
  parts: z.array(partRecordSchema).min(1),
});

const fileIn = (directory: string): string => path.join(directory, scriptFiles.plan);

/** Keeps a plan in the job's directory. */
export const keepPlan = (directory: string, plan: PlanRecord): Promise<void> =>
  keepFile(fileIn(directory), `${JSON.stringify(plan)}\n`);

/** Of a plan that is about to be made anew nothing is left. */
export const dropPlan = (directory: string): void => rmSync(fileIn(directory), { force: true });

/** @throws JobError `UNUSABLE_DIRECTORY` if what was kept cannot be read, or is of another number of tasks */
export function keptPlan(directory: string, tasks: number): PlanRecord {
  const plan = readPlan(directory);
  if (plan.parts.length === tasks) return plan;
  const message = `the plan of the job, which was kept there, has ${plan.parts.length} parts, and the job has ${tasks}; begin the job anew`;
  throw new JobError('UNUSABLE_DIRECTORY', fileIn(directory), message);
}

function readPlan(directory: string): PlanRecord {
  try {
    return planSchema.parse(JSON.parse(readFileSync(fileIn(directory), 'utf8')));
  } catch (error) {
    const message = 'the plan of the job, which was kept there, cannot be read; begin the job anew';
    throw new JobError('UNUSABLE_DIRECTORY', fileIn(directory), message, error);
  }
}

/** Whether a plan was kept, which is the last thing that is done of planning. */
export const isPlanKept = (directory: string): boolean => existsSync(fileIn(directory));
