import { quoteAnswer } from '../command-problems.ts';
import type { QueueAnswer, SubmitOutcome } from '../dialect.ts';
import { problemOf } from './problems.ts';

/** The exit code of a submit that has started something, and then waited for its record in vain. */
const notInTime = 75;

/** What the submit program said. */
export function submitted(answer: QueueAnswer): SubmitOutcome {
  const { exitCode, stdout } = answer;
  if (exitCode === null || exitCode === notInTime) return { kind: 'unclear', text: quoteAnswer(answer) };
  if (exitCode !== 0) return { kind: 'refused', problem: problemOf(answer) };
  const id = stdout.split('\n').findLast((line) => /^\d+-\d+@\//.test(line));
  return id === undefined ? { kind: 'unclear', text: quoteAnswer(answer) } : { kind: 'accepted', id };
}
