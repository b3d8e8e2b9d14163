import type { JobView } from '@galaxy-mesos/galaxy-jobs';
import { expect, it } from 'vitest';
import { type FakeDaemon, fakeDaemon, jobEvent, jobView } from '../../test-helpers/fake-daemon.ts';
import { waitForJob } from './wait-for-job.ts';

const never = new AbortController().signal;
const ok = jobView({ state: 'ok', endedAt: 5000 });

async function waited(daemon: FakeDaemon, signal = never) {
  const seen: string[] = [];
  const onChange = ({ state }: JobView) => void seen.push(state);
  return { ended: await waitForJob(fakeDaemon(daemon), 'job-1', onChange, signal), seen };
}

it('tells of every change once, and ends with the job', async () => {
  const happens = [
    'connected',
    ...[jobEvent(1, jobView()), jobEvent(2, jobView({ state: 'running' })), jobEvent(3, ok)],
    jobEvent(4, jobView({ state: 'queued' })),
  ] as const;
  expect(await waited({ views: [jobView()], happens })).toEqual({
    ended: ok,
    seen: ['queued', 'running', 'ok'],
  });
});

it('does not wait for a job that has ended before anybody listened', async () => {
  expect(await waited({ views: [ok], happens: ['connected'] })).toEqual({ ended: ok, seen: ['ok'] });
});

it('looks again after a break of which no event tells, and only then', async () => {
  let asked = 0;
  const onAsked = () => void asked++;
  const happens = ['connected', 'connected without a gap', 'connected', jobEvent(1, ok)] as const;
  await waited({ views: [jobView()], happens, onAsked });
  expect(asked).toBe(2);
});

it('ends without an answer when it is told to', async () => {
  const stop = new AbortController();
  const onAsked = () => stop.abort();
  const { ended } = await waited({ views: [jobView()], happens: ['connected'], onAsked }, stop.signal);
  expect(ended).toBeUndefined();
});

it('fails with a job that is not there, or is removed', async () => {
  await expect(waited({ happens: ['connected'] })).rejects.toMatchObject({ code: 'UNKNOWN_JOB' });
  const removed = { sequence: 1, time: 1, jobId: 'job-1', type: 'removed' } as const;
  await expect(waited({ views: [jobView()], happens: ['connected', removed] })).rejects.toThrow(
    'job job-1 was removed before it had ended',
  );
});
