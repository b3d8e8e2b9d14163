import { FormatError } from '@galaxy-mesos/formats';
import { JobError } from '@galaxy-mesos/job-runner';
import { PlanError } from '@galaxy-mesos/parallelism';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, messageOf, ResumableError } from './report-error.ts';
import { UsageError } from './usage-error.ts';

describe('exitCodeOf', () => {
  it.each([
    [new UsageError('no file'), 2],
    [new FormatError('MALFORMED', 'no record'), 2],
    [new PlanError('UNKNOWN_MERGE', 'no merge'), 2],
    [new JobError('DELIVERY', '/o', 'no room'), 1],
    [new Error('what ever'), 1],
    ['a text', 1],
    [new ResumableError(new UsageError('no file'), 'again'), 2],
    [new ResumableError(new Error('full'), 'again'), 1],
  ])('of %s is %d', (thrown, code) => {
    expect(exitCodeOf(thrown)).toBe(code);
  });
});

describe('ResumableError', () => {
  it('says what happened and how to go on, and keeps the cause', () => {
    const cause = new Error('disk full');
    const error = new ResumableError(cause, 'To go on:\n  x');
    expect(messageOf(error)).toBe('disk full\nTo go on:\n  x');
    expect(error.cause).toBe(cause);
  });
});
