import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { CancelOutcome, QueueAnswer, QueueCommand } from '../dialect.ts';

/**
 * PBS sends signals to all processes of a job's session: TERM would end the agent before the script could stop it, and
 * USR1 the login shell above the script. So the pilot is left to its orders, which the launcher has written before; this
 * only wakes one that is suspended, and can do no harm.
 */
export const stopInPbs = (ids: readonly string[]): QueueCommand => ({
  program: 'qsig',
  arguments: ['-s', 'SIGCONT', ...ids],
});

/** Ends jobs that run or wait. */
export const cancelInPbs = (ids: readonly string[]): QueueCommand => ({ program: 'qdel', arguments: ids });

/** What is no matter: the job is gone, or about to end. A job that waits cannot get a signal, which is one. */
const gone =
  /^(?:qdel|qsig): (?:Unknown Job Id|Job has finished)|^qdel: (?:Request invalid for state of job|Job is already being deleted)/i;

/** What `qsig` and `qdel` of PBS and Torque said. */
export function cancelledInPbs(answer: QueueAnswer): CancelOutcome {
  const { exitCode, stderr } = answer;
  if (exitCode === 0) return { kind: 'told' };
  const errors = stderr.split('\n').filter((line) => line.trim() !== '');
  const areGone = errors.length > 0 && errors.every((line) => gone.test(line));
  if (exitCode !== null && areGone) return { kind: 'told' };
  return { kind: 'no-news', text: commandProblem(answer)?.text ?? quoteAnswer(answer) };
}
