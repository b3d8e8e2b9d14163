import { z } from 'zod';

/**
 * Stands for the absolute path of the attempt's own directory in {@link Job.command}, because that is known
 * only when the attempt runs; the job-runner's task script puts the path in its place.
 */
export const attemptDirectory = '__GALAXY_MESOS_ATTEMPT_DIRECTORY__';

/** What a job asks for, in cores and MiB. */
export const jobResourcesSchema = z.strictObject({
  cpus: z.number().positive(),
  mem: z.number().positive(),
  disk: z.number().nonnegative(),
});

/** Galaxy's error levels, mildest first. */
export const errorLevels = ['log', 'qc', 'warning', 'fatal', 'fatal_oom'] as const;

/** How it is told from a command's end whether it failed (Galaxy's `<stdio>` and `detect_errors`). */
export const stdioRulesSchema = z.strictObject({
  /**
   * The first rule whose range holds the exit code decides; a code that no rule holds is no failure. `null`
   * is an open end.
   */
  exitCodes: z.array(
    z.strictObject({
      from: z.number().int().nullable(),
      to: z.number().int().nullable(),
      level: z.enum(errorLevels),
    }),
  ),
  /** Anything on stderr is a failure: what Galaxy does to tools of old profiles without `<stdio>`. */
  failOnStderr: z.boolean(),
  /** Texts that mean failure wherever they stand in stdout or stderr, in upper or lower case. */
  failOnPhrases: z.array(z.string().min(1)),
});

/** A non-zero exit code is a failure and nothing else is. */
export const failOnExitCode: StdioRules = {
  exitCodes: [
    { from: null, to: -1, level: 'fatal' },
    { from: 1, to: null, level: 'fatal' },
  ],
  failOnStderr: false,
  failOnPhrases: [],
};

/** How one input of a job is cut into the inputs of its tasks. */
export const splitSchema = z.strictObject({
  /** The name of the input that is cut; every other input is shared by all tasks. */
  input: z.string(),
  /** The name of a strategy of the package `parallelism`. */
  strategy: z.string(),
  /** The strategy's own parameters; the strategy checks them. */
  parameters: z.record(z.string(), z.unknown()),
});

/** A job: one command or tool to be run with its inputs and outputs, whole or cut into tasks. */
export const jobSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  /**
   * Run by {@link Job.shell} in the attempt's own directory. Names the inputs and outputs by their paths; a
   * path in the attempt's directory is relative or begins with {@link attemptDirectory}.
   */
  command: z.string().min(1),
  shell: z.enum(['/bin/sh', '/bin/bash']),
  /** The output file that the command's standard output goes to; absent: it is kept as a log only. */
  standardOutput: z.string().min(1).optional(),
  inputs: z.array(
    z.strictObject({
      name: z.string().min(1),
      /** Absolute path of the whole file. */
      path: z.string().min(1),
      /** In bytes, when the job was described. */
      size: z.number().int().nonnegative(),
      /** When the file was last changed before the job was described, in milliseconds since 1970. */
      modifiedAt: z.number(),
      /** If this input is split: the file name of a task's part, in the attempt's directory. */
      partName: z.string().min(1),
    }),
  ),
  outputs: z.array(
    z.strictObject({
      name: z.string().min(1),
      /** The file that the command writes, relative to the attempt's directory. */
      file: z.string().min(1),
      /** What it means if the command ended well without writing the file: a failure, or an empty output. */
      whenMissing: z.enum(['fail', 'empty']),
      /** Absolute path where the result is moved to at the end. */
      destination: z.string().min(1),
      /** The name of a merge of the package `parallelism`, for a job that is split. */
      merge: z.string().min(1),
    }),
  ),
  environment: z.record(z.string(), z.string()),
  resources: jobResourcesSchema,
  retries: z.number().int().nonnegative(),
  stdio: stdioRulesSchema,
  split: splitSchema.optional(),
});

/**
 * The states of a job, by Galaxy's names: `new` until its tasks are planned, `queued` while they wait or run
 * (one job's tasks do both at once), `ok` and `error` at the end. A job in `error` may be taken up again.
 */
export const jobStates = ['new', 'queued', 'ok', 'error'] as const;

/** One of {@link jobStates}. */
export type JobState = (typeof jobStates)[number];

/** See {@link jobResourcesSchema}. */
export type JobResources = z.infer<typeof jobResourcesSchema>;
/** See {@link stdioRulesSchema}. */
export type StdioRules = z.infer<typeof stdioRulesSchema>;
/** See {@link splitSchema}. */
export type Split = z.infer<typeof splitSchema>;
/** See {@link jobSchema}. */
export type Job = z.infer<typeof jobSchema>;
/** One of {@link errorLevels}. */
export type ErrorLevel = (typeof errorLevels)[number];
