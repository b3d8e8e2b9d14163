import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recording, recordingsOf } from '../../../../../test-fixtures/queues/recordings.ts';
import { sge } from './index.ts';

const answer = (name: string) => recording('sge', name);

describe('what Grid Engine says to a submit', () => {
  it.each([
    ['qsub-plain', '2'],
    ['qsub-terse', '5'],
    ['qsub-stdin', '7'],
    ['qsub-array', '4'],
    ['qsub-terse-array', '6'],
    ['qsub-badout', '12'],
  ])('finds the id in %s', (name, id) => {
    expect(sge.submitted(answer(name))).toEqual({ kind: 'accepted', id });
  });

  it('finds the id below a warning', () => {
    const stdout = 'warning: "-w" option has already been set, overriding previous setting\n4711\n';
    expect(sge.submitted({ exitCode: 0, stdout, stderr: '' })).toEqual({ kind: 'accepted', id: '4711' });
  });

  it.each([
    ['qsub-bad-queue', 'Job was rejected because job requests unknown queue "nosuch.q"', /qconf -sql/],
    ['qsub-bad-project', 'job rejected: the requested project "nosuch" does not exist', /qconf -sprjl/],
    ['qsub-bad-pe', 'job rejected: the requested parallel environment "nosuch" does not exist', /-pe NAME/],
    ['qsub-bad-resource', 'unknown resource "nosuch"', /qconf -sc/],
    ['qsub-verify-error', 'no suitable queues', /walltime/],
  ])('calls %s a mistake, and says what to do', (name, text, advice) => {
    expect(sge.submitted(answer(name))).toEqual({
      kind: 'refused',
      problem: { kind: 'configuration', text, advice: expect.stringMatching(advice) },
    });
  });

  it.each([
    'qsub-bad-value',
    'qsub-bad-name',
    'qsub-bad-option',
    'qsub-bad-ckpt',
    'qsub-array-too-big',
    'qsub-missing-file',
  ])('calls %s a mistake in its own words', (name) => {
    const outcome = sge.submitted(answer(name));
    expect(outcome).toMatchObject({ kind: 'refused', problem: { kind: 'configuration' } });
    const text = outcome.kind === 'refused' ? outcome.problem.text : '';
    expect(text).not.toMatch(/Exiting|Unable to run job|\n/);
    expect(answer(name).stderr).toContain(text);
  });

  it('asks again later while the qmaster cannot be reached', () => {
    expect(sge.submitted(answer('qsub-qmaster-down'))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'transient' },
    });
  });

  it('knows that a user has as many jobs as may be', () => {
    const stderr =
      'Unable to run job: job rejected: Only 10 jobs are allowed per user (current job count: 10).\nExiting.\n';
    expect(sge.submitted({ exitCode: 25, stdout: '', stderr })).toMatchObject({
      kind: 'refused',
      problem: {
        kind: 'limit',
        text: 'job rejected: Only 10 jobs are allowed per user (current job count: 10).',
      },
    });
  });

  it('does not know of a job whose submit broke off, or was ended', () => {
    const stderr = 'error: commlib error: got read error (closing "master/qmaster/1")\n';
    expect(sge.submitted({ exitCode: 1, stdout: '', stderr }).kind).toBe('unclear');
    expect(sge.submitted({ exitCode: null, stdout: '', stderr: '' }).kind).toBe('unclear');
    expect(sge.submitted({ exitCode: null, stdout: '4711\n', stderr: '' }).kind).toBe('unclear');
    expect(sge.submitted({ exitCode: 0, stdout: 'hello\n', stderr: '' })).toEqual({
      kind: 'unclear',
      text: 'hello',
    });
  });

  it('says that a program is missing', () => {
    expect(sge.submitted({ exitCode: 127, stdout: '', stderr: 'sh: 1: qsub: not found' })).toMatchObject({
      kind: 'refused',
      problem: { kind: 'configuration', text: 'sh: 1: qsub: not found' },
    });
  });

  it('has an outcome for every answer, and an id only where a line has one', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 0, max: 255 })),
        fc.string(),
        fc.string(),
        (exitCode, stdout, stderr) => {
          const outcome = sge.submitted({ exitCode, stdout, stderr });
          if (outcome.kind === 'accepted') expect(stdout).toMatch(new RegExp(`(^|\\s)${outcome.id}`));
          expect(['accepted', 'refused', 'unclear']).toContain(outcome.kind);
        },
      ),
    );
  });
});

describe('what Grid Engine says to a trial', () => {
  it('is fine where a queue would take the job', () => {
    expect(sge.tried?.(answer('qsub-verify-ok'))).toEqual({
      kind: 'fine',
      text: 'verification: found suitable queue(s)',
    });
  });

  it('is refused where none would', () => {
    expect(sge.tried?.(answer('qsub-verify-bad'))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'configuration', text: expect.stringContaining('it only offers 0 slots') },
    });
  });

  it('is unclear where the command was ended', () => {
    expect(sge.tried?.({ exitCode: null, stdout: '', stderr: '' }).kind).toBe('unclear');
  });
});

it('takes nothing that was recorded of a submit otherwise than its exit code says', () => {
  const submits = [...recordingsOf('sge')].filter(([, { command }]) =>
    /(^|\| )qsub (?!.*-w v)/.test(command),
  );
  expect(submits.length).toBeGreaterThan(25);
  for (const [name, submit] of submits)
    expect([name, sge.submitted(submit).kind]).toEqual([
      name,
      submit.exitCode === 0 ? 'accepted' : 'refused',
    ]);
});
