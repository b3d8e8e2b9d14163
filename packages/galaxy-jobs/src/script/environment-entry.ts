import { z } from 'zod';

/**
 * One entry of the environment of a Galaxy destination or tool, as Galaxy sends it. What counts is the first that is
 * given of `file` (sourced), `execute` (a command, run as it is) and `name` with `value` (set and exported); Galaxy
 * writes `null` for the others.
 */
export const environmentEntrySchema = z
  .object({
    name: z.string().nullish(),
    value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
    /** The value, or the name of the file, is shell text: it is not put between quotes. */
    raw: z.union([z.boolean(), z.string()]).nullish(),
    file: z.string().nullish(),
    execute: z.string().nullish(),
  })
  .refine(
    ({ file, execute, name, value }) => file || execute || (name && value !== null && value !== undefined),
    {
      error: 'an entry of the environment needs a name with a value, a file, or a command to execute',
    },
  );

/** See {@link environmentEntrySchema}. */
export const environmentEntriesSchema = z.array(environmentEntrySchema);

/** See {@link environmentEntrySchema}. */
export type EnvironmentEntry = z.infer<typeof environmentEntrySchema>;

/** The line of shell that Pulsar makes of an entry, to the letter: Galaxy's users write their values for it. */
export function environmentStatement({ name, value, raw, file, execute }: EnvironmentEntry): string {
  const quoted = (text: string): string => (isRaw(raw) ? text : `"${text.replaceAll('"', '\\"')}"`);
  if (file) return `. ${quoted(file)}`;
  if (execute) return execute;
  return `${name ?? ''}=${quoted(asPythonWrites(value))}; export ${name ?? ''}`;
}

/** Python's truth: any text but the empty one. */
const isRaw = (raw: EnvironmentEntry['raw']): boolean => Boolean(raw);

const asPythonWrites = (value: EnvironmentEntry['value']): string => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value ?? '');
};
