import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MergeChoice } from '@galaxy-mesos/parallelism';
import { replaceFile } from './job-directory.ts';
import { JobError } from './job-error.ts';
import { scriptFiles } from './task-script.ts';

/** What a merge may want to know of a part. */
export interface PartRecord {
  readonly label?: string;
  readonly values?: Readonly<Record<string, string>>;
}

/** What is remembered of a plan until its job has ended. */
export interface PlanRecord {
  /** The job is one task, and nothing is joined. */
  readonly isWhole: boolean;
  /** By the names of the outputs. */
  readonly merges: Readonly<Record<string, MergeChoice>>;
  /** In order. */
  readonly parts: readonly PartRecord[];
}

const fileIn = (directory: string): string => path.join(directory, scriptFiles.plan);

/** Keeps a plan in the job's directory, in the place of an earlier one. */
export const keepPlan = (directory: string, plan: PlanRecord): void =>
  replaceFile(fileIn(directory), `${JSON.stringify(plan)}\n`);

/** @throws JobError `UNUSABLE_DIRECTORY` if what was kept cannot be read */
export function keptPlan(directory: string): PlanRecord {
  try {
    return JSON.parse(readFileSync(fileIn(directory), 'utf8')) as PlanRecord;
  } catch (error) {
    const message = 'the plan of the job, which was kept there, cannot be read; begin the job anew';
    throw new JobError('UNUSABLE_DIRECTORY', fileIn(directory), message, error);
  }
}

/** Whether a plan was kept, which is the last thing that is done of planning. */
export const isPlanKept = (directory: string): boolean => existsSync(fileIn(directory));
