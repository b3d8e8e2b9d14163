import { z } from 'zod';
import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { ProbeFinding, ProbeSubject, QueueAnswer, QueueProbe } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

/** Whether HTCondor is there, takes jobs, and has machines. */
export const probesOfHtcondor = ({ queue }: ProbeSubject): readonly QueueProbe[] => [
  { subject: 'condor_submit', command: { program: 'condor_version', arguments: [] }, judge: judgeVersion },
  {
    subject: 'schedd',
    command: { program: 'condor_q', arguments: ['-json', '-limit', '1', '-attributes', 'ClusterId'] },
    judge: (answer) => judgeSchedd(answer, queue),
  },
  {
    subject: 'machines',
    command: {
      program: 'condor_status',
      arguments: ['-json', '-limit', '1', '-attributes', 'Name,Cpus,Memory'],
    },
    judge: judgeMachines,
  },
];

const isProblem = (answer: QueueAnswer, text: string): ProbeFinding => ({
  state: 'problem',
  text: commandProblem(answer)?.advice ?? oneLine(text),
});

function judgeVersion(answer: QueueAnswer): ProbeFinding {
  const version = /CondorVersion: (\S+)/.exec(answer.stdout)?.[1];
  if (answer.exitCode === 0 && version !== undefined)
    return { state: 'ok', text: oneLine(`HTCondor ${version}`) };
  return isProblem(answer, `this is no HTCondor: ${quoteAnswer(answer)}`);
}

function judgeSchedd(answer: QueueAnswer, queue: string | undefined): ProbeFinding {
  if (answer.exitCode !== 0 || /^Error/m.test(answer.stderr))
    return isProblem(answer, `the schedd does not answer: ${quoteAnswer(answer)}`);
  if (queue !== undefined)
    return { state: 'problem', text: oneLine(`HTCondor has no queues: leave ${queue} out`) };
  return { state: 'ok', text: 'the schedd answers' };
}

const machinesSchema = z.array(z.object({ Name: z.string() }));

function judgeMachines(answer: QueueAnswer): ProbeFinding {
  if (answer.exitCode !== 0) return isProblem(answer, `no machines are told: ${quoteAnswer(answer)}`);
  const none: ProbeFinding = { state: 'note', text: 'there is no machine at the moment: jobs will wait' };
  if (answer.stdout.trim() === '') return none;
  try {
    const machines = machinesSchema.parse(JSON.parse(answer.stdout));
    return machines.length === 0 ? none : { state: 'ok', text: 'there are machines' };
  } catch {
    return isProblem(answer, `no machines are told: ${quoteAnswer(answer)}`);
  }
}
