import type { z } from 'zod';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { readIfThere, writeAtomically } from './atomic-file.ts';

/** The first mistake in a value, with the field it is in. */
function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const field = issue?.path.join('.') ?? '';
  return field === '' ? (issue?.message ?? 'not understood') : `${field}: ${issue?.message}`;
}

/**
 * A JSON text as a value of the schema.
 * @throws QueueClusterError DAMAGED, which names the file and the field
 */
export function parseJson<T>(path: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new QueueClusterError('DAMAGED', `${path} is not JSON; remove it, or write it anew`, {
      cause: error,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new QueueClusterError('DAMAGED', `${path}: ${firstIssue(parsed.error)}`, { cause: parsed.error });
}

/**
 * What a JSON file holds; undefined where there is no such file.
 * @throws QueueClusterError DAMAGED, which names the file and the field
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : parseJson(path, text, schema);
}

/** A value as a JSON file has it, for people to read too. */
export const printJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Replaces a JSON file. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeAtomically(path, printJson(value));
}
