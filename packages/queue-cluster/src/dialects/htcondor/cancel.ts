import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { CancelOutcome, QueueAnswer, QueueCommand } from '../dialect.ts';

/** Sends TERM to the script alone, and after the time to end KILL to all that is left; a job that waits is gone at once. */
export const removeFromHtcondor = (ids: readonly string[]): QueueCommand => ({
  program: 'condor_rm',
  arguments: ids,
});

/** Of jobs that are gone, or about to be. */
const gone =
  /^(?:Couldn't find\/remove all jobs in cluster \d+|Job \d+\.\d+ (?:not found|already marked for removal|(?:has been )?marked for removal|is already being removed).*)\.?$/;

/** What `condor_rm` said: a line for each job. */
export function cancelledInHtcondor(answer: QueueAnswer): CancelOutcome {
  const { exitCode, stdout, stderr } = answer;
  if (exitCode === 0) return { kind: 'told' };
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const areGone = lines.length > 0 && lines.every((line) => gone.test(line.trim()));
  if (exitCode !== null && areGone) return { kind: 'told' };
  return { kind: 'no-news', text: commandProblem(answer)?.text ?? quoteAnswer(answer) };
}
