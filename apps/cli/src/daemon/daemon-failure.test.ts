import { ClientError, type Problem } from '@galaxy-mesos/front-doors/client';
import { expect, it } from 'vitest';
import { fakeDaemon, jobView } from '../../test-helpers/fake-daemon.ts';
import { exitCodes } from '../exit-codes.ts';
import { exitCodeOf, messageOf } from '../report-error.ts';
import { withJob } from './daemon-failure.ts';

const problem: Problem = {
  ...{ type: 'urn:x', title: 'No', status: 400, detail: 'a: b', code: 'BAD_REQUEST' },
  errors: [{ field: 'inputs.a', message: 'there is no file' }],
};

it('says what happened, and what to do', () => {
  expect(messageOf(new ClientError('UNREACHABLE', 'no daemon answers at x: refused'))).toBe(
    'no daemon answers at x: refused; start one with `galaxy-mesos daemon`, or name another one: --daemon URL',
  );
  expect(messageOf(new ClientError('UNREACHABLE', 'no daemon answers at x: self-signed certificate'))).toBe(
    'no daemon answers at x: self-signed certificate; if its authority is one of your own, name that: NODE_EXTRA_CA_CERTS=FILE',
  );
  expect(messageOf(new ClientError('WRONG_STATE', 'job job-1 is queued'))).toBe('job job-1 is queued');
  expect(messageOf(new ClientError('BAD_REQUEST', 'a: b', { problem }))).toBe('inputs.a: there is no file');
});

it('tells what was asked wrongly from what could not be done', () => {
  expect(exitCodeOf(new ClientError('BAD_REQUEST', 'a: b', { problem }))).toBe(exitCodes.usage);
  expect(exitCodeOf(new ClientError('UNREACHABLE', 'x'))).toBe(exitCodes.failed);
});

it.each([
  [[], 'job-1', 'there are no jobs'],
  [['job-1f2e', 'job-77'], 'job-1f', 'did you mean job-1f2e?'],
  [['job-1f2e', 'job-77'], 'job-1f2d', 'did you mean job-1f2e?'],
  [['job-1f2e', 'job-77'], 'something', '`galaxy-mesos jobs ls` lists all'],
])('of jobs %j, says of %s: %s', async (ids, jobId, guess) => {
  const daemon = fakeDaemon({ views: ids.map((id) => jobView({ id })) });
  await expect(withJob(daemon, jobId, daemon.job)).rejects.toThrow(`there is no job "${jobId}"; ${guess}`);
});
