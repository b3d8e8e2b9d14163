import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recording } from '../../../../../test-fixtures/queues/recordings.ts';
import { answer, recorded, said } from '../../../test-helpers/recorded-slurm.ts';
import type { QueueAnswer } from '../dialect.ts';
import { slurm } from './index.ts';

/** Recorded tables have nineteen columns, of which the dialect asks for seven, the name last. */
function asAskedFor(table: Recording): QueueAnswer {
  const columns = [0, 4, 5, 6, 7, 8, 14];
  const lines = table.stdout.split('\n').filter((line) => line !== '');
  const cut = lines.map((line) => columns.map((column) => line.split('|')[column]).join('|'));
  return { ...table, stdout: cut.map((line) => `${line}\n`).join('') };
}

describe('what squeue said', () => {
  const tables = recorded(/^squeue .*-o '%i\|%F\|%K\|%t\|%T\|%r/);

  it.each(tables)('is understood: %s', (_, table) => {
    const outcome = slurm.statuses(asAskedFor(table));
    expect(outcome.kind).toBe('known');
    if (outcome.kind !== 'known') return;
    expect(outcome.batchJobs).toHaveLength(table.stdout.trim().split('\n').length);
    expect(outcome.batchJobs.filter(({ state }) => state.kind === 'unknown')).toEqual([]);
  });

  const stateIn = (table: string, id: string) => {
    const outcome = slurm.statuses(asAskedFor(said(table)));
    return outcome.kind === 'known' ? outcome.batchJobs.find((job) => job.id === id)?.state : undefined;
  };

  it('tells waiting, held, running and ended jobs apart', () => {
    expect(stateIn('squeue-o-r', '8')).toMatchObject({ kind: 'waiting', reason: 'Resources' });
    expect(stateIn('squeue-o-r', '9')).toMatchObject({
      kind: 'held',
      reason: 'JobHeldUser',
      advice: expect.stringMatching('release'),
    });
    expect(stateIn('squeue-o-r', '3')).toEqual({ kind: 'running', node: 'n1' });
    expect(stateIn('squeue-o-r', '1')).toEqual({ kind: 'ended', how: 'completed', node: 'n1' });
    expect(stateIn('squeue-o-r', '5')).toMatchObject({
      kind: 'ended',
      how: 'failed',
      reason: 'NonZeroExitCode',
    });
    expect(stateIn('squeue-after-cancel', '9')).toMatchObject({ kind: 'ended', how: 'cancelled' });
  });

  it('tells what can never start, and what to do about it', () => {
    expect(stateIn('squeue-o-r', '10')).toMatchObject({
      kind: 'waiting',
      isHopeless: true,
      reason: 'DependencyNeverSatisfied',
    });
    expect(stateIn('squeue-after-cancel', '14')).toMatchObject({
      kind: 'waiting',
      isHopeless: true,
      advice: expect.stringMatching('another'),
    });
  });

  it('says of a log that cannot be written where to look', () => {
    expect(stateIn('squeue-o-r', '12')).toMatchObject({
      kind: 'ended',
      how: 'failed',
      advice: expect.stringMatching('share'),
    });
  });

  it('tells a node that failed from a job that failed', () => {
    expect(stateIn('squeue-nodefail', '25')).toMatchObject({ kind: 'ended', how: 'node-failed', node: 'n3' });
    expect(stateIn('squeue-nodefail', '26')).toMatchObject({ kind: 'waiting', reason: 'BeginTime' });
  });

  it('is no news where squeue failed, was cut off, or said something else', () => {
    for (const name of ['squeue-o-ctld-down', 'squeue-unknown-one', 'squeue-ctld-down', 'squeue-default'])
      expect(slurm.statuses(said(name)), name).toMatchObject({ kind: 'no-news' });
    expect(slurm.statuses(answer('3|RUNNING|None|n1|1|2|gm-a\n4|RUN'))).toMatchObject({ kind: 'no-news' });
    expect(slurm.statuses(answer('', 'squeue: error: Invalid user: x\n'))).toMatchObject({ kind: 'no-news' });
    expect(slurm.statuses(answer('', '', null))).toMatchObject({ kind: 'no-news' });
  });

  it('is that there are no jobs where it is empty', () => {
    expect(slurm.statuses(answer(''))).toEqual({ kind: 'known', batchJobs: [] });
  });

  it('takes times in seconds, names with bars, and headings of clusters', () => {
    const table = 'CLUSTER: fermi\n7|RUNNING|None|n1|1795443000|1795446600|a|b\n';
    expect(slurm.statuses(answer(table))).toEqual({
      kind: 'known',
      batchJobs: [
        {
          id: '7',
          name: 'a|b',
          state: { kind: 'running', node: 'n1', startedAt: 1795443000000, endsAt: 1795446600000 },
        },
      ],
    });
  });

  it.each([
    ['CONFIGURING', 'None', { kind: 'waiting' }],
    ['COMPLETING', 'None', { kind: 'running' }],
    ['SUSPENDED', 'None', { kind: 'running', isSuspended: true }],
    ['TIMEOUT', 'TimeLimit', { kind: 'ended', how: 'walltime' }],
    ['PREEMPTED', 'None', { kind: 'ended', how: 'preempted' }],
    ['OUT_OF_MEMORY', 'OutOfMemory', { kind: 'ended', how: 'out-of-memory' }],
    ['BOOT_FAIL', 'None', { kind: 'ended', how: 'node-failed' }],
    ['SPECIAL_EXIT', 'None', { kind: 'held' }],
    ['PENDING', 'launch failed requeued held', { kind: 'held' }],
    ['PENDING', 'BadConstraints', { kind: 'waiting', isHopeless: true }],
    [
      'PENDING',
      'QOSMaxWallDurationPerJobLimit',
      { kind: 'waiting', isHopeless: true, advice: expect.stringMatching('walltime') },
    ],
    ['PENDING', 'AssocGrpCPUMinutesLimit', { kind: 'waiting', advice: expect.stringMatching('used up') }],
    [
      'PENDING',
      'QOSMaxCpuPerUserLimit',
      { kind: 'waiting', advice: expect.stringMatching('others have ended') },
    ],
    [
      'PENDING',
      'ReqNodeNotAvail, UnavailableNodes:n3',
      { kind: 'waiting', advice: expect.stringMatching('maintenance') },
    ],
    ['SOMETHING_NEW', 'None', { kind: 'unknown', text: 'SOMETHING_NEW' }],
  ])('takes %s (%s) for what it is', (state, reason, expected) => {
    const outcome = slurm.statuses(answer(`7|${state}|${reason}|n1|N/A|N/A|x\n`));
    const job = outcome.kind === 'known' ? outcome.batchJobs[0] : undefined;
    expect(job?.state).toMatchObject(expected);
    if (!('isHopeless' in expected)) expect(job?.state).not.toHaveProperty('isHopeless');
  });

  it('has an outcome, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string(),
        fc.option(fc.nat(255)),
        (stdout, stderr, exitCode) => {
          const odd = { stdout, stderr, exitCode };
          for (const read of [slurm.statuses, slurm.submitted, slurm.cancelled, slurm.ended, slurm.tried])
            expect(read?.(odd)).toHaveProperty('kind');
          for (const probe of slurm.probes({ queue: 'main' }))
            expect(probe.judge(odd)).toHaveProperty('state');
        },
      ),
    );
  });
});
