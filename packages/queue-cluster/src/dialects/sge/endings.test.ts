import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import type { QueueAnswer, StatusOutcome } from '../dialect.ts';
import { ended } from './endings.ts';

const stateIn = (outcome: StatusOutcome) =>
  outcome.kind === 'known' ? outcome.batchJobs.map(({ id, state }) => ({ id, ...state })) : outcome;

/** The record of a job that failed, with other fields. */
const record = (fields: Readonly<Record<string, string>>): QueueAnswer => ({
  exitCode: 0,
  stdout: Object.entries(fields).reduce(
    (text, [name, value]) => text.replace(new RegExp(`^${name} .*$`, 'm'), `${name.padEnd(12)} ${value}`),
    recording('sge', 'qacct-hrt').stdout,
  ),
  stderr: '',
});

describe('how jobs of Grid Engine ended', () => {
  it.each([
    ['qacct-failed', { id: '5', how: 'failed', exitCode: 3, node: 'localhost' }],
    [
      'qacct-hrt',
      { id: '2', how: 'walltime', exitCode: 137, reason: 'qmaster enforced h_rt, h_cpu, or h_vmem limit' },
    ],
    ['qacct-hrt-notify', { id: '3', how: 'walltime', exitCode: 137 }],
    ['qacct-qdel', { id: '28', how: 'cancelled', exitCode: 137, reason: 'assumedly after job' }],
  ])('knows it of %s', (name, expected) => {
    expect(stateIn(ended(recording('sge', name)))).toEqual([
      expect.objectContaining({ kind: 'ended', ...expected }),
    ]);
  });

  it('has no exit code of a job that never ran', () => {
    const [state] =
      ended(recording('sge', 'qacct-eqw-out')).kind === 'known'
        ? [stateIn(ended(recording('sge', 'qacct-eqw-out')))]
        : [];
    expect(state).toEqual([
      { id: '12', kind: 'ended', how: 'failed', node: 'localhost', reason: 'opening input/output file' },
    ]);
  });

  it.each([
    ['completed', { failed: '0', exit_status: '0' }],
    ['cancelled', { failed: '17  : through signal', exit_status: '137' }],
    ['failed', { failed: '100 : assumedly after job', exit_status: '1' }],
    ['node-failed', { failed: '21  : in recognizing job' }],
    ['node-failed', { failed: '19  : before writing exit_status' }],
    ['failed', { failed: '7   : before prolog' }],
    [
      'out-of-memory',
      { failed: '37  : limit', slots: '2', maxvmem: '2.100GB', category: '-l h_rt=50,h_vmem=1G -pe smp 2' },
    ],
    [
      'walltime',
      { failed: '37  : limit', slots: '2', maxvmem: '1.100GB', category: '-l h_rt=50,h_vmem=1G -pe smp 2' },
    ],
  ])('calls it %s', (how, fields) => {
    expect(stateIn(ended(record(fields)))).toEqual([expect.objectContaining({ id: '2', how })]);
  });

  it('takes the last record of a number that was used again', () => {
    const stdout = record({ failed: '0', exit_status: '0' }).stdout + recording('sge', 'qacct-hrt').stdout;
    expect(stateIn(ended({ exitCode: 0, stdout, stderr: '' }))).toEqual([
      expect.objectContaining({ id: '2', how: 'walltime' }),
    ]);
  });

  it('does not call it an end that a job is run again', () => {
    expect(ended(record({ failed: '25  : rescheduling' }))).toEqual({ kind: 'known', batchJobs: [] });
  });

  it('leaves out tasks of arrays', () => {
    expect(ended(recording('sge', 'qacct-array'))).toEqual({ kind: 'known', batchJobs: [] });
  });

  it('knows nothing of jobs that never ran, or still do', () => {
    for (const name of ['qacct-unknown', 'qacct-running', 'qacct-deleted-pending'])
      expect(ended(recording('sge', name))).toEqual({ kind: 'known', batchJobs: [] });
  });

  it('has no news where the accounts cannot be read', () => {
    const stderr = '/opt/accounting: No such file or directory\nno jobs running since startup\n';
    expect(ended({ exitCode: 0, stdout: '', stderr }).kind).toBe('no-news');
    expect(ended({ exitCode: 1, stdout: '', stderr }).kind).toBe('no-news');
    expect(ended({ exitCode: null, stdout: '', stderr: '' }).kind).toBe('no-news');
  });

  it('has an outcome for every text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (stdout, stderr) => {
        expect(['known', 'no-news']).toContain(ended({ exitCode: 0, stdout, stderr }).kind);
      }),
    );
  });
});
