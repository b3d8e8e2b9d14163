import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchJobRequest } from '../dialect.ts';
import { sge } from './index.ts';

const request: BatchJobRequest = {
  name: 'gm-a-small-abcdefgh',
  script: '#!/bin/bash\necho ran\n',
  directory: '/work/pilots/gm-a-small-abcdefgh',
  log: '/work/pilots/gm-a-small-abcdefgh/log',
  cpus: 8,
  memMb: 1024,
  gpus: 0,
  walltimeSeconds: 28_800,
  warningSeconds: 600,
  extra: [],
  excludedNodes: [],
};

const directives = (change: Partial<BatchJobRequest> = {}): string[] =>
  sge
    .render({ ...request, ...change })
    .split('\n')
    .filter((line) => line.startsWith('#$'));

describe('the script for Grid Engine', () => {
  it('has its directives after the first line', () => {
    expect(sge.render({ ...request, queue: 'long.q', account: 'genomes' })).toBe(`#!/bin/bash
#$ -S /bin/bash
#$ -N gm-a-small-abcdefgh
#$ -o /work/pilots/gm-a-small-abcdefgh/log
#$ -j y
#$ -wd /work/pilots/gm-a-small-abcdefgh
#$ -r n
#$ -notify
#$ -w e
#$ -q long.q
#$ -P genomes
#$ -pe smp 8
#$ -l h_rt=28800
echo ran
`);
  });

  it('asks for no parallel environment for one cpu, nor where the site names another', () => {
    expect(directives({ cpus: 1 }).join()).not.toContain('-pe');
    expect(directives({ extra: ['#$ -pe threads 8'] }).filter((line) => line.includes('-pe'))).toEqual([
      '#$ -pe threads 8',
    ]);
  });

  it('asks for GPUs in the usual way, unless the site has its own', () => {
    expect(directives({ gpus: 2 })).toContain('#$ -l gpu=2');
    expect(directives({ gpus: 2, extra: ['#$ -l ngpus=2'] }).join()).not.toContain('-l gpu=2');
  });

  it('leaves out hosts, as far as they can be named', () => {
    expect(directives({ excludedNodes: ['n1', 'n2.cluster', 'a|b', ''] })).toContain(
      '#$ -l "h=!(n1|n2.cluster)"',
    );
    expect(directives({ excludedNodes: ['$(x)'] }).join()).not.toContain('h=!');
  });

  it('has the lines of the site last, so that they have the last word', () => {
    expect(directives({ extra: ['#$ -w n'] }).at(-1)).toBe('#$ -w n');
  });

  it.each([
    ['queue', { queue: 'all.q -t 1-3' }],
    ['queue', { queue: '-t' }],
    ['queue', { queue: 'a"b' }],
    ['project', { account: "it's" }],
    ['extra', { extra: ['touch /tmp/x'] }],
    ['directory', { directory: '/work/a\n#$ -q other' }],
    ['extra', { extra: ['#$ -w n\ntouch /tmp/x'] }],
  ])('refuses a %s that is none', (what, change) => {
    expect(() => sge.render({ ...request, ...change })).toThrow(new RegExp(`INVALID_DEFINITION.*${what}`));
  });

  it('is checked before it is submitted, with the same text', () => {
    expect(sge.submit(request)).toEqual({
      program: 'qsub',
      arguments: ['-terse'],
      input: sge.render(request),
    });
    expect(sge.trial?.(request)).toEqual({
      program: 'qsub',
      arguments: ['-w', 'v'],
      input: sge.render(request),
    });
  });
});

describe('an extra line of Grid Engine', () => {
  it.each([
    ['-N mine', 'names the job'],
    ['-l a=1 -t 1-10', 'several jobs of one'],
    ['-sync y', 'wait for the job'],
    ['-now yes', 'wait for the job'],
    ['-w v', 'not submitted'],
    ['-verify', 'not submitted'],
    ['-clear', 'takes back'],
  ])('takes no job from where it is looked for: %s', (words, because) => {
    expect(() => directives({ extra: [`#$ ${words}`] })).toThrow(because);
  });

  it.each(['-tc 3', '-sync n', '-now n', '-w n', '-ar 7', '-hold_jid 9', '-l name=-N'])(
    'may be %s',
    (words) => {
      expect(directives({ extra: [`#$ ${words}`] })).toContain(`#$ ${words}`);
    },
  );
});

describe('a directory with any name', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sge-render-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // What a file system takes as a name; control characters are refused with the definition.
  const name = fc
    .string({ unit: fc.constantFrom(...'abc$`\'"\\;&|<>(){}*?!#~ ,:é%'), minLength: 1, maxLength: 20 })
    .filter((text) => text.trim() !== '' && text !== '.' && text !== '..');

  it('is where the script runs and writes, and nothing in it is run', () => {
    fc.assert(
      fc.property(name, (text) => {
        const top = mkdtempSync(join(folder, 'run-'));
        const directory = join(top, text);
        mkdirSync(directory, { recursive: true });
        const script = '#!/bin/bash\npwd\n';
        const rendered = sge.render({ ...request, script, directory, log: join(directory, 'log') });
        const paths = /^#\$ -o (.*)\n#\$ -j y\n#\$ -wd (.*)$/m.exec(rendered) ?? [];
        // Bash does what Grid Engine does with the two that it is told.
        const runner = 'exec >>"$1" 2>&1; cd "$2"; exec bash -s';
        execFileSync('bash', ['-c', runner, 'job', paths[1] ?? '', paths[2] ?? ''], { input: rendered });
        expect(readFileSync(join(directory, 'log'), 'utf8')).toBe(`${directory}\n`);
        expect(readdirSync(top)).toEqual([text]);
      }),
      { numRuns: 30 },
    );
  });

  it('stands in a directive only if Grid Engine takes every character of it as it is', () => {
    const withoutLineEnds = fc
      .string({ unit: 'grapheme-composite' })
      .filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text));
    fc.assert(
      fc.property(withoutLineEnds, (text) => {
        const rendered = sge.render({ ...request, directory: `/${text}`, log: `/${text}/log` });
        const told = rendered.split('\n').filter((line) => /^#\$ -(o|wd) /.test(line));
        expect(told.map((line) => line.replace(/^#\$ -(o|wd) /, ''))).toEqual([
          expect.stringMatching(/^[\w./+@%=-]+$/),
          expect.stringMatching(/^[\w./+@%=-]+$/),
        ]);
      }),
    );
  });

  it.each(['\n', '\u0085', '\u2028', '\u2029'])('is refused where a line ends in it: %j', (end) => {
    expect(() => sge.render({ ...request, directory: `/a${end}b` })).toThrow("has a line's end");
  });
});
