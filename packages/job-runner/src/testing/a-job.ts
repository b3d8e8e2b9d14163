import { failOnExitCode, type Job } from '@galaxy-mesos/galaxy-jobs';

/** An output with everything filled in that a test does not care for. */
export const anOutput = (changes: Partial<Job['outputs'][number]> = {}): Job['outputs'][number] => ({
  name: 'result',
  file: 'result.txt',
  whenMissing: 'fail',
  destination: '/nowhere/result.txt',
  ...changes,
});

/** A job that is not split, with everything filled in that a test does not care for. */
export const aJob = (changes: Partial<Job> = {}): Job => ({
  id: 'job-1',
  name: 'a test',
  command: 'echo result > result.txt',
  shell: '/bin/sh',
  inputs: [],
  outputs: [anOutput()],
  environment: {},
  resources: { cpus: 1, mem: 64, disk: 0 },
  retries: 0,
  stdio: failOnExitCode,
  ...changes,
});
