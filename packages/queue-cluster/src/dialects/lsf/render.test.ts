import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchJobRequest } from '../dialect.ts';
import { lsf } from './index.ts';

const request: BatchJobRequest = {
  name: 'gm-a-small-abcdefgh',
  script: '#!/bin/bash\necho ran\n',
  directory: '/work/pilots/gm-a-small-abcdefgh',
  log: '/work/pilots/gm-a-small-abcdefgh/log',
  cpus: 8,
  memMb: 1024,
  gpus: 0,
  walltimeSeconds: 28_830,
  warningSeconds: 90,
  extra: [],
  excludedNodes: [],
};

const textOf = (change: Partial<BatchJobRequest> = {}): string => lsf.render({ ...request, ...change });

describe('the script for LSF', () => {
  it('has its directives after the first line', () => {
    expect(textOf({ queue: 'night', account: 'genomes', gpus: 2, excludedNodes: ['n1', 'n2', '$(x)'] })).toBe(
      `#!/bin/bash
#BSUB -J gm-a-small-abcdefgh
#BSUB -o /work/pilots/gm-a-small-abcdefgh/log
#BSUB -cwd /work/pilots/gm-a-small-abcdefgh
#BSUB -rn
#BSUB -q night
#BSUB -P genomes
#BSUB -n 8
#BSUB -R "span[hosts=1]"
#BSUB -R "rusage[mem=1024MB]"
#BSUB -gpu "num=2"
#BSUB -W 8:01
#BSUB -wa USR2
#BSUB -wt 2
#BSUB -R "select[hname!='n1' && hname!='n2']"
echo ran
`,
    );
  });

  it('comes by standard input, for only there directives are read', () => {
    expect(lsf.submit(request)).toEqual({ program: 'bsub', arguments: [], input: textOf() });
  });

  it('leaves to the site what it says itself', () => {
    const text = textOf({ gpus: 1, extra: ['#BSUB -R "rusage[mem=1,ngpus_excl_p=1]"'] });
    expect(text.match(/mem=/g)).toHaveLength(1);
    expect(text).not.toContain('-gpu ');
  });

  it('asks for no warning that would come before the start', () => {
    expect(textOf({ walltimeSeconds: 60, warningSeconds: 50 })).not.toMatch(/-wa|-wt/);
  });

  it.each([
    ['queue', { queue: 'night -n 64' }],
    ['queue', { queue: '-t' }],
    ['project', { account: 'a"b' }],
    ['extra', { extra: ['touch /tmp/x'] }],
    ['directory', { directory: '/work/a\n#BSUB -q other' }],
    ['extra', { extra: ['#BSUB -x\ntouch /tmp/x'] }],
  ])('refuses a %s that is none', (what, change) => {
    expect(() => textOf(change)).toThrow(new RegExp(`INVALID_DEFINITION.*${what}`));
  });
});

describe('an extra line', () => {
  const rendered = (line: string) => textOf({ extra: [line] });

  it.each([
    ['#BSUB -J "pilots[1-10]"', 'names the job'],
    ['#BSUB -Jday', 'names the job'],
    ['#BSUB -x -pack jobs', 'makes several jobs of one'],
    ['#BSUB -clusters other', 'sends the job to another server or cluster'],
    ['#BSUB -K', 'has the submit wait for the job'],
    ['#BSUB -Is', 'has the submit wait for the job'],
  ])('takes no job from where it is looked for: %s', (line, because) => {
    expect(() => rendered(line)).toThrow(because);
  });

  it('may say much else', () => {
    for (const line of [
      '#BSUB -Jd "pilots of a lab"',
      '#BSUB -R "select[-J]"',
      '#BSUB -app big',
      '#BSUB -i /dev/null',
    ])
      expect(rendered(line)).toContain(`\n${line}\n`);
  });
});

describe('a directory with any name', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lsf-render-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const name = fc
    .string({ unit: fc.constantFrom(...'abc$`\'"\\;&|<>(){}*?!#~ ,:é%'), minLength: 1, maxLength: 20 })
    .filter((text) => text.trim() !== '' && text !== '.' && text !== '..');

  it('is where the script runs and writes, and nothing in it is run', () => {
    fc.assert(
      fc.property(name, (text) => {
        const top = mkdtempSync(join(folder, 'run-'));
        const directory = join(top, text);
        mkdirSync(directory);
        const rendered = textOf({ script: '#!/bin/bash\npwd\n', directory, log: join(directory, 'log') });
        const [, log = '', start = ''] = /^#BSUB -o (.*)\n#BSUB -cwd (.*)$/m.exec(rendered) ?? [];
        // Bash does what LSF does with the two that it is told.
        const runner = 'exec >>"$1" 2>&1; cd "$2"; exec bash -s';
        execFileSync('bash', ['-c', runner, 'job', log, start], { input: rendered });
        expect(readFileSync(join(directory, 'log'), 'utf8')).toBe(`${directory}\n`);
        expect(readdirSync(top)).toEqual([text]);
      }),
      { numRuns: 30 },
    );
  });
});
