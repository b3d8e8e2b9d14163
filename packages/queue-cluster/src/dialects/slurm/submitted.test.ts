import { describe, expect, it } from 'vitest';
import { answer, recorded, said } from '../../../test-helpers/recorded-slurm.ts';
import { slurm } from './index.ts';

describe('what sbatch said', () => {
  // Some recordings are of several commands in a row.
  const submits = recorded(/^(?:printf [^;]* \| )?sbatch (?!.*--test-only)[^;]*$/);

  it.each(submits)('is understood: %s', (_, entry) => {
    const outcome = slurm.submitted(entry);
    expect(outcome.kind).toBe(entry.exitCode === 0 ? 'accepted' : 'refused');
  });

  it('is the id, among greetings of the site and names of clusters', () => {
    expect(slurm.submitted(said('sbatch-plain'))).toEqual({ kind: 'accepted', id: '3' });
    expect(slurm.submitted(said('sbatch-parsable'))).toEqual({ kind: 'accepted', id: '4' });
    expect(slurm.submitted(answer('Welcome to X\n2 projects\n\n17;fermi\n'))).toEqual({
      kind: 'accepted',
      id: '17',
    });
  });

  it('is unclear where the answer is missing or was lost on its way', () => {
    expect(slurm.submitted(answer(''))).toMatchObject({ kind: 'unclear' });
    expect(slurm.submitted(answer('', '', null))).toMatchObject({ kind: 'unclear' });
    const lost = 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n';
    expect(slurm.submitted(answer('', lost, 1))).toMatchObject({ kind: 'unclear' });
  });

  it.each([
    ['sbatch-bad-partition', 'configuration', /sinfo -s/],
    ['sbatch-over-time', 'configuration', /shorter walltime/],
    ['sbatch-over-cpus', 'configuration', /ask for less/],
    ['sbatch-over-mem', 'configuration', /ask for less/],
    ['sbatch-over-nodes', 'configuration', /ask for less/],
    ['sbatch-bad-constraint', 'configuration', /feature/],
    ['sbatch-bad-gres', 'configuration', /GPUs/],
    ['sbatch-bad-time', 'configuration', /walltime/],
    ['sbatch-bad-option', 'configuration', undefined],
    ['sbatch-crlf', 'configuration', undefined],
    ['sbatch-ctld-down', 'transient', undefined],
    ['acct-sbatch-bad-account', 'configuration', /sacctmgr show assoc/],
    ['acct-sbatch-bad-qos', 'configuration', /sacctmgr show qos/],
  ])('%s is a refusal of the kind %s', (name, kind, advice) => {
    const outcome = slurm.submitted(said(name));
    expect(outcome).toMatchObject({ kind: 'refused', problem: { kind } });
    if (outcome.kind !== 'refused') return;
    expect(outcome.problem.text).not.toMatch(/sbatch:|\n/);
    if (advice) expect(outcome.problem.advice).toMatch(advice);
    else expect(outcome.problem.advice).toBeUndefined();
  });

  it.each([
    [
      "AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
      'limit',
    ],
    [
      'QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy',
      'limit',
    ],
    [
      'QOSMaxCpuPerJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy',
      'configuration',
    ],
    ['Batch job submission failed: Job violates accounting/QOS policy', 'limit'],
    ['Slurm temporarily unable to accept job, sleeping and retrying', 'transient'],
    [
      'name an account with -A\nsbatch: error: Batch job submission failed: Unspecified error',
      'configuration',
    ],
    ['something that nobody has seen', 'transient'],
  ])('%j is a refusal of the kind %s', (words, kind) => {
    const outcome = slurm.submitted(answer('', `sbatch: error: ${words}\n`, 1));
    expect(outcome).toMatchObject({ kind: 'refused', problem: { kind } });
  });
});

describe('what sbatch --test-only said', () => {
  it('is a plan or a refusal', () => {
    expect(slurm.tried?.(said('sbatch-test-only'))).toEqual({
      kind: 'fine',
      text: 'to start at 2026-11-22T16:37:52 using 1 processors on nodes n2 in partition main',
    });
    expect(slurm.tried?.(said('sbatch-test-only-bad'))).toMatchObject({
      kind: 'refused',
      problem: {
        kind: 'configuration',
        text: 'allocation failure: More processors requested than permitted',
      },
    });
    expect(slurm.tried?.(answer('', '', null))).toMatchObject({ kind: 'unclear' });
  });
});
