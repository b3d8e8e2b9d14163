import type { CancelOutcome, QueueAnswer, QueueCommand } from '../dialect.ts';
import { noNews } from './problems.ts';

/**
 * Jobs are submitted with `-notify`: those that run get USR2, and the queue's notify time for their trap; those that
 * wait are gone at once.
 */
export function cancel(ids: readonly string[]): QueueCommand {
  return { program: 'qdel', arguments: [...ids] };
}

/** What is on its way out, or was gone already; an answer has a line for each job, on standard output. */
const told = [
  /^\S+ has (?:registered the job|deleted job) \d+/,
  /^denied: job "?\d+"? does not exist/,
  /^job \d+ is already in deletion/,
  // Its execd is away, and hears of it when it is back.
  /^\S+ unable to sync state with remote execd for the deletion of job "?\d+/,
  /^\.*$/,
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
