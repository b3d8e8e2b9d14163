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
  /** Whole graphics processors. */
  gpus: z.number().int().nonnegative().exactOptional(),
});

/** By what a command is put into an image: an isolation of Mesos's own, or a program on the agent. */
export const containerRuntimes = [
  'mesos',
  'mesos-docker',
  'docker',
  'podman',
  'singularity',
  'apptainer',
] as const;

const anImage = 'expected an image, such as quay.io/biocontainers/samtools:1.20--h50ea8bc_0';

/** An image, by the name that stands in a command line: it must not be taken for an option. */
export const imageSchema = z
  .string({ error: anImage })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is kept out.
  .regex(/^[^-\s\u0000-\u001f][^\s\u0000-\u001f]*$/, { error: anImage });

const aVolume = 'expected an absolute path without colons and commas';

/** Programs that run containers have colons and commas between the parts of a mount. */
export const volumePathSchema = z
  .string({ error: aVolume })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no path can have this one.
  .regex(/^\/[^:,"\u0000]*$/, { error: aVolume });

/** The image in which a job's command runs. */
export const containerSchema = z.strictObject({
  /** As a registry of Docker has it, such as `quay.io/biocontainers/samtools:1.20--h50ea8bc_0`, or a file. */
  image: imageSchema,
  runtime: z.enum(containerRuntimes),
  /** Paths of the agent that are seen inside under the same name, besides the attempt's own directory. */
  volumes: z.array(z.strictObject({ path: volumePathSchema, readOnly: z.boolean() })).exactOptional(),
});

/** Galaxy's error levels, mildest first. */
export const errorLevels = ['log', 'qc', 'warning', 'fatal', 'fatal_oom'] as const;

/** How it is told from a command's end whether it failed (Galaxy's `<stdio>` and `detect_errors`). */
export const stdioRulesSchema = z.strictObject({
  /**
   * The first rule whose range holds the exit code decides; a code that no rule holds is no failure. `null`
   * is an open end.
   */
  exitCodes: z
    .array(
      z.strictObject({
        from: z.number().int().nullable().describe('the lowest exit code that is meant; null: any'),
        to: z.number().int().nullable().describe('the highest exit code that is meant; null: any'),
        level: z.enum(errorLevels).describe('fatal and fatal_oom are failures'),
      }),
    )
    .describe('the first rule that holds the exit code decides; a code that none holds is no failure'),
  /** Anything on stderr is a failure: what Galaxy does to tools of old profiles without `<stdio>`. */
  failOnStderr: z.boolean().describe('anything on stderr is a failure'),
  /** Texts that mean failure wherever they stand in stdout or stderr, in upper or lower case. */
  failOnPhrases: z
    .array(z.string().min(1))
    .describe('texts that mean failure in stdout or stderr, in upper or lower case'),
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

/** One way in which inputs are cut, or runs are made; steps are nested: each part of one is cut by the next. */
export const splitStepSchema = z.strictObject({
  /** The name of a strategy of the package `parallelism`. */
  strategy: z.string().min(1),
  /** The names of the inputs that it cuts or goes through, in its own order. */
  inputs: z.array(z.string()),
  /** The strategy's own parameters; the strategy checks them. */
  parameters: z.record(z.string(), z.unknown()),
});

/** How a job is cut into tasks: the first alternative whose condition holds; where none does, it runs whole. */
export const splitSchema = z.strictObject({
  alternatives: z.array(
    z.strictObject({
      /** A condition in CEL over what is known of the job and the cluster; absent: it holds. */
      when: z.string().min(1).exactOptional(),
      /** Nested, the first one slowest; none: the job runs whole. */
      by: z.array(splitStepSchema),
    }),
  ),
  /** What becomes of the job if parts fail for good: it fails (the default), or they are left out of its results. */
  failedParts: z.enum(['fail', 'skip']).exactOptional(),
});

/** By more results at once no command of a reduction gets quicker, and command lines are not endless. */
export const greatestArity = 1000;

/** So many results a command is given where nobody says it: few levels, and little to do again where one fails. */
export const defaultArity = 8;

/** How the results of parts become one by a merge of the package `parallelism`. */
export const namedMergeSchema = z.strictObject({
  merge: z.string().min(1).describe('the name of a merge'),
  /** The merge checks them. */
  parameters: z.record(z.string(), z.unknown()).exactOptional().describe('of the merge'),
});

/** How the results of parts become one by a command of the user's. */
export const reductionSchema = z.strictObject({
  /** Run by {@link Job.shell} in a task: `{parts}` stands for paths of results, in order, `{output}` for the new one. */
  reduce: z
    .string()
    .regex(/\{parts\}/, { error: 'expected a command that mentions {parts}' })
    .regex(/\{output\}/, { error: 'expected a command that mentions {output}' })
    .describe(
      'a command that makes one result of several: {parts} stands for their paths, in order, {output} for that of the result',
    ),
  /** So many results are reduced to one by one task; those that come of it again, until one is left. */
  arity: z
    .number()
    .int()
    .min(2)
    .max(greatestArity)
    .describe('so many results the command is given at most, again and again until one is left'),
});

/** How the results of parts become one. */
export const outputMergeSchema = z.union([namedMergeSchema, reductionSchema]);

/** A job: one command or tool to be run with its inputs and outputs, whole or cut into tasks. */
export const jobSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  /**
   * Run by {@link Job.shell} in the attempt's own directory. Names the inputs and outputs by their paths; a
   * path in the attempt's directory is relative or begins with {@link attemptDirectory}. Of a job that is split,
   * `{NAME}` stands for the value that a part has of this name, where the strategy gives one.
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
      /** The other files of a collection, in order. */
      more: z
        .array(
          z.strictObject({
            path: z.string().min(1),
            size: z.number().int().nonnegative(),
            modifiedAt: z.number(),
          }),
        )
        .exactOptional(),
      /** If an alternative cuts this input: the file name of a task's part, in the attempt's directory. */
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
      /**
       * For a job that is split: one for each of its steps, the outermost first, or one for the innermost alone; the
       * results that one joins are what the next one has made. Absent: as the strategies say, else as the name tells.
       */
      merges: z.array(outputMergeSchema).min(1).exactOptional(),
    }),
  ),
  environment: z.record(z.string(), z.string()),
  resources: jobResourcesSchema,
  retries: z.number().int().nonnegative(),
  stdio: stdioRulesSchema,
  split: splitSchema.optional(),
  /**
   * A job directory in the layout of Galaxy's remote job runner (inputs, working, outputs, configs, tool_files,
   * metadata, ...), which the command names by its absolute path. Each attempt works on a tree of its own with this
   * layout, and what counts is moved into this directory at the end. Its exit code is Galaxy's to judge. It names
   * inputs and outputs only if it is split: files that a part has its slice of in the tree ({@link Job.inputs}
   * `partName` is the place there), and those that Galaxy will fetch (`file` is relative to the directory).
   */
  directory: z.string().startsWith('/').exactOptional(),
  container: containerSchema.exactOptional(),
  /** Who submitted it, as the name of a token: others do not see it. */
  owner: z.string().min(1).exactOptional(),
  /** Whose share of the cluster it counts for, and in which queue. */
  user: z.string().exactOptional(),
  queue: z.string().exactOptional(),
  /** Of two jobs of one user in one queue the one with the higher priority goes first. */
  priority: z.number().exactOptional(),
  /** Seconds after which a running attempt is ended. */
  walltime: z.number().positive().exactOptional(),
  /** An attempt that ran out of memory is followed by one with `factor` times as much, up to `maximum` MiB. */
  outOfMemory: z.strictObject({ factor: z.number().gt(1), maximum: z.number().positive() }).exactOptional(),
});

