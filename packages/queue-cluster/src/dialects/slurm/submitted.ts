import { quoteAnswer } from '../command-problems.ts';
import type { QueueAnswer, SubmitOutcome, TrialOutcome } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { problemOf } from './problems.ts';

/** The controller was asked, and its answer was lost: it may have taken the job. */
const answerLost = /Socket timed out|Zero Bytes|Unexpected message|Insane message|connection closed/i;

/** What `sbatch --parsable` said. Sites have their submit plugins print greetings beside the id. */
export function submitted(answer: QueueAnswer): SubmitOutcome {
  const { exitCode, stdout, stderr } = answer;
  if (exitCode === null || answerLost.test(stderr)) return { kind: 'unclear', text: quoteAnswer(answer) };
  if (exitCode !== 0) return { kind: 'refused', problem: problemOf(answer) };
  const id = idIn(stdout);
  return id === undefined ? { kind: 'unclear', text: quoteAnswer(answer) } : { kind: 'accepted', id };
}

/** `ID`, `ID;CLUSTER`, or the sentence that wrappers of sites still print. */
function idIn(stdout: string): string | undefined {
  const lines = stdout.split('\n').map((line) => line.trim());
  const ids = lines.map((line) => /^(?:Submitted batch job )?([1-9]\d*)(?:;\S+)?$/.exec(line)?.[1]);
  return ids.findLast((id) => id !== undefined);
}

/** What `sbatch --test-only` said: all of it on its standard error. */
export function tried(answer: QueueAnswer): TrialOutcome {
  if (answer.exitCode === null || answerLost.test(answer.stderr))
    return { kind: 'unclear', text: quoteAnswer(answer) };
  if (answer.exitCode !== 0) return { kind: 'refused', problem: problemOf(answer) };
  const plan = /Job \d+ (to start at .*)/.exec(answer.stderr)?.[1];
  return { kind: 'fine', ...(plan !== undefined && { text: oneLine(plan) }) };
}
