import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { InvalidArgumentError, Option } from 'commander';

/** The options that `map` and `run` share. */
export interface WorkOptions {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly retries: number;
  readonly mesos?: string;
  readonly workDir?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly resume?: boolean;
  readonly restart?: boolean;
}

/** A whole number of at least `least`. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return number;
  };

/** A number with at most three decimals: finer amounts than a thousandth Mesos does not know. */
export const amount =
  ({ zero }: { readonly zero: boolean }) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d*\.?\d{1,3}$/.test(text) || !Number.isFinite(number) || (number === 0 && !zero)) {
      const least = zero ? 'of at least 0' : 'above 0';
      throw new InvalidArgumentError(`Expected a number ${least}, with at most three decimals.`);
    }
    return number;
  };

/** Gathers an option that may be given several times. */
export const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

/** See {@link WorkOptions}; made anew for each command, as commander wants it. */
export const workOptions = (): Option[] => [...taskOptions(), ...executionOptions()];

/** What one task may use, and how often it is tried. */
const taskOptions = (): Option[] => [
  new Option('--cpus <number>', 'cores of each task').argParser(amount({ zero: false })).default(1),
  new Option('--mem <MiB>', 'memory of each task; one that uses more is ended')
    .argParser(amount({ zero: false }))
    .default(1024),
  new Option('--disk <MiB>', 'disk space of each task').argParser(amount({ zero: true })).default(0),
  new Option('--gpus <number>', 'graphics processors of each task, which sees no others')
    .argParser(wholeNumber(0))
    .default(0),
  new Option('--retries <number>', 'how often a failed task is tried again')
    .argParser(wholeNumber(0))
    .default(0),
];

/** What each task of a job asks for. */
export const taskResources = ({
  cpus,
  mem,
  disk,
  gpus,
}: Pick<WorkOptions, 'cpus' | 'mem' | 'disk' | 'gpus'>): Job['resources'] => ({
  ...{ cpus, mem, disk },
  ...(gpus > 0 && { gpus }),
});

/** Where work runs, where its state is, and how it is shown. */
export const executionOptions = (): Option[] => [
  new Option(
    '--mesos <url>',
    'where to run: HOST:5050, http(s)://HOST:PORT[,...], zk://..., cluster:NAME or local (default: $MESOS_URL, else local)',
  ),
  new Option(
    '--work-dir <directory>',
    'where parts and state are kept; on Mesos, all agents must see it (default: beside the output)',
  ),
  new Option('--keep', 'leave the parts and the state when all is done'),
  new Option('--json', 'one event a line on stdout, instead of the progress bar'),
  new Option('--resume', 'go on with what an earlier, unfinished run of the same command left').default(
    false,
  ),
  new Option('--restart', 'throw away what an earlier, unfinished run left').conflicts('resume'),
];
