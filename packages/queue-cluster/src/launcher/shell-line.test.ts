import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invocationOf } from './shell-line.ts';

describe('a queue command', () => {
  it('is started as it is on this machine', () => {
    const command = { program: 'squeue', arguments: ['-o', '%i|$x'] };
    expect(invocationOf(command, [])).toEqual(command);
  });

  it('is one word for ssh', () => {
    const command = { program: 'squeue', arguments: ['-o', '%i $x', "it's"] };
    expect(invocationOf(command, ['ssh', '-q', 'login1'])).toEqual({
      program: 'ssh',
      arguments: ['-q', 'login1', String.raw`'squeue' '-o' '%i $x' 'it'\''s'`],
    });
  });

  it('arrives on the other machine word for word, whatever is in it', { timeout: 60_000 }, () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
      fc.constantFrom('$(id)', '`id`', '"', "'", '\\', '; id', '\n', '-n', '*', '~', ''),
    );
    fc.assert(
      fc.property(
        fc.array(
          word.filter((text) => text.isWellFormed()),
          { maxLength: 4 },
        ),
        (words) => {
          const command = { program: 'printf', arguments: ['%s\\0', ...words, 'end'] };
          // What ssh does with its last words: it hands them to a shell.
          const { program, arguments: given } = invocationOf(command, ['bash', '-c']);
          const printed = execFileSync(program, given, { encoding: 'utf8' });
          expect(printed).toBe([...words, 'end', ''].join('\0'));
        },
      ),
      { numRuns: 30 },
    );
  });
});
