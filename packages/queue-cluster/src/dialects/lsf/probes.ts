import type { ProbeFinding, QueueAnswer, QueueProbe } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { noNews, problemOf } from './problems.ts';

function problem(answer: QueueAnswer): ProbeFinding {
  const { text, advice } = problemOf(answer) ?? { text: noNews(answer), advice: undefined };
  return { state: 'problem', text: advice === undefined ? text : `${text}: ${advice}` };
}

const client: QueueProbe = {
  subject: 'LSF',
  command: { program: 'lsid', arguments: [] },
  judge: (answer) => {
    const version = answer.stdout.split('\n').find((line) => /LSF/.test(line));
    const cluster = /My cluster name is (\S+)/.exec(answer.stdout)?.[1];
    if (answer.exitCode !== 0 || version === undefined || cluster === undefined) return problem(answer);
    return { state: 'ok', text: oneLine(`${version}, cluster ${cluster}`) };
  },
};

/** Whether LSF is there; its queues and hosts are the matter of the inquiry. */
export const probes = (): readonly QueueProbe[] => [client];