/**
 * The states of a job, by Galaxy's names: `new` until its tasks are planned, `queued` until one of them runs,
 * `running`, `paused` while nothing of it is started because somebody said so, and at the end `ok`, `error`, or
 * `deleted` where it was cancelled. A job in `error` may be taken up again.
 */
export const jobStates = ['new', 'queued', 'running', 'paused', 'ok', 'error', 'deleted'] as const;

/** One of {@link jobStates}. */
export type JobState = (typeof jobStates)[number];

/** One of {@link containerRuntimes}. */
export type ContainerRuntime = (typeof containerRuntimes)[number];
/** See {@link containerSchema}. */
export type Container = z.infer<typeof containerSchema>;
/** See {@link jobResourcesSchema}. */
export type JobResources = z.infer<typeof jobResourcesSchema>;
/** See {@link stdioRulesSchema}. */
export type StdioRules = z.infer<typeof stdioRulesSchema>;
/** See {@link splitSchema}. */
export type Split = z.infer<typeof splitSchema>;
/** See {@link splitStepSchema}. */
export type SplitStep = z.infer<typeof splitStepSchema>;
/** See {@link outputMergeSchema}. */
export type OutputMerge = z.infer<typeof outputMergeSchema>;
/** See {@link jobSchema}. */
export type Job = z.infer<typeof jobSchema>;
/** One of {@link errorLevels}. */
export type ErrorLevel = (typeof errorLevels)[number];

/** A file as it was when a job was described. */
export type JobFile = Pick<Job['inputs'][number], 'path' | 'size' | 'modifiedAt'>;

/** All files of an input, in order. */
export const filesOfInput = ({
  more = [],
  ...first
}: Job['inputs'][number]): readonly [JobFile, ...JobFile[]] => [first, ...more];

/** The names of the inputs that an alternative cuts: a command finds these in the attempt's own directory. */
export const cutInputNames = ({ split }: { readonly split?: Split | undefined }): ReadonlySet<string> =>
  new Set(split?.alternatives.flatMap(({ by }) => by.flatMap(({ inputs }) => inputs)));
