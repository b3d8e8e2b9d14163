import type { CommanderError } from 'commander';

const howToGiveTheCommand = "the command of the tasks goes last, after --: … -- 'grep -c ACGT {input}'";
const codes: readonly string[] = ['commander.unknownOption', 'commander.missingArgument'];

/** What to tell of a command line that commander refused. `words` are what follows the program's name. */
export function commandLineError(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  words: readonly string[],
): string {
  const text = message.replace(/^error: /, '');
  const isMap = words.find((word) => !word.startsWith('-')) === 'map';
  const end = words.indexOf('--');
  // An option that is wrong before a -- is not the command's.
  const lacksCommand = end === -1 || end === words.length - 1;
  return isMap && lacksCommand && codes.includes(code) ? `${text}\n${howToGiveTheCommand}` : text;
}
