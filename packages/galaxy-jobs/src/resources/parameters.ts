import { z } from 'zod';
import { containerRuntimes, imageSchema, volumePathSchema } from '../job.ts';
import { parseDecimal, parseMebibytes, parseWalltime } from './amounts.ts';

// Written so that other languages than JavaScript can read it in the JSON Schema.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is kept out.
const oneLine = /^[^\u0000-\u001f]+$/;

/**
 * What a job may ask for, by the names that destinations (after `submit_`), configuration and job documents share.
 * Each takes a text or a number: Galaxy sends texts.
 */
export const resourceParameters = {
  cpus: taking(
    (text) => positive(parseDecimal(text)),
    'a number of cores above 0, such as 4 or 0.5',
  ).describe('cores; a job sees whole ones in GALAXY_SLOTS'),
  mem: taking(
    (text) => positive(parseMebibytes(text)),
    'an amount of memory in MiB or with a unit, such as 8192 or 8G',
  ).describe('memory, in MiB or with a unit (8G)'),
  disk: taking(parseMebibytes, 'an amount of disk in MiB or with a unit, such as 20480 or 20G').describe(
    'disk on the agent, in MiB or with a unit (20G)',
  ),
  gpus: taking(
    (text) => whole(parseDecimal(text)),
    'a whole number of graphics processors, such as 1',
  ).describe('whole graphics processors'),
  walltime: taking(
    (text) => positive(parseWalltime(text)),
    'a time above 0 in seconds, as HH:MM:SS or D-HH:MM:SS, such as 3600 or 01:00:00',
  ).describe('after this time a running job is ended: seconds, HH:MM:SS or D-HH:MM:SS'),
  priority: taking(parseDecimal, 'a number, such as 0 or 10').describe(
    'of two jobs of one user the one with the higher priority goes first',
  ),
  queue: name('the name of a queue').describe('the queue of the scheduler'),
  user: name('the name of a user').describe('whose share of the cluster the job counts for'),
  container: imageSchema.describe('the image in which the command runs'),
  container_runtime: z
    .enum(containerRuntimes, { error: `expected one of ${containerRuntimes.join(', ')}` })
    .describe("by what an image is run: an isolation of Mesos's own, or a program on the agent"),
  container_volumes: taking(
    parseVolumes,
    'absolute paths divided by commas, each with :ro or :rw if not read-only, such as /data:ro,/scratch:rw',
  ).describe('paths of the agent that are seen in the container: /data:ro,/scratch:rw'),
  mem_retry_factor: taking((text) => above(1, parseDecimal(text)), 'a number above 1, such as 2').describe(
    'a job that ran out of memory is tried again with so many times as much',
  ),
  mem_retry_max: taking(
    (text) => positive(parseMebibytes(text)),
    'an amount of memory in MiB or with a unit, such as 65536 or 64G',
  ).describe('a retry is given no more memory than this; a job is not retried for memory without it'),
};

/** The values of {@link resourceParameters}, each only if it was given. */
export type ResourceParameters = {
  -readonly [Name in keyof typeof resourceParameters]?: z.output<(typeof resourceParameters)[Name]>;
};

/** The name of one of {@link resourceParameters}. */
export type ResourceParameterName = keyof typeof resourceParameters;

/** Texts and numbers that a function can read; `expected` says which these are. */
function taking<Value>(read: (text: string) => Value | undefined, expected: string) {
  return z.union([z.string(), z.number()], { error: `expected ${expected}` }).transform((given, context) => {
    const value = read(String(given));
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: given });
    return z.NEVER;
  });
}

/** One line of text with something on it. */
function name(expected: string) {
  const error = `expected ${expected}`;
  return z.string({ error }).trim().regex(oneLine, { error });
}

const above = (bound: number, value: number | undefined): number | undefined =>
  value !== undefined && value > bound ? value : undefined;
const positive = (value: number | undefined): number | undefined => above(0, value);
const whole = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined;

function parseVolumes(text: string): { path: string; readOnly: boolean }[] | undefined {
  const found = text.split(',').map((part) => /^(\/[^:]*?)(?::(ro|rw))?$/.exec(part.trim()));
  if (found.some((one) => one === null || !volumePathSchema.safeParse(one[1]).success)) return undefined;
  return found.map((one) => ({ path: one?.[1] ?? '/', readOnly: one?.[2] !== 'rw' }));
}
