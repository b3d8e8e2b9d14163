import path from 'node:path';
import { expect, it } from 'vitest';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob } from './pulsar-job.ts';

const jobCount = 1000;

it('takes a thousand jobs that are posted at once, and all of them end well', {
  timeout: 600_000,
}, async () => {
  const daemon = startDaemon({ state: path.join(directoryForTest(), 'state') });
  const caller = callerOf(await daemon.url());
  const post = (_: unknown, index: number) =>
    submitJob(
      caller,
      String(index),
      ({ inputs, outputs }) => `cat ${inputs}/input.txt > ${outputs}/out; exit ${index % 3}`,
      `input ${index}\n`,
    );
  const jobs = await Promise.all(Array.from({ length: jobCount }, post));
  for (const [index, job] of jobs.entries()) {
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: index % 3 });
    expect(await caller.download(job.id, 'out')).toBe(`input ${index}\n`);
    await caller.delete(job.id);
  }
});
