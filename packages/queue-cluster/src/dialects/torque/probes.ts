import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { ProbeFinding, QueueAnswer, QueueProbe } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

/** Whether Torque is there; its server, queues and nodes are the matter of the inquiry. */
export const probesOfTorque = (): readonly QueueProbe[] => [
  { subject: 'qsub', command: { program: 'qsub', arguments: ['--version'] }, judge: judgeVersion },
];

function judgeVersion(answer: QueueAnswer): ProbeFinding {
  const said = oneLine(`${answer.stdout} ${answer.stderr}`);
  if (/pbs_version/.test(said))
    return { state: 'problem', text: oneLine(`this is PBS (${said}): take \`--on pbs\``) };
  if (answer.exitCode === 0 && /^version:/i.test(said)) return { state: 'ok', text: said };
  return {
    state: 'problem',
    text: commandProblem(answer)?.advice ?? oneLine(`qsub is none of Torque: ${quoteAnswer(answer)}`),
  };
}
