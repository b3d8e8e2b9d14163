import { describe, expect, it } from 'vitest';
import { commandLineError } from './command-line-error.ts';

const unknown = { code: 'commander.unknownOption', message: "error: unknown option '-c'" };
const hint = /\nthe command of the tasks goes last, after --: /;

describe('commandLineError', () => {
  it('says how to give the command where -- was forgotten', () => {
    const words = ['map', '--input', 'a.fa', 'grep', '-c', 'A', '{input}'];
    expect(commandLineError(unknown, words)).toMatch(/^unknown option '-c'\nthe command/);
  });

  it('does not say so where there is a command, and not to other commands', () => {
    expect(commandLineError(unknown, ['map', '-c', '--', 'cat {input}'])).toBe("unknown option '-c'");
    expect(commandLineError(unknown, ['run', '-c'])).toBe("unknown option '-c'");
  });

  it('says so where nothing comes after --, also behind an option of the program itself', () => {
    const missing = {
      code: 'commander.missingArgument',
      message: "error: missing required argument 'command'",
    };
    expect(commandLineError(missing, ['--debug', 'map', '--'])).toMatch(hint);
    expect(
      commandLineError({ ...missing, code: 'commander.missingMandatoryOptionValue' }, ['map']),
    ).not.toMatch(hint);
  });
});
