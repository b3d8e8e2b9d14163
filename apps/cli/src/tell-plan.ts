import { availableParallelism } from 'node:os';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import {
  type Catalog,
  type PlannedPart,
  type PlannedSplit,
  planJob,
  type Sidecar,
} from '@galaxy-mesos/parallelism';
import { chosenCluster } from './cluster.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { WorkOptions } from './options.ts';

/**
 * Tells on standard output into which parts a job is cut and how their results are joined; runs and keeps nothing.
 * @throws PlanError, FormatError
 */
export async function tellPlan(
  job: Job,
  options: Pick<WorkOptions, 'mesos' | 'json'> & { readonly catalog?: Catalog },
): Promise<ExitCode> {
  const { kind } = await chosenCluster(options.mesos, process.env);
  const mesos = kind !== 'local';
  const cores = mesos ? undefined : availableParallelism();
  const plan = await planJob(job, { mesos, cores, sidecar: nowhere() }, options.catalog);
  const lines = options.json ? jsonLines(plan) : textLines(plan);
  for await (const line of lines) process.stdout.write(`${line}\n`);
  return exitCodes.ok;
}

/** Takes what parts need beside the inputs, and keeps nothing of it. */
function nowhere(): Sidecar {
  let offset = 0;
  return {
    keep: ({ length }) => {
      offset += length;
      return Promise.resolve({ path: '/dev/null', offset: offset - length, length });
    },
  };
}

async function* jsonLines({ isWhole, joins, parts }: PlannedSplit): AsyncGenerator<string> {
  for await (const { index, label, records, cost, values, command } of parts) {
    yield JSON.stringify({ type: 'part', number: index + 1, label, records, cost, values, command });
  }
  yield JSON.stringify({ type: 'plan', isWhole, joins });
}

async function* textLines({ isWhole, joins, parts }: PlannedSplit): AsyncGenerator<string> {
  let count = 0;
  for await (const part of parts) {
    if (count === 0) yield row('part', 'records', 'cost', 'what it is');
    count += 1;
    yield row(`${part.index + 1}`, part.records === 0 ? '-' : `${part.records}`, costOf(part), labelOf(part));
  }
  yield isWhole ? 'The job runs whole, as one task.' : `${count} ${count === 1 ? 'part' : 'parts'}`;
  for (const [output, steps] of Object.entries(joins)) {
    const [outermost, ...inner] = steps.map(joinText);
    yield `${output}: ${[...inner.reverse(), outermost].join('; of these, ')}`;
  }
}

const row = (number: string, records: string, cost: string, label: string): string =>
  `${number.padStart(6)}  ${records.padStart(10)}  ${cost.padStart(12)}  ${label}`.trimEnd();

/** Of strategies that cut nothing each part is worth 1. */
const costOf = ({ cost }: PlannedPart): string => String(Math.round(cost * 100) / 100);

const labelOf = ({ label, values = {} }: PlannedPart): string =>
  label ??
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

type Join = PlannedSplit['joins'][string][number];

function joinText({ depth, merge }: Join): string {
  const all = depth === 0 ? 'all' : 'those of each group';
  if (merge.kind === 'reduce') return `${all} reduced, ${merge.arity} at once, by: ${oneLine(merge.command)}`;
  if (merge.kind === 'command') return `${all} joined by: ${oneLine(merge.command)}`;
  const parameters = Object.entries(merge.parameters ?? {}).map(
    ([name, value]) => `${name}=${String(value)}`,
  );
  return `${all} joined by ${[merge.merge, ...parameters].join(' ')}`;
}

/** Of a command that is long its beginning tells which it is. */
const longest = 60;

function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 3)}...` : line;
}
