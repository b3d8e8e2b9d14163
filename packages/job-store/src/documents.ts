import { type Job, type JobState, jobSchema, jobStates } from '@galaxy-mesos/galaxy-jobs';
import {
  type Attempt,
  type TaskRecord,
  type TaskSpec,
  type TaskState,
  taskStates,
} from '@galaxy-mesos/scheduler';
import { z } from 'zod';
import type { Row } from './backend.ts';
import { type Check, compileCheck } from './compiled-check.ts';
import type { StoredEvent, StoredJob } from './job-store.ts';
import { attemptSchema, type JobOutcome, jobOutcomeSchema, specSchema } from './schemas.ts';
import { forEachInTurns } from './turns.ts';

// What is stored are texts of JSON: they hold every string, also those with NUL or half a character in them, which
// neither SQLite nor PostgreSQL takes as they are.
const taskState = z.enum(taskStates);
const jobState = z.enum(jobStates);
const time = z.number();
const text = z.string();
const isSpec = compileCheck(specSchema);
const isAttempt = compileCheck(attemptSchema);

/** @throws TypeError if it could not be read again. */
export function encodeSpec(spec: TaskSpec): string {
  checkId(spec.id, 'task');
  return encode(spec, isSpec, specSchema, `the task ${spec.id}`);
}

/** @throws TypeError if it could not be read again. */
export function encodeAttempt(attempt: Attempt): string {
  checkId(attempt.id, 'attempt');
  return encode(attempt, isAttempt, attemptSchema, `the attempt ${attempt.id}`);
}

/** @throws TypeError if it could not be read again. */
export function encodeJob(job: Job): string {
  checkId(job.id, 'job');
  // zod takes a second for a hundred thousand, and there are few jobs.
  return JSON.stringify(parsed(jobSchema, job, `the job ${job.id}`));
}

/** The state itself. @throws TypeError if there is no such state, which could not be read again. */
export const encodeJobState = (state: JobState): JobState => parsed(jobState, state, 'the state of a job');

/** @throws TypeError if it could not be read again. */
export const encodeOutcome = (outcome: JobOutcome): string =>
  JSON.stringify(parsed(jobOutcomeSchema, outcome, 'the outcome of a job'));

/** @throws TypeError if JSON cannot say it. */
export function encodeAnything(value: unknown, what: string): string {
  const document: unknown = JSON.stringify(value);
  if (typeof document === 'string') return document;
  throw new TypeError(`${what} is nothing that JSON can say`);
}

/** The state itself. @throws TypeError if there is no such state, which could not be read again. */
export const encodeTaskState = (state: TaskState): TaskState =>
  parsed(taskState, state, 'the state of a task');

/** @throws Error if a row is not one that this package writes. */
export function decodeJob([state, document, outcome, createdAt, updatedAt]: Row): StoredJob {
  return {
    job: parsed(jobSchema, parse(document), 'the job'),
    state: parsed(jobState, state, 'the state'),
    outcome: parsed(jobOutcomeSchema, parse(outcome), 'the outcome'),
    createdAt: parsed(time, createdAt, 'the time'),
    updatedAt: parsed(time, updatedAt, 'the time'),
  };
}

/** @throws Error if a row is not one that this package writes. */
export const decodeEvent = ([sequence, jobId, at, document]: Row): StoredEvent => ({
  sequence: parsed(time, sequence, 'the number'),
  jobId: parsed(text, jobId, 'the job'),
  time: parsed(time, at, 'the time'),
  document: parse(document),
});

/** @throws Error if a row is not one that this package writes. */
export const decodeRecord = ([key, value]: Row): { readonly key: string; readonly value: unknown } => ({
  key: parsed(text, key, 'the key'),
  value: parse(value),
});

/** @throws Error if a row is not one that this package writes. */
export async function decodeAttempts(rows: readonly Row[]): Promise<Map<string, Attempt[]>> {
  const byTask = new Map<string, Attempt[]>();
  await forEachInTurns(rows, ([document]) => {
    const attempt = decode<Attempt>(document, isAttempt, attemptSchema);
    const siblings = byTask.get(attempt.taskId);
    if (siblings) siblings.push(attempt);
    else byTask.set(attempt.taskId, [attempt]);
  });
  for (const siblings of byTask.values()) siblings.sort((one, other) => one.number - other.number);
  return byTask;
}

/** @throws Error if a row is not one that this package writes. */
export async function decodeTasks(
  rows: readonly Row[],
  attempts: ReadonlyMap<string, Attempt[]>,
): Promise<readonly TaskRecord[]> {
  const tasks: TaskRecord[] = [];
  await forEachInTurns(rows, ([state, document]) => {
    const spec = decode<TaskSpec>(document, isSpec, specSchema);
    tasks.push({ spec, state: parsed(taskState, state, 'the state'), attempts: attempts.get(spec.id) ?? [] });
  });
  return tasks;
}

function encode(value: object, check: Check, schema: z.ZodType, what: string): string {
  if (check(value)) return JSON.stringify(value);
  throw new TypeError(`${what} is not what it should be: ${explain(schema, value)}`);
}

function decode<T>(document: unknown, check: Check, schema: z.ZodType<T>): T {
  const value = parse(document);
  // Just checked; the schema itself, which copies, is only asked for words.
  if (check(value)) return value as T;
  throw new TypeError(explain(schema, value));
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const { data, error } = schema.safeParse(value);
  if (error) throw new TypeError(`${what} is not what it should be: ${wordsOfIssues(error)}`);
  return data;
}

function explain(schema: z.ZodType, value: unknown): string {
  const { error } = schema.safeParse(value);
  return error ? wordsOfIssues(error) : 'it is of another form';
}

const wordsOfIssues = (error: z.ZodError): string => z.prettifyError(error).replaceAll(/\n\s*/g, ' ');

function parse(document: unknown): unknown {
  if (typeof document !== 'string') throw new TypeError('a document is not a text');
  return JSON.parse(document);
}

/** Ids are columns of their own, in which not every string can be. @throws TypeError */
export function checkId(id: string, what: string): void {
  if (!id.isWellFormed() || id.includes('\0'))
    throw new TypeError(
      `${JSON.stringify(id)} cannot be the id of a ${what}: it has NUL or half a character in it`,
    );
}
