import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import type { BatchJobReport, QueueAnswer, StatusOutcome } from '../dialect.ts';
import { sge } from './index.ts';

/** As the command answers: the list, then the details of jobs. */
const answerOf = (list: string, ...details: readonly string[]): QueueAnswer => ({
  exitCode: 0,
  stdout: [list, ...details].map((name) => recording('sge', name).stdout).join(''),
  stderr: '',
});

function known(outcome: StatusOutcome): Record<string, BatchJobReport> {
  if (outcome.kind !== 'known') throw new Error(`no news: ${outcome.text}`);
  return Object.fromEntries(outcome.batchJobs.map((job) => [job.id, job]));
}

const withState = (state: string): QueueAnswer => ({
  exitCode: 0,
  stdout: recording('sge', 'qstat-execd-down').stdout.replace('<state>r<', `<state>${state}<`),
  stderr: '',
});

describe('the status of jobs of Grid Engine', () => {
  const jobs = known(
    sge.statuses(answerOf('qstat-xml', 'qstat-j-pending', 'qstat-j-error', 'qstat-j-error-cwd')),
  );

  it('tells of those that run, with their whole names', () => {
    expect(jobs[2]).toEqual({
      id: '2',
      name: 'mesos-agent',
      state: { kind: 'running', node: 'localhost', startedAt: Date.UTC(2026, 10, 22, 16, 41, 31) },
    });
  });

  it('tells why one waits', () => {
    expect(jobs[11]).toEqual({
      id: '11',
      name: 'big',
      state: {
        kind: 'waiting',
        reason:
          'cannot run in PE "smp" because it only offers 0 slots; queue instance "all.q@localhost" dropped because it is full',
      },
    });
  });

  it('leaves out what says nothing of why it waits', () => {
    const { stdout } = recording('sge', 'qstat-xml');
    const details = [
      '='.repeat(62),
      'job_number:                 11',
      'scheduling info:            (Collecting of scheduler job information is turned off)',
      '                            cannot run in queue "a.q" because it is not contained in its hard queue list (-q)',
    ];
    const answer = { exitCode: 0, stdout: stdout + details.join('\n'), stderr: '' };
    expect(known(sge.statuses(answer))[11]?.state).toEqual({ kind: 'waiting' });
  });

  it('has no reason where the details have none', () => {
    expect(jobs[14]).toEqual({ id: '14', name: 'overtime', state: { kind: 'waiting' } });
  });

  it.each([
    ['12', `can't open output file "/nonexistent/dir/": No such file or directory`],
    ['13', `can't chdir to /nonexistent/dir: No such file or directory`],
  ])('tells that the job %s, which is in error, will never start', (id, reason) => {
    expect(jobs[id]?.state).toEqual({
      kind: 'waiting',
      isHopeless: true,
      reason,
      advice: expect.stringContaining('file system'),
    });
  });

  it('tells of those that somebody holds', () => {
    expect(jobs[8]?.state).toMatchObject({ kind: 'held', advice: expect.stringContaining('qrls') });
  });

  it('leaves out arrays, whose tasks have one number', () => {
    expect(Object.keys(jobs)).not.toContain('4');
    expect(Object.keys(jobs)).not.toContain('6');
  });

  it('knows that nothing is there', () => {
    expect(sge.statuses(answerOf('qstat-empty-xml'))).toEqual({ kind: 'known', batchJobs: [] });
  });

  it('reads the other forms of the list as well', () => {
    for (const list of ['qstat-xml-r', 'qstat-xml-ext', 'qstat-u', 'qstat-f-xml'])
      expect(known(sge.statuses(answerOf(list)))[2]).toMatchObject({
        name: 'mesos-agent',
        state: { kind: 'running' },
      });
  });

  it('knows that a job which was pushed back waits again', () => {
    expect(known(sge.statuses(answerOf('qstat-rescheduled')))[29]?.state).toEqual({ kind: 'waiting' });
  });

  it.each([
    ['r', { kind: 'running' }],
    ['t', { kind: 'running' }],
    ['Rr', { kind: 'running' }],
    ['dr', { kind: 'running' }],
    ['dRt', { kind: 'running' }],
    ['s', { kind: 'running', isSuspended: true }],
    ['tS', { kind: 'running', isSuspended: true }],
    ['T', { kind: 'running', isSuspended: true }],
    ['qw', { kind: 'waiting' }],
    ['Rq', { kind: 'waiting' }],
    ['hqw', { kind: 'held' }],
    ['hRwq', { kind: 'held' }],
    ['Eqw', { kind: 'waiting', isHopeless: true }],
    ['EhRqw', { kind: 'waiting', isHopeless: true }],
    ['z', { kind: 'ended', how: 'unknown' }],
    ['', { kind: 'unknown', text: '' }],
    ['x', { kind: 'unknown', text: 'x' }],
    ['r1', { kind: 'unknown', text: 'r1' }],
  ])('takes the state %j for what it is', (state, expected) => {
    expect(known(sge.statuses(withState(state)))[31]?.state).toMatchObject(expected);
  });

  it('has no news where the qmaster does not answer', () => {
    expect(sge.statuses(recording('sge', 'qstat-qmaster-down'))).toEqual({
      kind: 'no-news',
      text: expect.stringContaining('Connection refused'),
    });
  });

  it('has no news in an answer that is empty, or not of this kind, or whose command was ended', () => {
    const list = recording('sge', 'qstat-xml').stdout;
    for (const answer of [
      { exitCode: 0, stdout: '', stderr: '' },
      { exitCode: null, stdout: list, stderr: '' },
      { exitCode: 1, stdout: list, stderr: '' },
      recording('sge', 'qstat'),
      recording('sge', 'qstat-j-unknown-xml'),
      recording('sge', 'qhost-xml'),
    ])
      expect(sge.statuses(answer).kind).toBe('no-news');
  });

  it('has no news in a list that was cut off anywhere', () => {
    const { stdout } = recording('sge', 'qstat-xml');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: stdout.trimEnd().length - 1 }), (end) => {
        const outcome = sge.statuses({ exitCode: 0, stdout: stdout.slice(0, end), stderr: '' });
        expect(outcome.kind).toBe('no-news');
      }),
    );
  });

  it('tells the same jobs however the details are cut off', () => {
    const { stdout } = answerOf('qstat-xml', 'qstat-j-error');
    const from = recording('sge', 'qstat-xml').stdout.length;
    fc.assert(
      fc.property(fc.integer({ min: from, max: stdout.length }), (end) => {
        const cut = known(sge.statuses({ exitCode: 0, stdout: stdout.slice(0, end), stderr: '' }));
        expect(Object.keys(cut)).toEqual(Object.keys(jobs));
      }),
    );
  });

  it('has an outcome for every text', () => {
    fc.assert(
      fc.property(fc.string(), (stdout) => {
        expect(sge.statuses({ exitCode: 0, stdout, stderr: '' }).kind).toBe('no-news');
      }),
    );
  });

  it('asks once for all of a user, with the zone of time fixed', () => {
    const { program, arguments: words } = sge.status({ user: 'lab', ids: ['1', '2'], namePrefix: 'gm-a-' });
    expect(program).toBe('sh');
    expect(words.slice(-2)).toEqual(['lab', 'gm-a-*']);
    expect(words[1]).toContain('TZ=UTC0 qstat');
  });
});
