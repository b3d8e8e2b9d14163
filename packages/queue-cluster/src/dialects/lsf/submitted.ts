import type { QueueAnswer, SubmitOutcome } from '../dialect.ts';
import { noNews, problemOf } from './problems.ts';

/** `Job <4711> is submitted to queue <normal>.`, perhaps below lines about waiting for LSF. */
const accepted = /^Job <(\d+)> is submitted\b/m;

export function submitted(answer: QueueAnswer): SubmitOutcome {
  const id = accepted.exec(answer.stdout)?.[1];
  // Where the command failed all the same, the job is looked for by its name.
  if (id !== undefined)
    return answer.exitCode === 0 ? { kind: 'accepted', id } : { kind: 'unclear', text: noNews(answer) };
  const problem = problemOf(answer);
  return problem ? { kind: 'refused', problem } : { kind: 'unclear', text: noNews(answer) };
}
