import { z } from 'zod';
import { containerRuntimes, stdioRulesSchema, volumePathSchema } from '../job.ts';
import { resourceParameters as parameter } from '../resources/parameters.ts';
import type { stdioPresets } from '../stdio-presets.ts';
import { mergeDocumentSchema } from './merge-document.ts';
import { failedPartsSchema, splitDocumentSchema } from './split-document.ts';

// A key of any name is allowed in JSON; these names are also placeholders and parts of file names.
const fileName = z.string().regex(/^[A-Za-z_]\w{0,99}$/, {
  error: 'expected a name of letters, digits and _, which does not begin with a digit',
});

const variableName = z.string().regex(/^[A-Za-z_]\w*$/, {
  error: 'expected the name of a variable: letters, digits and _, which does not begin with a digit',
});

const aPath = 'expected the path of a file';
// biome-ignore lint/suspicious/noControlCharactersInRegex: no path can have this one.
const file = z.string({ error: aPath }).regex(/^[^\u0000]+$/, { error: aPath });

const outputSchema = z.strictObject({
  destination: file.describe('where the result is moved to when the job has ended well'),
  file: file
    .exactOptional()
    .describe(
      "the file that the command writes, relative to the directory it runs in; absent: the output's name with the extension of the destination",
    ),
  whenMissing: z
    .enum(['fail', 'empty'])
    .default('fail')
    .describe('what it means if the command ended well without writing the file'),
  merge: mergeDocumentSchema.exactOptional(),
});

const containerSchema = z.strictObject({
  image: parameter.container,
  runtime: z
    .enum(containerRuntimes, { error: `expected one of ${containerRuntimes.join(', ')}` })
    .exactOptional()
    .describe(
      "by what the image is run: an isolation of Mesos's own (mesos, mesos-docker), or a program on the agent; absent: as the daemon is configured",
    ),
  volumes: z
    .array(
      z.strictObject({
        path: volumePathSchema.describe('an absolute path of the agent, seen under the same name'),
        readOnly: z.boolean().default(true).describe('whether the command may not write there'),
      }),
    )
    .exactOptional()
    .describe('paths of the agent that the command sees besides its own directory'),
});

const presets = [
  'exit_code',
  'aggressive',
  'stderr',
  'none',
] as const satisfies (keyof typeof stdioPresets)[];

/** A job as people and programs describe it, complete but for what the files are like when it is taken. */
export const jobDocumentSchema = z
  .strictObject({
    $schema: z.string().exactOptional().describe('where the schema of this document is, for editors'),
    id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, {
        error: 'expected letters, digits, ".", "_" and "-", at most 200, the first one a letter or a digit',
      })
      .exactOptional()
      .describe('by which the job is found again, and not taken twice; absent: one is made up'),
    name: z.string().min(1).exactOptional().describe('for people; absent: the first word of the command'),
    toolId: z
      .string()
      .min(1)
      .exactOptional()
      .describe("the id of a tool, by which the administrator's defaults and limits are chosen"),
    command: z
      .string({ error: 'expected a text for the shell' })
      .regex(/\S/, { error: 'expected a text for the shell' })
      .describe(
        'a text for the shell, run in a directory of its own; {NAME} stands for the file of the input or output of that name, {{NAME}} for {NAME} itself',
      ),
    shell: z.enum(['/bin/sh', '/bin/bash']).default('/bin/sh').describe('the shell that runs the command'),
    inputs: z
      .record(
        fileName,
        z.union([file, z.array(file).min(1)], { error: 'expected the path of a file, or a list of them' }),
      )
      .default({})
      .describe(
        'files that the command reads: a name for each, and its path; a list where a strategy goes over the files of a collection',
      ),
    outputs: z
      .record(fileName, z.union([file, outputSchema], { error: 'expected the path of a file, or an object' }))
      .default({})
      .describe('files that the command writes: a name for each, and where it is moved to in the end'),
    standardOutput: z
      .string()
      .exactOptional()
      .describe("the name of the output that the command's standard output goes to; absent: to a log"),
    environment: z
      .record(variableName, z.string())
      .default({})
      .describe('variables of the environment, besides GALAXY_SLOTS and its kin'),
    resources: z
      .strictObject({
        cpus: parameter.cpus.exactOptional(),
        mem: parameter.mem.exactOptional(),
        disk: parameter.disk.exactOptional(),
        gpus: parameter.gpus.exactOptional(),
      })
      .default({})
      .describe('what each task may use; absent: as the daemon is configured'),
    walltime: parameter.walltime.exactOptional(),
    queue: parameter.queue.exactOptional(),
    priority: parameter.priority.exactOptional(),
    user: parameter.user.exactOptional(),
    retries: z
      .number()
      .int()
      .nonnegative()
      .default(0)
      .describe('so many times a task whose command failed is tried again'),
    outOfMemory: z
      .strictObject({
        factor: parameter.mem_retry_factor.exactOptional(),
        maximum: parameter.mem_retry_max,
      })
      .exactOptional()
      .describe('what is done if a task ran out of memory; absent: as the daemon is configured'),
    stdio: z
      .union([z.enum(presets), stdioRulesSchema], {
        error: `expected one of ${presets.join(', ')}, or an object with exitCodes, failOnStderr, failOnPhrases`,
      })
      .default('exit_code')
      .describe(
        'how it is told whether the command failed: by its exit code, also by what it writes (aggressive), by anything on stderr, never, or by rules',
      ),
    container: z
      .union([parameter.container, containerSchema], { error: 'expected an image, or an object' })
      .exactOptional()
      .describe('the image in which the command runs; absent: as the daemon is configured, else none'),
    split: splitDocumentSchema.exactOptional(),
    failedParts: failedPartsSchema.exactOptional(),
  })
  .meta({
    title: 'A job of Galaxy on Mesos',
    description: 'One command with its inputs and outputs, and what it needs to run.',
  });

/** See {@link jobDocumentSchema}. */
export type JobDocument = z.output<typeof jobDocumentSchema>;
