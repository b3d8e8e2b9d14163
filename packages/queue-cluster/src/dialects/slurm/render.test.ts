import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchJobRequest, QueueCommand } from '../dialect.ts';
import { slurm } from './index.ts';

const request: BatchJobRequest = {
  name: 'gm-lab-big-abcdefgh',
  script: '#!/bin/bash\necho hello\n',
  directory: '/home/me/clusters/lab/pilots/p',
  log: '/home/me/clusters/lab/pilots/p/log',
  cpus: 8,
  memMb: 32_000,
  gpus: 0,
  walltimeSeconds: 8 * 3600,
  warningSeconds: 300,
  extra: [],
  excludedNodes: [],
};

describe('a batch job for Slurm', () => {
  it('has its directives after the first line, the site’s own last', () => {
    const text = slurm.render({
      ...request,
      gpus: 2,
      queue: 'big',
      account: 'lab 1',
      extra: ['#SBATCH --exclusive', '#SBATCH --mem=0'],
      excludedNodes: ['n1', 'n7'],
    });
    expect(text.split('\n')).toEqual([
      '#!/bin/bash',
      '#SBATCH --job-name=gm-lab-big-abcdefgh',
      '#SBATCH --chdir=/home/me/clusters/lab/pilots/p',
      '#SBATCH --output=/home/me/clusters/lab/pilots/p/log',
      '#SBATCH --open-mode=append',
      '#SBATCH --nodes=1',
      '#SBATCH --ntasks=1',
      '#SBATCH --cpus-per-task=8',
      '#SBATCH --mem=32000M',
      '#SBATCH --gres=gpu:2',
      '#SBATCH --time=8:00:00',
      '#SBATCH --signal=B:USR1@300',
      '#SBATCH --no-requeue',
      '#SBATCH --partition=big',
      '#SBATCH --account="lab 1"',
      '#SBATCH --exclude=n1,n7',
      '#SBATCH --exclusive',
      '#SBATCH --mem=0',
      'echo hello',
      '',
    ]);
  });

  it('is given to sbatch as its input, without the defaults of the user that would outdo it', () => {
    const { program, arguments: words, input } = slurm.submit({ ...request, queue: 'big' });
    expect(program).toBe('env');
    expect(words).toEqual(expect.arrayContaining(['SBATCH_TIMELIMIT', 'SBATCH_PARTITION']));
    expect(words).not.toContain('SBATCH_ACCOUNT');
    expect(words.slice(-2)).toEqual(['sbatch', '--parsable']);
    expect(input).toBe(slurm.render({ ...request, queue: 'big' }));
    expect(slurm.trial?.(request).arguments.at(-1)).toBe('--test-only');
  });

  it('means its log and not a pattern, whatever the path', () => {
    expect(slurm.render({ ...request, log: '/a/%j\\b' })).toContain('--output="/a/\\\\%j\\\\\\\\b"\n');
  });

  it('is refused where a value would begin a line of its own', () => {
    for (const bad of [
      { queue: 'a\n#SBATCH --wrap=x' },
      { log: '/a\nb' },
      { extra: ['#SBATCH -A a\necho b'] },
      { extra: ['echo b'] },
    ])
      expect(() => slurm.render({ ...request, ...bad })).toThrow(/\[INVALID_DEFINITION\]/);
  });

  it.each([
    ['--clusters=other', 'another server or cluster'],
    ['-M other', 'another server or cluster'],
    ['-Mother', 'another server or cluster'],
    ['--exclusive -HM other', 'another server or cluster'],
    ['--array=1-3', 'several jobs of one'],
    ['-Qa1-3', 'several jobs of one'],
    ['--job-name=mine', 'names the job'],
    ['--job mine', 'names the job'],
    ['-J mine', 'names the job'],
    ['--exclusive "--job-name" mine', 'names the job'],
    ['--wait', 'wait for the job'],
    ['-W', 'wait for the job'],
    ['--test-only', 'not submitted'],
  ])('is not taken from where it is looked for by %s', (words, because) => {
    expect(() => slurm.render({ ...request, extra: [`#SBATCH ${words}`] })).toThrow(because);
  });

  it.each(['--wait-all-nodes=1', '--cluster-constraint=a', '-Aa', '--account=arJM', '-p Jam', '--qos=wait'])(
    'may have %s',
    (words) => {
      expect(slurm.render({ ...request, extra: [`#SBATCH ${words}`] })).toContain(`\n#SBATCH ${words}\n`);
    },
  );

  it('has every value as one word, as a shell without expansions reads it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const account = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '_');
        const line = slurm
          .render({ ...request, account })
          .split('\n')
          .find((found) => found.includes('--account='));
        // What Slurm does not expand, but bash does, is escaped for bash.
        const words = (line?.slice('#SBATCH '.length) ?? '').replaceAll(/[$`]/g, '\\$&');
        const heard = execFileSync('bash', ['-c', `printf '%s\\0' ${words}`], { encoding: 'utf8' });
        expect(heard).toBe(`--account=${account}\0`);
      }),
      { numRuns: 40 },
    );
  });
});

describe('commands for jobs that are there', () => {
  it('ask for all jobs at once, in a form that is the same in all versions', () => {
    const { arguments: words } = slurm.status({ user: 'me', ids: ['1', '2'], namePrefix: 'gm-lab-' });
    expect(words).toEqual(
      expect.arrayContaining(['SLURM_TIME_FORMAT=%s', 'squeue', '--states=all', '--user=me']),
    );
  });

  it('stop by a signal to the batch shell, and cancel', () => {
    const wordsOf = ({ arguments: words }: QueueCommand) => words.slice(words.indexOf('scancel') + 1);
    const stop = slurm.stop(['1', '2']);
    expect(wordsOf(stop)).toEqual(['--batch', '--signal=USR1', '--state=RUNNING', '1', '2']);
    expect(wordsOf(slurm.cancel(['1']))).toEqual(['1']);
    // It would ask back, on an empty input.
    expect(stop.arguments.join(' ')).toMatch(/-u SCANCEL_INTERACTIVE .*scancel /);
    expect(slurm.endings?.(['1', '2']).arguments).toContain('--jobs=1,2');
  });
});
