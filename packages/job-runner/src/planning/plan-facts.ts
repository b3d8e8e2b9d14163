import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { ClusterDriver, Scheduler } from '@galaxy-mesos/scheduler';
import { z } from 'zod';
import { keepFile } from '../job-directory.ts';
import { JobError } from '../job-error.ts';
import { scriptFiles } from '../task-script.ts';

const planFactsSchema = z.strictObject({
  mesos: z.boolean(),
  cores: z.number().exactOptional(),
  /** Absent: files are. */
  shared: z.literal(false).exactOptional(),
});

/** Beside the facts: what was told of how long parts took, in seconds, by their indexes. */
const keptFactsSchema = planFactsSchema.extend({ took: z.record(z.string(), z.number()).exactOptional() });

/** What is known of where a job runs: conditions ask for it, and strategies. */
export type PlanFacts = z.infer<typeof planFactsSchema>;

/**
 * The facts by which a job is planned: those by which it was first, since a plan that is made again, on a cluster of
 * another size, must come to the same tasks.
 * @param hasBegun whether there are tasks already
 * @throws JobError `UNUSABLE_DIRECTORY` if what was kept cannot be read
 */
export async function keptFacts(
  directory: string,
  hasBegun: boolean,
  now: () => Promise<PlanFacts>,
): Promise<PlanFacts> {
  const file = path.join(directory, scriptFiles.facts);
  if (hasBegun && existsSync(file)) {
    const { took, ...facts } = readFacts(file);
    return facts;
  }
  const facts = await now();
  await keepFile(file, `${JSON.stringify(facts)}\n`);
  return facts;
}

/**
 * How long a part took, as it was told when it was first asked for: an attempt that is made again takes another time,
 * and parts that are there were cut by this one.
 * @param now for the first time; `undefined` while it is not known
 * @throws JobError `UNUSABLE_DIRECTORY` if what was kept cannot be read
 */
export async function keptSeconds(
  directory: string,
  index: number,
  now: () => number | undefined,
): Promise<number | undefined> {
  const file = path.join(directory, scriptFiles.facts);
  const { took = {}, ...facts } = readFacts(file);
  const seconds = took[index] ?? now();
  if (seconds === undefined || index in took) return seconds;
  await keepFile(file, `${JSON.stringify({ ...facts, took: { ...took, [index]: seconds } })}\n`);
  return seconds;
}

function readFacts(file: string): z.infer<typeof keptFactsSchema> {
  try {
    return keptFactsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const message = 'by what the job was planned, which was kept there, cannot be read; begin the job anew';
    throw new JobError('UNUSABLE_DIRECTORY', file, message, error);
  }
}

/** How many cores a cluster has; `undefined` while that is not known of every agent. */
export function coresOf(agents: ReturnType<Scheduler['agents']>): number | undefined {
  let cores = 0;
  for (const { total } of agents) {
    if (!total) return undefined;
    cores += total.cpus;
  }
  return agents.length === 0 ? undefined : cores;
}

/** So long it is waited for what cores there are where a condition asks for them, in milliseconds. */
const patience = 30_000;
const betweenLooks = 100;

/** What is known now. A cluster that has just been reached, or not yet, tells a little later what it has. */
export async function factsNow(
  { split }: Job,
  { kind }: Pick<ClusterDriver, 'kind'>,
  signal: AbortSignal,
  cores: () => number | undefined,
  shared = true,
): Promise<PlanFacts> {
  const isAsked = split?.alternatives.some(({ when }) => when !== undefined && /\bcores\b/.test(when));
  let known = cores();
  for (let waited = 0; isAsked && known === undefined && waited < patience; waited += betweenLooks) {
    await setTimeout(betweenLooks, undefined, { signal });
    known = cores();
  }
  return {
    mesos: kind === 'mesos',
    ...(known !== undefined && { cores: known }),
    ...(!shared && { shared }),
  };
}
