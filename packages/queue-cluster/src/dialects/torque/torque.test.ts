import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import type { BatchJobRequest, QueueAnswer } from '../dialect.ts';
import { torque } from './index.ts';

const request: BatchJobRequest = {
  name: 'gm-lab-small-abcdefgh',
  script: '#!/bin/bash\necho pilot\n',
  directory: '/work/pilots/gm-lab-small-abcdefgh',
  log: '/work/pilots/gm-lab-small-abcdefgh/log',
  cpus: 2,
  memMb: 500,
  gpus: 1,
  walltimeSeconds: 5400,
  warningSeconds: 60,
  extra: [],
  excludedNodes: [],
};

const answered = (answer: Partial<QueueAnswer>): QueueAnswer => ({
  exitCode: 0,
  stdout: '',
  stderr: '',
  ...answer,
});

/** As the documentation has it. */
const job = (state: string, fields = '') =>
  `<Job><Job_Id>7.host</Job_Id><Job_Name>gm-lab-a-b</Job_Name><job_state>${state}</job_state>${fields}</Job>`;

const stateOf = (text: string) => {
  const outcome = torque.statuses(answered({ stdout: `<?xml version="1.0"?>\n<Data>${text}</Data>\n` }));
  return outcome.kind === 'known' ? outcome.batchJobs[0]?.state : outcome;
};

describe('Torque', () => {
  it('is asked for nodes and processors', () => {
    expect(torque.render(request)).toContain('#PBS -l nodes=1:ppn=2:gpus=1\n#PBS -l mem=500mb\n');
    expect(torque.render(request)).not.toContain('-k oed');
  });

  it('has arrays by another option than PBS, which no extra line may have', () => {
    const rendered = (line: string) => torque.render({ ...request, extra: [line] });
    expect(() => rendered('#PBS -t 0-9')).toThrow('it has -t, which makes several jobs of one');
    expect(() => rendered('#PBS -N other')).toThrow('it has -N, which names the job');
    expect(rendered('#PBS -W x=-t -l nice=5')).toContain('\n#PBS -W x=-t -l nice=5\n');
  });

  it.each(['7.host.example', '7', '7[].host'])('gives %s as an id', (id) => {
    expect(torque.submitted(answered({ stdout: `${id}\n` }))).toEqual({ kind: 'accepted', id });
  });

  it('refuses as PBS does', () => {
    expect(torque.submitted(recording('pbs', 'qsub-bad-queue'))).toMatchObject({ kind: 'refused' });
  });

  // The words are those of its documentation; its numbers are others than those of PBS.
  it.each([
    ['submit error (Unknown queue MSG=requested queue not found)', 172, 'configuration', 'qstat -Q'],
    ['submit error (Queue is not enabled MSG=queue is disabled)', 175, 'configuration', 'takes no jobs'],
    [
      'submit error (Job exceeds queue resource limits MSG=cannot satisfy queue max walltime requirement)',
      188,
      'configuration',
      'ask for less',
    ],
    [
      'submit error (Access from host not allowed, or unknown host MSG=host ACL rejected the submitting host)',
      162,
      'configuration',
      'may not submit',
    ],
    [
      'submit error (Unauthorized Request  MSG=group ACL is not satisfied)',
      159,
      'configuration',
      'may not submit',
    ],
    ['submit error (Bad UID for job execution MSG=ruserok failed)', 175, 'configuration', 'may not submit'],
    ['submit error (Maximum number of jobs already in queue for user MSG=2 of 2)', 1, 'limit', ''],
    ['cannot connect to server host (errno=111) Connection refused', 111, 'transient', 'does not answer'],
  ] as const)('refuses with its words: %s', (words, exitCode, kind, advice) => {
    const outcome = torque.submitted(answered({ exitCode, stderr: `qsub: ${words}\n` }));
    expect(outcome).toMatchObject({ kind: 'refused', problem: { kind } });
    if (advice !== '')
      expect(outcome).toMatchObject({ problem: { advice: expect.stringContaining(advice) } });
  });

  it('tells since when a job runs, and until when', () => {
    const times =
      '<start_time>1700000000</start_time><Resource_List><walltime>01:00:00</walltime></Resource_List>';
    expect(stateOf(job('R', `<exec_host>n1/0+n1/1</exec_host>${times}`))).toEqual({
      kind: 'running',
      node: 'n1',
      startedAt: 1_700_000_000_000,
      endsAt: 1_700_003_600_000,
    });
  });

  it.each([
    ['0', 'completed'],
    ['1', 'failed'],
    ['271', 'cancelled'],
    ['-11', 'walltime'],
    ['-10', 'out-of-memory'],
    ['-4', 'node-failed'],
  ])('tells by the status %s how a job ended', (status, how) => {
    expect(stateOf(job('C', `<exit_status>${status}</exit_status>`))).toMatchObject({ kind: 'ended', how });
  });

  it.each([
    ['Q', 'waiting'],
    ['W', 'waiting'],
    ['H', 'held'],
    ['E', 'running'],
    ['S', 'running'],
    ['?', 'unknown'],
  ])('knows the state %s as %s', (letter, kind) => {
    expect(stateOf(job(letter))).toMatchObject({ kind });
  });

  it('has no jobs where there are none, and no news where nothing is said or a document is cut', () => {
    expect(torque.statuses(answered({ stdout: '<Data/>\n' }))).toEqual({ kind: 'known', batchJobs: [] });
    for (const stdout of ['', '<Data><Job>', '<html></html>'])
      expect(torque.statuses(answered({ stdout })).kind).toBe('no-news');
  });

  it('keeps what it knows beside a job that is gone', () => {
    const stdout = `asked 7.host 8.host\n<Data>${job('R')}</Data>\n`;
    const outcome = torque.statuses({
      exitCode: 153,
      stdout,
      stderr: 'qstat: Unknown Job Id Error 8.host\n',
    });
    expect(outcome).toMatchObject({
      kind: 'known',
      batchJobs: [{ id: '7.host', state: { kind: 'running' } }],
    });
  });

  it('is found by doctor, with its queues, and told from PBS', () => {
    const [version] = torque.probes({ queue: 'batch' });
    expect(version?.judge(answered({ stderr: 'Version: 6.1.2\nCommit: x\n' })).state).toBe('ok');
    expect(version?.judge(answered({ stdout: 'pbs_version = 23.06.06\n' })).state).toBe('problem');
  });
});
