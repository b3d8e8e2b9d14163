import type { z } from 'zod';
import { problemSchema } from '../api/schemas/problem.ts';
import { ClientError } from './client-error.ts';
import { addressOf, reasonOf, unreachable } from './unreachable.ts';

/** An answer as openapi-fetch has it. */
export interface Result {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

const notADaemon = (url: string, what: string, cause?: unknown): ClientError =>
  new ClientError('NOT_A_DAEMON', `what answers at ${addressOf(url)} is not this version's daemon: ${what}`, {
    cause,
  });

/** The error that an answer other than a good one stands for; `text` is its body. */
export function refusal(url: string, status: number, text: string): ClientError {
  const parsed = problemSchema.safeParse(parseJson(text));
  if (!parsed.success) return notADaemon(url, `it answers with status ${status}`);
  const { code, detail } = parsed.data;
  return new ClientError(code, detail, { problem: parsed.data });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so not a problem's description either.
    return undefined;
  }
}

/** Why an answer that had begun came to no end. */
export const brokenOff = (url: string, error: unknown): ClientError =>
  new ClientError('UNREACHABLE', `the connection to ${addressOf(url)} broke: ${reasonOf(error)}`, {
    cause: error,
  });

/**
 * What a daemon answered, as its schema has it.
 * @throws ClientError
 */
export async function answered<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  request: Promise<Result>,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await accepted(url, request));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notADaemon(url, `${issue?.path.join('.')}: ${issue?.message}`, parsed.error);
}

/**
 * The body of a good answer.
 * @throws ClientError
 */
export const accepted = async (url: string, request: Promise<Result>): Promise<unknown> =>
  (await good(url, request)).data;

/**
 * A good answer.
 * @throws ClientError
 */
export async function good(url: string, request: Promise<Result>): Promise<Result> {
  let result: Result;
  try {
    result = await request;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw error instanceof SyntaxError
      ? notADaemon(url, 'it answers no JSON', error)
      : unreachable(url, error);
  }
  if (result.response.ok) return result;
  const { error } = result;
  throw refusal(url, result.response.status, typeof error === 'string' ? error : JSON.stringify(error ?? ''));
}
