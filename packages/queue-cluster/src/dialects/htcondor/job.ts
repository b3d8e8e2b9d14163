import { z } from 'zod';

/** What is asked of each job; attributes that it does not have are left out of the answer. */
export const attributes = [
  'ClusterId',
  'ProcId',
  'JobStatus',
  'LastJobStatus',
  'JobBatchName',
  'RemoteHost',
  'LastRemoteHost',
  'JobCurrentStartDate',
  'JobStartDate',
  'PilotWalltime',
  'HoldReason',
  'HoldReasonCode',
  'RemoveReason',
  'ExitCode',
  'ExitBySignal',
  'ExitSignal',
  'NumJobStarts',
  'LastRejMatchReason',
].join(',');

const jobSchema = z.object({
  ClusterId: z.int(),
  ProcId: z.int(),
  JobStatus: z.unknown(),
  LastJobStatus: z.number().optional(),
  JobBatchName: z.string().optional(),
  RemoteHost: z.string().optional(),
  LastRemoteHost: z.string().optional(),
  JobCurrentStartDate: z.number().optional(),
  JobStartDate: z.number().optional(),
  PilotWalltime: z.number().optional(),
  HoldReason: z.string().optional(),
  HoldReasonCode: z.number().optional(),
  RemoveReason: z.string().optional(),
  ExitCode: z.int().optional(),
  ExitBySignal: z.boolean().optional(),
  ExitSignal: z.int().optional(),
  NumJobStarts: z.number().optional(),
  LastRejMatchReason: z.string().optional(),
});

/** A job as `condor_q` and `condor_history` tell it. */
export type CondorJob = z.infer<typeof jobSchema>;

/** The jobs of an answer; undefined if it is none, or not whole. */
export function readJobs(stdout: string): readonly CondorJob[] | undefined {
  try {
    return z.array(jobSchema).safeParse(JSON.parse(stdout)).data;
  } catch {
    // No JSON, or not all of it: the caller tells that there is no news.
    return undefined;
  }
}
