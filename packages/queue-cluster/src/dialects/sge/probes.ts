import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { ProbeFinding, ProbeSubject, QueueAnswer, QueueProbe } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { noNews, problemOf } from './problems.ts';
import { usualParallelEnvironment } from './render.ts';

function problem(answer: QueueAnswer): ProbeFinding {
  const { text, advice } = problemOf(answer) ?? { text: noNews(answer), advice: undefined };
  return { state: 'problem', text: advice === undefined ? text : `${text}: ${advice}` };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const someOf = (names: readonly string[]): string => oneLine(names.join(', ')) || 'none';

const client: QueueProbe = {
  subject: 'qstat',
  command: { program: 'qstat', arguments: ['-help'] },
  // Other programs of this name (of PBS) call it an error, or show their own usage.
  judge: (answer) => {
    const [version = ''] = linesOf(answer.stdout);
    if (commandProblem(answer) || answer.exitCode === null) return problem(answer);
    if (/GE\b|Grid Engine|OCS|AGE|UGE|SGE/.test(version)) return { state: 'ok', text: oneLine(version) };
    return { state: 'problem', text: `this qstat is not Grid Engine’s: ${quoteAnswer(answer)}` };
  },
};

function queueProbe(queue: string | undefined): QueueProbe {
  return {
    subject: queue === undefined ? 'queues' : `queue ${queue}`,
    command: { program: 'qconf', arguments: queue === undefined ? ['-sql'] : ['-sq', queue] },
    judge: (answer) => {
      if (answer.exitCode !== 0) return problem(answer);
      if (queue === undefined) return { state: 'ok', text: someOf(linesOf(answer.stdout)) };
      const limit = /^h_rt\s+(\S+)/m.exec(answer.stdout)?.[1] ?? 'INFINITY';
      return {
        state: 'ok',
        text: limit === 'INFINITY' ? 'without a limit of time' : `jobs run up to ${limit}`,
      };
    },
  };
}

const parallelEnvironments: QueueProbe = {
  subject: 'parallel environments',
  command: { program: 'qconf', arguments: ['-spl'] },
  judge: (answer) => {
    const names = linesOf(answer.stdout);
    if (answer.exitCode === 0 && names.includes(usualParallelEnvironment))
      return { state: 'ok', text: `pilots with several cpus ask for \`-pe ${usualParallelEnvironment}\`` };
    if (answer.exitCode === null || problemOf(answer)?.kind === 'transient') return problem(answer);
    return {
      state: 'note',
      text: `there is no ${usualParallelEnvironment}: pilots with several cpus need a line such as \`#$ -pe NAME 8\` in \`extra\`; there are: ${someOf(answer.exitCode === 0 ? names : [])}`,
    };
  },
};

function projectProbe(project: string): QueueProbe {
  return {
    subject: `project ${project}`,
    command: { program: 'qconf', arguments: ['-sprj', project] },
    judge: (answer) => (answer.exitCode === 0 ? { state: 'ok', text: 'is known' } : problem(answer)),
  };
}

/** Resources that a site uses up as jobs ask for them, by which it shares out memory or GPUs. */
const consumables: QueueProbe = {
  subject: 'memory and GPUs',
  command: { program: 'qconf', arguments: ['-sc'] },
  judge: (answer) => {
    if (answer.exitCode !== 0) return problem(answer);
    const rows = linesOf(answer.stdout).map((line) => line.split(/\s+/));
    const found = rows.filter(
      ([name = '', , , , , consumable]) =>
        /YES|JOB/.test(consumable ?? '') && /mem|rss|gpu|virtual_free/i.test(name),
    );
    if (found.length === 0)
      return { state: 'ok', text: 'are not shared out by the queue: pilots need not ask for them' };
    const names = found.map(([name]) => name).join(', ');
    return {
      state: 'note',
      text: `${oneLine(names)} are shared out: ask for them in \`extra\`, such as \`#$ -l ${found[0]?.[0]}=4G\``,
    };
  },
};

export function probes({ queue, account }: ProbeSubject): readonly QueueProbe[] {
  return [
    client,
    queueProbe(queue),
    parallelEnvironments,
    ...(account === undefined ? [] : [projectProbe(account)]),
    consumables,
  ];
}
