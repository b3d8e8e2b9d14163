import type { QueueCommand } from '../dialects/dialect.ts';
import { shellWord } from '../dialects/shell-word.ts';

/** A program and its arguments, as the system starts it. */
export interface Invocation {
  readonly program: string;
  readonly arguments: readonly string[];
}

/**
 * A queue command with the words of another machine in front. Those, such as `ssh login1`, hand what follows to a shell
 * there, which takes it apart again: so it is one word for them, in which each word of the command is quoted.
 */
export function invocationOf(command: QueueCommand, ssh: readonly string[]): Invocation {
  const [program, ...words] = ssh;
  if (program === undefined) return { program: command.program, arguments: command.arguments };
  const line = [command.program, ...command.arguments].map(shellWord).join(' ');
  return { program, arguments: [...words, line] };
}
