import { expect, it } from 'vitest';
import { exampleJob, FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { followedLog } from './followed-log.ts';

const intervalMilliseconds = 5;

/** What is told of a log that is written in these steps; after the last one the job has ended. */
async function told(...steps: readonly string[]): Promise<string> {
  const jobs = new FakeJobService();
  await jobs.submit(exampleJob());
  const left = [...steps];
  const step = () => {
    const next = left.shift();
    if (next !== undefined) jobs.logs.set('job-1-0 stdout', next);
    if (left.length === 0) jobs.change('job-1', 'ok');
  };
  const tail = jobs.tail.bind(jobs);
  jobs.tail = (...parameters) => {
    step();
    return tail(...parameters);
  };
  const log = { jobId: 'job-1', stream: 'stdout', bytes: 6, intervalMilliseconds } as const;
  const parts = await Array.fromAsync(followedLog(jobs, log, new AbortController().signal));
  return parts.join('');
}

it('tells the end of what is there, and what comes then', async () => {
  expect(await told('one\ntwo\n', 'one\ntwo\n', 'one\ntwo\nthree\n')).toBe('e\ntwo\nthree\n');
});

it('says where another attempt begins', async () => {
  expect(await told('one\n', '', 'uno\n')).toBe('one\n\n[galaxy-mesos: another attempt]\nuno\n');
});

it('says where more came at once than it can look at', async () => {
  const much = 'x'.repeat(2 * 1024 * 1024);
  const text = await told('one\n', `one\n${much}`);
  expect(text.startsWith('one\n\n[galaxy-mesos: more was written at once than is shown here]\nxxx')).toBe(
    true,
  );
});

it('ends with an error if the job is removed, or nobody listens any more', async () => {
  const jobs = new FakeJobService();
  await jobs.submit(exampleJob());
  const log = { jobId: 'job-1', stream: 'stdout', bytes: 6, intervalMilliseconds } as const;
  const removed = followedLog(jobs, log, new AbortController().signal);
  await removed.next();
  await jobs.remove('job-1');
  await expect(removed.next()).rejects.toMatchObject({ code: 'UNKNOWN_JOB' });
  await jobs.submit(exampleJob());
  const gone = new AbortController();
  const unheard = followedLog(jobs, log, gone.signal);
  await unheard.next();
  gone.abort();
  await expect(unheard.next()).rejects.toThrow('abort');
});
