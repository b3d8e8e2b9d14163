import { quoteAnswer } from '../command-problems.ts';
import type { ProbeFinding, ProbeSubject, QueueAnswer, QueueProbe } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { problemOf } from './problems.ts';
import { tried } from './submitted.ts';

/** What `doctor` asks Slurm, without having anything run. */
export const probes = (subject: ProbeSubject): readonly QueueProbe[] => [
  {
    subject: 'sbatch',
    command: { program: 'sbatch', arguments: ['--version'] },
    judge: (answer) => (answer.exitCode === 0 ? ok(answer.stdout) : problem(answer)),
  },
  {
    subject: 'controller',
    command: { program: 'scontrol', arguments: ['ping'] },
    judge: (answer) => (/ is UP/.test(answer.stdout) ? ok(answer.stdout) : problem(answer)),
  },
  partitionProbe(subject),
  {
    subject: 'a small job',
    command: { program: 'sbatch', arguments: ['--test-only', '--time=1', ...wanted(subject), '--wrap=true'] },
    judge: judgeTrial,
  },
  {
    subject: 'accounts of jobs',
    command: { program: 'sacct', arguments: ['--allocations', '--noheader', '--jobs=1', '--format=JobID'] },
    judge: (answer) =>
      answer.exitCode === 0
        ? ok('sacct tells how jobs ended')
        : {
            state: 'note',
            text: `sacct does not tell how jobs ended (${quoteAnswer(answer)}): pilots that squeue has forgotten have an unknown end`,
          },
  },
];

const wanted = ({ queue, account }: ProbeSubject): readonly string[] => [
  ...(queue === undefined ? [] : [`--partition=${queue}`]),
  ...(account === undefined ? [] : [`--account=${account}`]),
];

const ok = (text: string): ProbeFinding => ({ state: 'ok', text: oneLine(text) });

function problem(answer: QueueAnswer): ProbeFinding {
  const { text, advice } = problemOf(answer);
  return { state: 'problem', text: advice === undefined ? text : `${text}: ${advice}` };
}

function judgeTrial(answer: QueueAnswer): ProbeFinding {
  const outcome = tried(answer);
  if (outcome.kind === 'refused') return problem(answer);
  return outcome.kind === 'fine'
    ? ok(`would be taken${outcome.text === undefined ? '' : `, ${outcome.text}`}`)
    : problem(answer);
}

const partitionProbe = ({ queue }: ProbeSubject): QueueProbe => ({
  subject: queue === undefined ? 'the default partition' : `partition ${queue}`,
  command: {
    program: 'sinfo',
    arguments: [
      '--noheader',
      ...(queue === undefined ? [] : [`--partition=${queue}`]),
      '--format=%P|%a|%l|%D|%c|%m|%G',
    ],
  },
  judge: (answer) => (answer.exitCode === 0 ? judgePartition(answer.stdout, queue) : problem(answer)),
});

/** `sinfo` has a line for each kind of node of a partition, and marks the default one with `*`. */
function judgePartition(table: string, queue: string | undefined): ProbeFinding {
  const rows = table.split('\n').map((line) => line.split('|'));
  const own = rows.filter(([name = '']) =>
    queue === undefined ? name.endsWith('*') : name.replace('*', '') === queue,
  );
  const [first] = own;
  if (!first)
    return queue === undefined
      ? {
          state: 'problem',
          text: 'there is no default partition: name one with --queue (`sinfo -s` lists them)',
        }
      : { state: 'problem', text: `there is no partition ${queue}: \`sinfo -s\` lists those there are` };
  const [, availability, limit] = first;
  if (availability !== 'up')
    return { state: 'problem', text: `it is ${oneLine(availability ?? '')}: it starts no jobs` };
  const nodes = own.map(([, , , count, cpus, memory, gres]) => {
    const gpus = gres === undefined || gres === '(null)' ? '' : `, ${gres}`;
    return `${count} nodes of ${cpus} cores and ${memory} MB${gpus}`;
  });
  return ok(`up, jobs may take ${limit}, ${nodes.join('; ')}`);
}
