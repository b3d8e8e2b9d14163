import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchJobRequest, QueueAnswer } from '../dialect.ts';
import { shell } from './index.ts';

const request: BatchJobRequest = {
  name: 'gm-lab-big-abcdefgh',
  script: '#!/bin/bash\necho hello\n',
  directory: '/home/me/pilots/p',
  log: '/home/me/pilots/p/log',
  cpus: 8,
  memMb: 32_000,
  gpus: 0,
  walltimeSeconds: 3600,
  warningSeconds: 300,
  extra: ['#SBATCH --exclusive'],
  excludedNodes: [],
};

const answer = (stdout: string, stderr = '', exitCode: number | null = 0): QueueAnswer => ({
  exitCode,
  stdout,
  stderr,
});

describe('a batch job of the shell', () => {
  it('has directives as comments', () => {
    expect(shell.render(request)).toBe('#!/bin/bash\n#SBATCH --exclusive\necho hello\n');
    expect(() => shell.render({ ...request, extra: ['rm -rf x'] })).toThrow(/\[INVALID_DEFINITION\]/);
    expect(shell.submit(request)).toMatchObject({ program: 'sh', input: shell.render(request) });
    expect(shell.submit(request).arguments.slice(-5)).toEqual([
      request.name,
      request.directory,
      request.log,
      '3600',
      '300',
    ]);
  });

  it('is accepted with an id, refused with words, or unclear', () => {
    const id = '4242-123456@/home/me/pilots/p q';
    expect(shell.submitted(answer(`${id}\n`))).toEqual({ kind: 'accepted', id });
    expect(
      shell.submitted(answer('', 'mkdir: cannot create directory: No space left on device', 1)),
    ).toMatchObject({
      kind: 'refused',
      problem: { kind: 'transient' },
    });
    expect(shell.submitted(answer('', 'mkdir: Permission denied', 1))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'configuration', text: 'mkdir: Permission denied' },
    });
    for (const unclear of [answer('', 'not in time', 75), answer('', '', null), answer('')])
      expect(shell.submitted(unclear)).toMatchObject({ kind: 'unclear' });
  });

  it.each([
    ['running|', { kind: 'running', node: 'here', startedAt: 100_000, endsAt: 200_000 }],
    ['itself|0', { kind: 'ended', how: 'completed', node: 'here', exitCode: 0 }],
    ['itself|143', { kind: 'ended', how: 'failed', node: 'here', exitCode: 143 }],
    ['walltime|0', { kind: 'ended', how: 'walltime', exitCode: 0 }],
    ['cancelled|143', { kind: 'ended', how: 'cancelled' }],
    ['rebooted|', { kind: 'ended', how: 'node-failed' }],
    ['lost|', { kind: 'ended', how: 'unknown' }],
    ['odd|', { kind: 'unknown', text: 'odd' }],
  ])('%s is a state', (words, state) => {
    const line = `${words}|here|100|200|gm-a|4242-1@/a|b c`;
    expect(shell.statuses(answer(`${line}\ncomplete\n`))).toMatchObject({
      kind: 'known',
      batchJobs: [{ id: '4242-1@/a|b c', name: 'gm-a', state }],
    });
  });

  it('has no news in an answer of which the end is missing', () => {
    expect(shell.statuses(answer('complete\n'))).toEqual({ kind: 'known', batchJobs: [] });
    for (const odd of [answer(''), answer('complete'), answer('x\ncomplete\n'), answer('complete\n', '', 1)])
      expect(shell.statuses(odd)).toMatchObject({ kind: 'no-news' });
  });

  it('has an outcome for every answer, whatever it is', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string(),
        fc.option(fc.nat(255)),
        (stdout, stderr, exitCode) => {
          const odd = { stdout, stderr, exitCode };
          for (const read of [shell.statuses, shell.submitted, shell.cancelled])
            expect(read(odd)).toHaveProperty('kind');
        },
      ),
    );
  });
});
