import { describe, expect, it } from 'vitest';
import { answer, said } from '../../../test-helpers/recorded-slurm.ts';
import type { QueueAnswer } from '../dialect.ts';
import { slurm } from './index.ts';

describe('what sacct said', () => {
  /** `JobID|JobIDRaw|JobName|User|Account|Partition|State|ExitCode|…|NodeList|Reason` as the dialect asks for it. */
  const asked = (name: string) => {
    const rows = said(name).stdout.split('\n').slice(1, -1);
    return answer(
      rows.map((row) => [0, 6, 7, 14].map((column) => row.split('|')[column]).join('|')).join('\n'),
    );
  };

  it('is how jobs ended', () => {
    const outcome = slurm.ended?.(asked('sacct-P'));
    expect(outcome).toMatchObject({
      kind: 'known',
      batchJobs: expect.arrayContaining([
        { id: '1', state: { kind: 'ended', how: 'completed', exitCode: 0, node: 'n1' } },
        { id: '2', state: { kind: 'ended', how: 'failed', exitCode: 3, node: 'n1' } },
        { id: '4', state: { kind: 'ended', how: 'cancelled', exitCode: 0, node: 'n2' } },
        { id: '5', state: { kind: 'running', node: 'n2' } },
      ]),
    });
    expect(slurm.ended?.(asked('sacct-after-timeout'))).toMatchObject({
      batchJobs: [{ id: '6', state: { kind: 'ended', how: 'walltime' } }],
    });
  });

  it('tells a signal as a shell does', () => {
    expect(slurm.ended?.(answer('7|FAILED|0:53|n1\n'))).toMatchObject({
      batchJobs: [{ state: { how: 'failed', exitCode: 181 } }],
    });
  });

  it('is no news without accounts', () => {
    expect(slurm.ended?.(said('sacct-disabled'))).toEqual({
      kind: 'no-news',
      text: 'Slurm accounting storage is disabled',
    });
  });
});

describe('what scancel said', () => {
  it.each([
    ['nothing', answer(''), 'told'],
    ['that the job is ending', answer('', said('scancel-again').stderr, 1), 'told'],
    [
      'that a job waits and one is gone',
      answer(
        '',
        'scancel: error: Kill job error on job id 2: Job can not be altered now, try again later\nscancel: error: Kill job error on job id 1: Invalid job id specified\n',
        228,
      ),
      'told',
    ],
    ['that the controller is down', said('scancel-ctld-down'), 'no-news'],
    ['nothing in time', answer('', '', null), 'no-news'],
  ])('%s', (_, said, kind) => {
    expect(slurm.cancelled(said).kind).toBe(kind);
  });
});

describe('what doctor asks', () => {
  const judged = (subject: string, said: QueueAnswer) =>
    slurm
      .probes({ queue: 'main', account: 'lab' })
      .find((probe) => probe.subject === subject)
      ?.judge(said);

  it('finds a controller that is down', () => {
    expect(judged('controller', said('scontrol-ping'))).toMatchObject({ state: 'ok' });
    expect(judged('controller', said('scontrol-ping-down'))).toMatchObject({ state: 'problem' });
  });

  it('finds out about the partition', () => {
    const table = 'main*|up|1:00:00|3|4|4000|gpu:2\n';
    expect(judged('partition main', answer(table))).toEqual({
      state: 'ok',
      text: 'up, jobs may take 1:00:00, 3 nodes of 4 cores and 4000 MB, gpu:2',
    });
    expect(judged('partition main', answer(''))).toMatchObject({
      state: 'problem',
      text: expect.stringMatching('no partition main'),
    });
    expect(judged('partition main', answer('main|down|1:00|1|4|4|(null)\n'))).toMatchObject({
      state: 'problem',
    });
    const [, , byDefault] = slurm.probes({});
    expect(byDefault?.judge(answer(`a|up|1|1|1|1|(null)\n${table}`))).toMatchObject({ state: 'ok' });
    expect(byDefault?.judge(answer('a|up|1|1|1|1|(null)\n'))).toMatchObject({ state: 'problem' });
  });

  it('finds out whether a job would be taken, and whether there are accounts of jobs', () => {
    expect(judged('a small job', said('sbatch-test-only'))).toMatchObject({ state: 'ok' });
    expect(judged('a small job', said('acct-sbatch-bad-account'))).toMatchObject({
      state: 'problem',
      text: expect.stringMatching('sacctmgr'),
    });
    expect(judged('accounts of jobs', said('sacct-disabled'))).toMatchObject({ state: 'note' });
    expect(judged('sbatch', answer('', 'sbatch: command not found', 127))).toMatchObject({
      state: 'problem',
      text: expect.stringMatching('PATH'),
    });
  });
});
