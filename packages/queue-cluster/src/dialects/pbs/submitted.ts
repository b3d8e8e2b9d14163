import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { QueueAnswer, SubmitOutcome } from '../dialect.ts';
import { isLost, refusalOf } from './problems.ts';

/** The id of a job stands alone on a line; a site's own words may stand around it. */
const id = /^\d+(?:\[\])?\.[\w.-]+$/;

/** What `qsub` said. */
export const submittedToPbs = (answer: QueueAnswer): SubmitOutcome => submitted(answer, id, refusalOf);

/** What PBS and Torque say alike, but for their ids and the numbers of their errors. */
export function submitted(answer: QueueAnswer, idLine: RegExp, refusalIn: typeof refusalOf): SubmitOutcome {
  const { exitCode, stdout } = answer;
  const found = stdout
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => idLine.test(line));
  if (exitCode === 0 && found !== undefined) return { kind: 'accepted', id: found };
  const isUnclear = exitCode === 0 || found !== undefined || isLost(answer);
  const problem = commandProblem(answer) ?? (isUnclear ? undefined : refusalIn(answer));
  return problem ? { kind: 'refused', problem } : { kind: 'unclear', text: quoteAnswer(answer) };
}
