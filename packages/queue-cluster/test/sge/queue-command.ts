import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { QueueAnswer, QueueCommand } from '../../src/dialects/dialect.ts';

/** Runs a command of a queue on this machine. */
export async function answerOf(
  command: QueueCommand,
  environment: Readonly<Record<string, string>>,
): Promise<QueueAnswer> {
  const child = spawn(command.program, command.arguments, { env: { ...environment } });
  // A command that ends without having read all of its input is answer enough.
  child.stdin.on('error', () => undefined);
  child.stdin.end(command.input ?? '');
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}
