import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandProblem, quoteAnswer } from './command-problems.ts';
import { directiveValue, directiveWord, withDirectives } from './directives.ts';
import { hoursMinutesSeconds } from './durations.ts';
import { oneLine } from './one-line.ts';
import { shellWord } from './shell-word.ts';

describe('oneLine', () => {
  it('makes one line of a text, without control characters, and cuts it', () => {
    expect(oneLine('  a\r\n\tb\u001b[31m  c\u2028d\u202ee ')).toBe('a b [31m c d e');
    expect(oneLine('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
    expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300));
  });

  it('never has more than its limit, nor a control character, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        const line = oneLine(text);
        expect([...line].length).toBeLessThanOrEqual(300);
        expect(line).not.toMatch(/\p{Cc}|\p{Cf}/u);
      }),
    );
  });
});

describe('hoursMinutesSeconds', () => {
  it.each([
    [1, '0:00:01'],
    [59.2, '0:01:00'],
    [3600, '1:00:00'],
    [8 * 3600 + 61, '8:01:01'],
    [100 * 3600, '100:00:00'],
  ])('writes %s s as %s', (seconds, text) => {
    expect(hoursMinutesSeconds(seconds)).toBe(text);
  });
});

describe('directives', () => {
  it('stand after the first line', () => {
    expect(withDirectives('#!/bin/bash\necho hi\n', ['#X a', '#X b'])).toBe(
      '#!/bin/bash\n#X a\n#X b\necho hi\n',
    );
    expect(withDirectives('#!/bin/bash', ['#X a'])).toBe('#!/bin/bash\n#X a\n');
  });

  it('hold no value that would begin a line of its own', () => {
    expect(directiveValue('the log', '/a b/"c"')).toBe('/a b/"c"');
    expect(() => directiveValue('the log', 'a\nrm -rf')).toThrow(
      /^\[INVALID_DEFINITION\] the log "a\\nrm -rf" has/,
    );
    expect(() => directiveValue('the log', 'a\r')).toThrow(/control character/);
  });

  it('hold no word that a system would take for something else', () => {
    const form = { form: /^[a-z]+$/, title: 'Slurm', expected: 'small letters' };
    expect(directiveWord('the queue', 'main', form)).toBe('main');
    expect(() => directiveWord('the queue', 'a"b', form)).toThrow(
      '[INVALID_DEFINITION] the queue "a\\"b" cannot be told to Slurm: expected small letters',
    );
  });
});

describe('shellWord', () => {
  it('is one word that means itself to a shell', () => {
    const words = ['', 'a b', "it's", '$(echo x)', '`x`', '\\', '"', 'a\nb', '-n', '*', '~', "'''"];
    const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(
      words,
    );
  });
});

describe('commandProblem', () => {
  it('tells a command that is not there from a machine that cannot be reached', () => {
    const missing = { exitCode: 127, stdout: '', stderr: 'env: ‘sbatch’: No such file or directory\n' };
    expect(commandProblem(missing)).toMatchObject({
      kind: 'configuration',
      text: expect.stringMatching('sbatch'),
    });
    const away = {
      exitCode: 255,
      stdout: '',
      stderr: 'ssh: connect to host login1 port 22: Connection refused\r\n',
    };
    expect(commandProblem(away)).toMatchObject({ kind: 'transient' });
    const denied = {
      exitCode: 255,
      stdout: '',
      stderr: 'me@login1: Permission denied (publickey,password).\r\n',
    };
    expect(commandProblem(denied)).toMatchObject({ kind: 'transient' });
  });

  it('leaves what a queue says itself to the dialect', () => {
    expect(
      commandProblem({ exitCode: 255, stdout: '', stderr: 'sbatch: error: Invalid --time' }),
    ).toBeUndefined();
    expect(commandProblem({ exitCode: 1, stdout: '', stderr: 'ssh: odd' })).toBeUndefined();
  });
});

describe('quoteAnswer', () => {
  it('quotes what was said, or tells how the command ended', () => {
    expect(quoteAnswer({ exitCode: 1, stdout: 'out', stderr: ' err\n' })).toBe('err');
    expect(quoteAnswer({ exitCode: 1, stdout: 'out', stderr: '\n' })).toBe('out');
    expect(quoteAnswer({ exitCode: 3, stdout: '', stderr: '' })).toBe('it ended with 3 and said nothing');
    expect(quoteAnswer({ exitCode: null, stdout: '', stderr: '' })).toMatch('ended before');
  });
});
