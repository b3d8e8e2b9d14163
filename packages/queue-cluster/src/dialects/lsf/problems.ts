import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { QueueAnswer, QueueProblem } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

/** LSF was not reached: nothing has been done. */
const unreachable =
  /LSF is down|Cannot connect to LSF|LIM is down|LIM not responding|(?:batch )?daemon (?:is )?not responding|Connection refused|query limit exceeded/i;

/** It was asked, and did not answer: what was asked may have been done. */
const unanswered = /communication time[- ]?out|timed out|failed to (?:send or )?receive/i;

const tooMany = /pending job(?: slot)? threshold|(?:job|slot)s? limit\b.*(?:reached|exceeded)|too many jobs/i;

/** Words of a refusal, and what helps. */
const advices: readonly (readonly [RegExp, string])[] = [
  [/no such queue|bad queue|cannot use the queue/i, 'name a queue that `bqueues -u $USER` lists'],
  [/queue has been closed/i, 'this queue takes no jobs now: `bqueues` lists those that are open'],
  [
    /hard limit|RESRSV_LIMIT|too many processors/i,
    'the queue allows less: `bqueues -l QUEUE` lists its limits of time, memory and cpus',
  ],
  [/non-LSF host|permission denied/i, 'submit from another host with ssh, or ask the administrators'],
];

/** While LSF is waited for, it says so again and again; that is no more than a sign that it was late. */
const waiting =
  /^(?:Cannot connect to LSF|LSF is (?:down|processing your request)|Batch system concurrent .*limit exceeded).*$/gim;

const wordsOf = ({ stdout, stderr }: QueueAnswer): string => {
  const all = `${stderr}\n${stdout}`;
  return oneLine(all.replaceAll(waiting, '')) || oneLine(all);
};

/** Why a command did not do what it was asked. Undefined where it may have done it all the same. */
export function problemOf(answer: QueueAnswer): QueueProblem | undefined {
  const common = commandProblem(answer);
  if (common) return common;
  const text = wordsOf(answer);
  if (answer.exitCode === null || text === '') return undefined;
  const isRefused = /job not submitted/i.test(text);
  if (tooMany.test(text))
    return { kind: 'limit', text, advice: 'wait until some of this user’s jobs have begun or ended' };
  if (!isRefused && unreachable.test(text))
    return { kind: 'transient', text, advice: 'LSF does not answer: it is asked again' };
  if (!isRefused && (answer.exitCode === 0 || unanswered.test(text))) return undefined;
  const advice = advices.find(([pattern]) => pattern.test(text))?.[1];
  return { kind: 'configuration', text, ...(advice !== undefined && { advice }) };
}

/** The words of an answer that is no news. */
export const noNews = (answer: QueueAnswer): string => wordsOf(answer) || quoteAnswer(answer);
