import type { QueueAnswer, QueueProblem } from './dialect.ts';
import { oneLine } from './one-line.ts';

/** What a shell, `env` and the launcher say of a program that is not there. */
const programMissing = 127;

/** What `ssh` says that never reached the other machine: nothing was run there. */
const sshFailed =
  /^(?:ssh: |Host key verification failed|kex_exchange_identification|.*Permission denied \(.*(?:publickey|password|keyboard-interactive|gssapi|hostbased).*\))/m;

/** What any queue command may come to, whatever the queueing system, before its own words mean anything. */
export function commandProblem({ exitCode, stdout, stderr }: QueueAnswer): QueueProblem | undefined {
  const text = oneLine(stderr.trim() || stdout.trim());
  if (exitCode === programMissing)
    return {
      kind: 'configuration',
      text: text || 'the command is not there',
      advice:
        'run this on a machine from which jobs are submitted, put the queue’s commands on the PATH, or name such a machine with ssh',
    };
  if (exitCode === 255 && sshFailed.test(stderr))
    return { kind: 'transient', text, advice: 'ssh must reach that machine without asking for anything' };
  return undefined;
}

/** What to quote of an answer that is not understood. */
export function quoteAnswer({ exitCode, stdout, stderr }: QueueAnswer): string {
  const how =
    exitCode === null ? 'the command was ended before it had answered' : `it ended with ${exitCode}`;
  const words = oneLine(stderr.trim() || stdout.trim());
  return words === '' ? `${how} and said nothing` : words;
}
