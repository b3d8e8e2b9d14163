import type { QueueAnswer, SubmitOutcome, TrialOutcome } from '../dialect.ts';
import { noNews, problemOf } from './problems.ts';

/** The id alone, of an array with its tasks; or the sentence of `qsub` without `-terse`. Warnings may stand before. */
const accepted =
  /^(?:(\d+)(?:\.\d+-\d+:\d+)?|Your job(?:-array)? (\d+)(?:\.\S+)? \(.*\) has been submitted)[ \t]*\r?$/m;

export function submitted(answer: QueueAnswer): SubmitOutcome {
  const { exitCode, stdout } = answer;
  const found = accepted.exec(stdout);
  const id = found?.[1] ?? found?.[2];
  // Where the command failed all the same, the job is looked for by its name.
  if (id !== undefined)
    return exitCode === 0 ? { kind: 'accepted', id } : { kind: 'unclear', text: noNews(answer) };
  const problem = exitCode === 0 ? undefined : problemOf(answer);
  return problem ? { kind: 'refused', problem } : { kind: 'unclear', text: noNews(answer) };
}

export function tried(answer: QueueAnswer): TrialOutcome {
  const text = noNews(answer);
  if (answer.exitCode === 0) return { kind: 'fine', text };
  const problem = problemOf(answer);
  return problem ? { kind: 'refused', problem } : { kind: 'unclear', text };
}
