import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { ProbeFinding, QueueAnswer, QueueProbe } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

/** Whether PBS is there; its server, queues and nodes are the matter of the inquiry. */
export const probesOfPbs = (): readonly QueueProbe[] => [
  { subject: 'qsub', command: { program: 'qsub', arguments: ['--version'] }, judge: judgeVersion },
];

function judgeVersion(answer: QueueAnswer): ProbeFinding {
  const said = oneLine(`${answer.stdout} ${answer.stderr}`);
  if (/^version:/i.test(said))
    return { state: 'problem', text: oneLine(`this is Torque (${said}): take \`--on torque\``) };
  if (answer.exitCode === 0 && /pbs_version/.test(said)) return { state: 'ok', text: said };
  return {
    state: 'problem',
    text: commandProblem(answer)?.advice ?? oneLine(`qsub is none of PBS: ${quoteAnswer(answer)}`),
  };
}
