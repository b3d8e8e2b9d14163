import { ClientError, type JobRemoval } from '@galaxy-mesos/front-doors/client';
import { expect, it } from 'vitest';
import { fakeDaemon, Printed } from '../../test-helpers/fake-daemon.ts';
import { removeJobs } from './remove-jobs.ts';

const attempt = (attemptId: string, isAgentKnown: boolean): JobRemoval['waitsFor'][number] => ({
  ...{ attemptId, taskId: 't', state: 'TASK_KILLING', agentId: 'S2', hostname: 'node-2', isAgentKnown },
});

/** What is printed if the daemon answers this, one after the other. */
async function removed(
  jobIds: readonly string[],
  isPatient: boolean,
  answers: Readonly<Record<string, readonly (JobRemoval | ClientError | undefined)[]>>,
): Promise<{ stdout: string; stderr: string }> {
  const left = new Map(Object.entries(answers).map(([id, list]) => [id, [...list]]));
  const remove = async (jobId: string) => {
    const answer = left.get(jobId)?.shift();
    if (answer instanceof ClientError) throw answer;
    return answer;
  };
  const [stdout, stderr] = [new Printed(), new Printed()];
  await removeJobs({ ...fakeDaemon({}), remove }, jobIds, isPatient, { stdout, stderr });
  expect([...left.values()].flat()).toEqual([]);
  return { stdout: stdout.text, stderr: stderr.text };
}

it('says what is gone', async () => {
  expect(await removed(['a', 'b'], true, { a: [undefined], b: [undefined] })).toEqual({
    ...{ stdout: 'a is removed\nb is removed\n', stderr: '' },
  });
});

it('begins with all, says what is waited for, and waits', async () => {
  const waiting = { jobId: 'a', waitsFor: [attempt('a-0-1', false), attempt('a-1-1', true)] };
  const unknown = new ClientError('UNKNOWN_JOB', 'there is no job a');
  expect(await removed(['a', 'b'], true, { a: [waiting, waiting, unknown], b: [undefined] })).toEqual({
    stdout: 'b is removed\na is removed\n',
    stderr:
      'galaxy-mesos: a has ended; to forget it, attempt a-0-1 on node-2 (its agent S2 is not there) and 1 more must have ended: waiting; Ctrl-C leaves it to the daemon\n',
  });
});

it('leaves it to the daemon if it is told to', async () => {
  const waiting = { jobId: 'a', waitsFor: [attempt('a-0-1', true)] };
  expect(await removed(['a'], false, { a: [waiting] })).toEqual({
    stdout: 'a is being removed\n',
    stderr:
      'galaxy-mesos: a has ended; to forget it, attempt a-0-1 on node-2 must have ended: the daemon sees to it\n',
  });
});

it('goes on with the others where there is no job of an id', async () => {
  const unknown = new ClientError('UNKNOWN_JOB', 'there is no job a');
  expect(await removed(['a', 'b'], true, { a: [unknown], b: [undefined] })).toEqual({
    ...{ stdout: 'b is removed\n', stderr: 'galaxy-mesos: there is no job a; there are no jobs\n' },
  });
});

it('fails as the daemon does', async () => {
  const failed = removed(['a'], true, { a: [new ClientError('UNAVAILABLE', 'the disk is full')] });
  await expect(failed).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
