import type { Attempt, AttemptState, TaskSpec } from '@galaxy-mesos/scheduler';
import { describe, expect, test } from 'vitest';
import { describeJobFailure } from './failure-words.ts';
import { TaskBook } from './task-book.ts';

const spec = (changes: Partial<TaskSpec> = {}): TaskSpec => ({
  id: 'job-000000',
  name: 'part 1 of 2',
  command: 'true',
  environment: {},
  resources: { cpus: 1, mem: 100, disk: 0 },
  retries: 0,
  ...changes,
});

const attempt = (number: number, state: AttemptState, more: Partial<Attempt> = {}): Attempt => ({
  id: `job-000000-${number}`,
  taskId: 'job-000000',
  number,
  state,
  agentId: 'agent-1',
  hostname: 'host-1',
  launchedAt: 1,
  ...more,
});

/** What is said of a job of one task that failed after these attempts. */
function words(
  attempts: readonly Attempt[],
  { stderr = '', ...changes }: Partial<TaskSpec> & { stderr?: string } = {},
) {
  const book = new TaskBook();
  book.restore({ spec: spec(changes), state: 'failed', attempts });
  return describeJobFailure(book, [{ task: 'part 1 of 2', attempts: attempts.length, stderr }]);
}

const outOfMemory = { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' };

describe('why a job failed', () => {
  test.each([
    ['without a rule for more', [attempt(1, 'TASK_FAILED', outOfMemory)], {}, 100],
    [
      'after it was given more',
      [1, 2, 3].map((number) => attempt(number, 'TASK_FAILED', outOfMemory)),
      { retryRules: { outOfMemory: { factor: 2, maximum: 1000 } } },
      400,
    ],
    [
      'with all that it may have',
      [1, 2, 3].map((number) => attempt(number, 'TASK_FAILED', outOfMemory)),
      { retryRules: { outOfMemory: { factor: 3, maximum: 250 } } },
      250,
    ],
  ])('is said with its memory %s', (_when, attempts, changes, mem) => {
    expect(words(attempts, changes)).toBe(`ran out of memory at ${mem} MiB`);
  });

  test('is said with its walltime', () => {
    const late = attempt(1, 'TASK_KILLED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' });
    expect(words([late], { maximumRunSeconds: 60 })).toBe('exceeded its walltime of 60 s');
  });

  test('is said with what the command said last', () => {
    const failed = attempt(1, 'TASK_FAILED', { exitCode: 2 });
    expect(words([failed], { stderr: 'usage:\n  no such option \n\n' })).toBe(
      'ended with exit code 2: no such option',
    );
    expect(words([failed])).toBe('ended with exit code 2');
  });

  test('is said in our own words where we ended it', () => {
    const failed = attempt(1, 'TASK_FAILED', { exitCode: 94 });
    const stderr = 'galaxy-mesos: there is no space left on host-1\nterminated\n';
    expect(words([failed], { stderr })).toBe('there is no space left on host-1');
  });

  test('is told from the exit code, where that is not of the command itself', () => {
    const book = new TaskBook();
    book.restore({ spec: spec(), state: 'failed', attempts: [attempt(1, 'TASK_FAILED', { exitCode: 90 })] });
    const statusWords = new Map([[90, 'its files could not be laid out']]);
    expect(describeJobFailure(book, [], statusWords)).toBe('its files could not be laid out');
    expect(describeJobFailure(book, [])).toBe('ended with exit code 90');
    const failure = { task: 'part 1 of 2', attempts: 1, stderr: 'galaxy-mesos: cp: no space left\n' };
    expect(describeJobFailure(book, [failure], statusWords)).toBe('cp: no space left');
  });

  test('is that it was lost, how often, and where at last', () => {
    const attempts = [
      attempt(1, 'TASK_LOST'),
      attempt(2, 'TASK_FAILED', { exitCode: 1 }),
      attempt(3, 'TASK_GONE'),
    ];
    expect(words(attempts)).toBe('was lost 2 times, at last on host-1 as TASK_GONE');
  });

  test('is that somebody else killed it', () => {
    const killed = attempt(1, 'TASK_KILLED', { message: 'by an operator' });
    expect(words([killed])).toBe('was killed once, and not by request: by an operator');
  });

  test('is what the cluster said of one that it would not run', () => {
    expect(words([attempt(1, 'TASK_ERROR', { message: 'no such role' })])).toBe('failed: no such role');
    expect(words([])).toBe('could not be run');
  });

  test('names the first of several tasks, and counts them', () => {
    const book = new TaskBook();
    const failed = attempt(1, 'TASK_FAILED', { exitCode: 1 });
    book.restore({ spec: spec(), state: 'failed', attempts: [failed] });
    book.restore({
      spec: spec({ id: 'job-000001', name: 'part 2 of 2' }),
      state: 'failed',
      attempts: [failed],
    });
    expect(describeJobFailure(book, [])).toBe(
      'part 1 of 2 ended with exit code 1; 2 tasks have failed in all',
    );
  });
});
