import { FormatError, type FormatErrorCode } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { PlanError, type PlanErrorCode } from './plan-error.ts';

/** An error of planning as data, for whoever plans in another process than the one that asked for it. */
export const errorDataSchema = z.strictObject({
  type: z.enum(['plan', 'format', 'other']),
  code: z.string(),
  /** Without code and place, where these are known apart. */
  message: z.string(),
  path: z.string().optional(),
  line: z.number().optional(),
  offset: z.number().optional(),
});

/** See {@link errorDataSchema}. */
export type ErrorData = z.infer<typeof errorDataSchema>;

/** What was thrown, as data. */
export function dataOfError(thrown: unknown): ErrorData {
  if (thrown instanceof PlanError) return { type: 'plan', code: thrown.code, message: thrown.rawMessage };
  if (thrown instanceof FormatError) {
    const { code, rawMessage: message, path, line, offset } = thrown;
    return { type: 'format', code, message, path, line, offset };
  }
  if (isRefusal(thrown)) {
    const message = 'the user that the job runs as may not read it';
    return { type: 'format', code: 'NO_PERMISSION', message, path: thrown.path };
  }
  return { type: 'other', code: '', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** The error that the data are of. */
export function errorOfData({ type, code, message, ...place }: ErrorData): Error {
  if (type === 'plan') return new PlanError(code as PlanErrorCode, message);
  if (type === 'format') return new FormatError(code as FormatErrorCode, message, place);
  return new Error(message);
}

/** What the operating system says of a file that somebody may not open. */
const isRefusal = (thrown: unknown): thrown is Error & { readonly path: string } =>
  thrown instanceof Error &&
  'code' in thrown &&
  (thrown.code === 'EACCES' || thrown.code === 'EPERM') &&
  'path' in thrown &&
  typeof thrown.path === 'string';
