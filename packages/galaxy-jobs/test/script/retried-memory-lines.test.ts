import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type Job, jobOfDocument, parseJobDocument, retriedMemoryLines } from '../../src/index.ts';

const jobOf = (more: Record<string, unknown>): Job =>
  jobOfDocument(parseJobDocument({ command: 'true', resources: { cpus: 2, mem: 1000 }, ...more }), {
    id: 'job',
    inputs: {},
  });

/** What the command of an attempt is told of its memory. */
const told = (job: Job, mem: string): string => {
  const script = [...retriedMemoryLines(job), 'echo "$GALAXY_MEMORY_MB $GALAXY_MEMORY_MB_PER_SLOT"'].join(
    '\n',
  );
  const env = { ...job.environment, GALAXY_MESOS_MEM: mem };
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env }).trim();
};

test('an attempt with more memory than the first one is told so', () => {
  const job = jobOf({ outOfMemory: { maximum: 8000 } });
  expect(told(job, '1000')).toBe('1000 500');
  expect(told(job, '2000.5')).toBe('2000 1000');
  expect(told(job, '')).toBe('1000 500');
});

test('a job that says another amount by itself, or gets no more, is told what it says', () => {
  const own = jobOf({ outOfMemory: { maximum: 8000 }, environment: { GALAXY_MEMORY_MB: '7' } });
  expect(told(own, '2000')).toBe('7 500');
  expect(retriedMemoryLines(jobOf({}))).toEqual([]);
});
