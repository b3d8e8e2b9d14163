import { quoteAnswer } from '../command-problems.ts';
import type { CancelOutcome, QueueAnswer, QueueCommand } from '../dialect.ts';

/** Variables with which users have `scancel` ask back, leave jobs out, or signal more than the batch shell. */
const defaultsOfUsers = [
  'SCANCEL_ACCOUNT',
  'SCANCEL_BATCH',
  'SCANCEL_CRON',
  'SCANCEL_CTLD',
  'SCANCEL_FULL',
  'SCANCEL_HURRY',
  'SCANCEL_INTERACTIVE',
  'SCANCEL_NAME',
  'SCANCEL_PARTITION',
  'SCANCEL_QOS',
  'SCANCEL_STATE',
  'SCANCEL_USER',
  'SCANCEL_WCKEY',
  'SLURM_CLUSTERS',
];

const scancel = (...words: readonly string[]): QueueCommand => ({
  program: 'env',
  arguments: [...defaultsOfUsers.flatMap((name) => ['-u', name]), 'scancel', ...words],
});

/**
 * USR1 to the batch shell alone, whose trap stops the agent well. `--full`, and the TERM of a plain `scancel`, reach
 * the agent and its tasks, too, which are then lost; without `--batch` a signal reaches job steps only, and none of ours
 * is one. A job that does not run yet is left out: `scancel` would try again for a minute and a half.
 */
export const stop = (ids: readonly string[]): QueueCommand =>
  scancel('--batch', '--signal=USR1', '--state=RUNNING', ...ids);

/** Ends those that wait at once, and those that run after Slurm's own grace. */
export const cancel = (ids: readonly string[]): QueueCommand => scancel(...ids);

/** Of jobs that need no telling, or, of a signal, are not there yet to hear it. */
const needless =
  /Invalid job id specified|already completing or completed|Job is pending execution|can not be altered now/i;

/** What `scancel` said; it has a line for each job with which it did not succeed, and none for one long gone. */
export function cancelled(answer: QueueAnswer): CancelOutcome {
  const { exitCode, stderr } = answer;
  if (exitCode === 0) return { kind: 'told' };
  const errors = stderr.split('\n').filter((line) => line.includes('error:'));
  const isTold = exitCode !== null && errors.length > 0 && errors.every((line) => needless.test(line));
  return isTold ? { kind: 'told' } : { kind: 'no-news', text: quoteAnswer(answer) };
}
