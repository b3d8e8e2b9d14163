import type { CancelOutcome, QueueAnswer, QueueCommand } from '../dialect.ts';
import { noNews } from './problems.ts';

/**
 * USR2 goes to all processes of a job, as at the end of its walltime: a pilot's script has a trap for it, and its agent
 * ignores it.
 */
export function stop(ids: readonly string[]): QueueCommand {
  return { program: 'bkill', arguments: ['-s', 'USR2', ...ids] };
}

/** INT and TERM, and some time later KILL; those that have several cpus may be killed at once. */
export function cancel(ids: readonly string[]): QueueCommand {
  return { program: 'bkill', arguments: [...ids] };
}

/** A line for each job: what is on its way, or was gone already. */
const told = [
  /^Job <\d+> is being (?:terminated|signaled|signalled)/,
  /^Job <\d+>: (?:Job has already finished|No matching job found|Job has already been terminated)/,
  /^Job <\d+> is not found/,
  /^$/,
];

export function cancelled(answer: QueueAnswer): CancelOutcome {
  const { exitCode, stdout, stderr } = answer;
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const isTold = exitCode !== null && lines.every((line) => told.some((pattern) => pattern.test(line)));
  const hasWords = lines.some((line) => line !== '');
  return isTold && (hasWords || exitCode === 0)
    ? { kind: 'told' }
    : { kind: 'no-news', text: noNews(answer) };
}
