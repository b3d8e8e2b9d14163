import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { QueueAnswer, SubmitOutcome, TrialOutcome } from '../dialect.ts';
import { isLost, refusalOf } from './problems.ts';

/** `condor_submit -terse` tells the first and the last job: `5.0 - 5.0`. */
const terse = /^(\d+\.\d+) - \d+\.\d+$/m;
/** Without `-terse`, which a wrapper of a site may leave out. */
const plain = /^\d+ job\(s\) submitted to cluster (\d+)\.$/m;

/** What `condor_submit` said. Warnings do not matter: the job is there. */
export function submittedToHtcondor(answer: QueueAnswer): SubmitOutcome {
  const { exitCode } = answer;
  const id = idIn(answer.stdout);
  if (exitCode === 0 && id !== undefined) return { kind: 'accepted', id };
  const isUnclear = exitCode === 0 || id !== undefined || isLost(answer);
  const problem = commandProblem(answer) ?? (isUnclear ? undefined : refusalOf(answer));
  return problem ? { kind: 'refused', problem } : { kind: 'unclear', text: quoteAnswer(answer) };
}

function idIn(stdout: string): string | undefined {
  const first = terse.exec(stdout)?.[1];
  if (first !== undefined) return first;
  const cluster = plain.exec(stdout)?.[1];
  return cluster === undefined ? undefined : `${cluster}.0`;
}

/** What `condor_submit -dry-run` said: the attributes of the job. Whether there is a machine for it nobody has looked. */
export function triedByHtcondor(answer: QueueAnswer): TrialOutcome {
  if (answer.exitCode === 0 && /^JobUniverse=/m.test(answer.stdout)) return { kind: 'fine' };
  const problem = commandProblem(answer) ?? (isLost(answer) ? undefined : refusalOf(answer));
  return problem ? { kind: 'refused', problem } : { kind: 'unclear', text: quoteAnswer(answer) };
}
