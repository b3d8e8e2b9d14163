import { ClientError, type Problem } from '@galaxy-mesos/front-doors/client';
import { expect, it } from 'vitest';
import { fakeDaemon, jobView } from '../../test-helpers/fake-daemon.ts';
import { daemonFailureText, withJob } from './daemon-failure.ts';

const problem: Problem = {
  ...{ type: 'urn:x', title: 'No', status: 400, detail: 'a: b', code: 'BAD_REQUEST' },
  errors: [{ field: 'inputs.a', message: 'there is no file' }],
};

const asked = { url: 'http://x', hasToken: false };

it.each([
  [
    new ClientError('UNREACHABLE', 'no daemon answers at x: refused'),
    'no daemon answers at x: refused; start one with `galaxy-mesos daemon`, or name another one: --daemon URL',
  ],
  [new ClientError('WRONG_STATE', 'job job-1 is queued'), 'job job-1 is queued'],
  [new ClientError('BAD_REQUEST', 'a: b', { problem }), 'inputs.a: there is no file'],
  [
    new ClientError('UNAUTHORIZED', 'send a header'),
    'the daemon at http://x asks for a token: give it by --token-file FILE, or GALAXY_MESOS_TOKEN',
  ],
])('says what happened, and what to do: %s', (error, text) => {
  expect(daemonFailureText(error, asked)).toBe(text);
});

it('tells a token that is not known from none', () => {
  const error = new ClientError('UNAUTHORIZED', 'send a header');
  expect(daemonFailureText(error, { ...asked, hasToken: true })).toBe(
    'the daemon at http://x does not know this token: compare it with "tokens" in its configuration',
  );
});

it('says what the command has to say where no daemon is', () => {
  const error = new ClientError('UNREACHABLE', 'no daemon answers');
  expect(daemonFailureText(error, { ...asked, unreachable: 'do it yourself' })).toBe(
    'no daemon answers; do it yourself',
  );
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
