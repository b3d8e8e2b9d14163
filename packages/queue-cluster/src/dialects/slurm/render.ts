import type { BatchJobRequest, QueueCommand } from '../dialect.ts';
import {
  type BarredOption,
  barredBecause,
  directiveLine,
  directiveValue,
  withDirectives,
} from '../directives.ts';
import { hoursMinutesSeconds } from '../durations.ts';

/** The script with its `#SBATCH` lines. Those of the site's own come last: of two alike Slurm takes the later one. */
export function render(request: BatchJobRequest): string {
  return withDirectives(request.script, [
    ...options(request).map(([name, value]) => `#SBATCH --${name}${value === undefined ? '' : `=${value}`}`),
    ...request.extra.map((line) => directiveLine(line, ownLine)),
  ]);
}

/** By a letter, be it behind others that take no value, or with its value in one word; or by as much of its name as is enough. */
const barred = (letter: string, name: string, because: string): BarredOption => ({
  option: new RegExp(`^(?:-[HhOQsuvVW]*${letter}|--(?:${name})[\\s=])`),
  because,
});

const ownLine = {
  form: /^#SBATCH\s+-/,
  title: 'Slurm',
  example: '#SBATCH --exclusive',
  barred: [
    barred('J', 'j|jo|job[a-z-]*', barredBecause.name),
    barred('a', 'ar[a-z]*', barredBecause.array),
    barred('M', 'clusters?', barredBecause.elsewhere),
    barred('W', 'wait', barredBecause.waits),
    { option: /^--te/, because: barredBecause.plans },
  ],
};

type Option = readonly [name: string, value?: string];

function options(request: BatchJobRequest): readonly Option[] {
  const { name, directory, log, cpus, memMb, gpus, walltimeSeconds, warningSeconds } = request;
  const { queue, account, excludedNodes } = request;
  const optional = (option: string, what: string, value: string | undefined): readonly Option[] =>
    value === undefined || value === '' ? [] : [[option, quoted(what, value)]];
  return [
    ['job-name', quoted('the name', name)],
    ['chdir', quoted('the directory', directory)],
    ['output', quoted('the log', withoutPatterns(log))],
    ['open-mode', 'append'],
    ['nodes', '1'],
    ['ntasks', '1'],
    ['cpus-per-task', String(cpus)],
    ['mem', `${Math.ceil(memMb)}M`],
    ...(gpus > 0 ? ([['gres', `gpu:${gpus}`]] as const) : []),
    ['time', hoursMinutesSeconds(walltimeSeconds)],
    // To the batch shell alone: a signal to all processes would end the agent before the shell could stop it.
    ...(warningSeconds > 0 ? ([['signal', `B:USR1@${Math.ceil(warningSeconds)}`]] as const) : []),
    // A job that Slurm starts again elsewhere may still run where it was.
    ['no-requeue'],
    ...optional('partition', 'the partition', queue),
    ...optional('account', 'the account', account),
    ...optional('exclude', 'the list of excluded nodes', excludedNodes.join(',')),
  ];
}

/** Slurm reads directives as a shell reads words, but expands nothing. */
function quoted(what: string, value: string): string {
  const plain = directiveValue(what, value);
  return /^[\w@%+=:,./[\]-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** A path in which `%` means itself: where there is a backslash Slurm fills in nothing, and takes the next character. */
const withoutPatterns = (path: string): string => path.replaceAll(/[%\\]/g, '\\$&');

/** Variables with which users give `sbatch` their own defaults; they would outdo the directives of the script. */
const defaultsOfUsers = [
  'SBATCH_ARRAY_INX',
  'SBATCH_CLUSTERS',
  'SBATCH_ERROR',
  'SBATCH_GPUS',
  'SBATCH_GPUS_PER_TASK',
  'SBATCH_GRES',
  'SBATCH_JOB_NAME',
  'SBATCH_MEM_PER_CPU',
  'SBATCH_MEM_PER_GPU',
  'SBATCH_MEM_PER_NODE',
  'SBATCH_OPEN_MODE',
  'SBATCH_OUTPUT',
  'SBATCH_REQUEUE',
  'SBATCH_SIGNAL',
  'SBATCH_TIMELIMIT',
  'SBATCH_WAIT',
  'SLURM_CLUSTERS',
];

/** `sbatch` reads the script from its input, so that nothing has to lie in a place that it can read. */
export const submit = (request: BatchJobRequest): QueueCommand => sbatch(request, '--parsable');

/** The same job, which Slurm only plans. */
export const trial = (request: BatchJobRequest): QueueCommand => sbatch(request, '--test-only');

function sbatch(request: BatchJobRequest, option: string): QueueCommand {
  const { queue, account } = request;
  const unset = [
    ...defaultsOfUsers,
    ...(queue === undefined ? [] : ['SBATCH_PARTITION']),
    ...(account === undefined ? [] : ['SBATCH_ACCOUNT']),
  ];
  return {
    program: 'env',
    arguments: [...unset.flatMap((name) => ['-u', name]), 'sbatch', option],
    input: render(request),
  };
}
