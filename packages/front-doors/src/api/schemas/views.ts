import {
  type AgentView,
  type AttemptView,
  containerSchema,
  type JobView,
  jobStates,
  type TaskCounts,
  type TaskView,
  type WaitingView,
} from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';

// What `galaxy-jobs` has as types, with words for people who read the OpenAPI document.

const count = z.int().nonnegative();
const time = z.number().describe('Milliseconds since 1970.');

/** Amounts, loosely: a cluster may tell of any. */
const resourcesSchema = z
  .object({
    cpus: z.number().describe('Cores.'),
    mem: z.number().describe('MiB of memory.'),
    disk: z.number().describe('MiB of disk.'),
    gpus: z.number().exactOptional().describe('Graphics processors.'),
  })
  .meta({ id: 'Resources', examples: [{ cpus: 1, mem: 1024, disk: 0 }] });

const taskCountsSchema = z
  .object({
    ...{ total: count, waiting: count, active: count },
    ...{ finished: count, failed: count, cancelled: count },
  })
  .meta({ id: 'TaskCounts', description: 'How many tasks of a job are in which state.' });
taskCountsSchema satisfies z.ZodType<TaskCounts>;

export const jobStateSchema = z.enum(jobStates).meta({
  id: 'JobState',
  description:
    '`new` until its tasks are planned, `queued` until one of them runs, `running`, `paused`; at the end `ok`, `error`, or `deleted` if it was cancelled.',
});

const failedPartsSchema = z.object({
  total: z.int().describe('How many there are.'),
  parts: z
    .array(
      z.object({
        index: z.int().describe('Counted from 0.'),
        label: z.string().exactOptional().describe('What it is of, where the strategy says that.'),
        message: z.string().describe('Why, in one sentence.'),
      }),
    )
    .readonly()
    .describe('The first of them, not more than a hundred.'),
});

export const jobViewSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    state: jobStateSchema,
    owner: z.string().exactOptional().describe('The name of the token with which it was submitted.'),
    user: z.string().exactOptional().describe('Whose share of the cluster it counts for.'),
    queue: z.string().exactOptional(),
    priority: z.number(),
    resources: resourcesSchema,
    container: containerSchema.exactOptional(),
    createdAt: time,
    startedAt: time.exactOptional(),
    endedAt: time.exactOptional(),
    tasks: taskCountsSchema,
    exitCode: z.int().exactOptional().describe('Of a job that is one task: what its command ended with.'),
    message: z.string().exactOptional().describe('Why it is in error, or why it waits.'),
    failedParts: failedPartsSchema
      .exactOptional()
      .describe('Of a job that is ok: the parts that failed for good, and are left out of its results.'),
  })
  .meta({
    id: 'JobView',
    description: 'A job as it stands.',
    examples: [
      {
        ...{ id: 'job-1f2e3d4c', name: 'count', state: 'running', owner: 'galaxy', user: 'ada', priority: 0 },
        resources: { cpus: 1, mem: 1024, disk: 0 },
        ...{ createdAt: 1_795_400_000_000, startedAt: 1_795_400_001_000 },
        tasks: { total: 1, waiting: 0, active: 1, finished: 0, failed: 0, cancelled: 0 },
      },
    ],
  });
jobViewSchema satisfies z.ZodType<JobView>;

export const submittedJobViewSchema = jobViewSchema
  .extend({
    warning: z
      .string()
      .exactOptional()
      .describe(
        'Why nothing that is known now could ever hold it. It is taken all the same: agents may come.',
      ),
  })
  .meta({ id: 'SubmittedJobView', description: 'A job as it was taken.', examples: undefined });

export const attemptViewSchema = z
  .object({
    id: z.string().describe('Also the id of its task in Mesos.'),
    number: z.int().describe('From 1.'),
    state: z.string().describe("Mesos's name of the state, such as `TASK_RUNNING`."),
    agentId: z.string(),
    hostname: z.string(),
    launchedAt: time,
    startedAt: time.exactOptional(),
    endedAt: time.exactOptional(),
    sandbox: z.string().exactOptional().describe('Where its files are, for people.'),
    exitCode: z.int().exactOptional(),
    message: z.string().exactOptional(),
    reason: z
      .string()
      .exactOptional()
      .describe("Mesos's reason, such as `REASON_CONTAINER_LIMITATION_MEMORY`."),
  })
  .meta({ id: 'AttemptView', description: 'One try at a task.' });
attemptViewSchema satisfies z.ZodType<AttemptView>;

const taskFields = {
  id: z.string(),
  jobId: z.string(),
  name: z.string(),
  state: z.enum(['waiting', 'active', 'finished', 'failed', 'cancelled']),
};

export const taskViewSchema = z
  .object({ ...taskFields, attempts: z.array(attemptViewSchema) })
  .meta({ id: 'TaskView', description: 'A task of a job, and what was tried.' });
taskViewSchema satisfies z.ZodType<TaskView>;

/** A task as events tell of it: attempts have events of their own. */
export const taskStateSchema = z.object(taskFields).meta({ id: 'TaskState' });

export const agentViewSchema = z
  .object({
    id: z.string(),
    hostname: z.string(),
    attributes: z.record(z.string(), z.string()),
    total: resourcesSchema.exactOptional().describe('Absent where the cluster does not tell.'),
    used: resourcesSchema.describe('What the tasks of this service use there now.'),
    tasks: count,
    avoided: z.string().exactOptional().describe('Why nothing is put there for now.'),
  })
  .meta({ id: 'AgentView', description: 'An agent of the cluster, as far as it is known.' });
agentViewSchema satisfies z.ZodType<AgentView>;

/** An attempt that keeps a job from being forgotten. */
const lastAttemptSchema = z.object({
  taskId: z.string(),
  attemptId: z.string(),
  state: attemptViewSchema.shape.state,
  agentId: z.string(),
  hostname: z.string(),
  isAgentKnown: z.boolean().describe('Whether the agent is there; one that is not may come back.'),
});

export const jobRemovalSchema = z
  .object({
    jobId: z.string(),
    waitsFor: z.array(lastAttemptSchema).describe('What has not ended; empty: its files are being moved.'),
  })
  .meta({
    id: 'JobRemoval',
    description: 'A job that has ended, and is forgotten as soon as nothing of it runs.',
  });

/** See {@link jobRemovalSchema}. */
export type JobRemoval = z.infer<typeof jobRemovalSchema>;

export const waitingViewSchema = z
  .object({
    tasks: count,
    jobs: z.array(z.string()).describe('The oldest first, not more than a hundred.'),
    resources: resourcesSchema,
    reason: z.string().describe('Why they wait, in one sentence for people.'),
    impossible: z.boolean().describe('No agent that is known could ever run them.'),
  })
  .meta({ id: 'WaitingView', description: 'Tasks of one kind that wait, and why.' });
waitingViewSchema satisfies z.ZodType<WaitingView>;
