import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DemandConstraint } from '../pools/news.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { makeDirectory } from './atomic-file.ts';
import { parseJson, writeJson } from './json-file.ts';
import { clusterFile } from './paths.ts';

/** The form of demand that is written; a launcher takes no other, for it might leave out what matters. */
const demandVersion = 3;

const amount = z.number().min(0).max(1e9);

/** What an agent's attribute has to be. */
export const demandConstraintSchema = z.strictObject({
  field: z.string().min(1),
  values: z.array(z.string()).min(1).max(1000),
  not: z.literal(true).exactOptional(),
});

const demandClassSchema = z.strictObject({
  cpus: amount,
  mem: amount,
  disk: amount,
  gpus: amount,
  count: z.int().min(0),
  placed: z.int().min(0).exactOptional(),
  longestSeconds: amount.exactOptional(),
  constraints: z.array(demandConstraintSchema).max(100).exactOptional(),
  uncarried: z.array(z.string()).max(100).exactOptional(),
});

const demandSchema = z.strictObject({
  version: z.literal(demandVersion, { error: `expected ${demandVersion}; its writer is of another version` }),
  at: z.number(),
  ttlSeconds: z.number().min(1).max(3600),
  classes: z.array(demandClassSchema).max(1000),
});

/** Tasks that are alike, and that the agents there are cannot hold; `mem` and `disk` in mebibytes. */
export interface DemandClass {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly count: number;
  /** How many of them were given a place before, where that is counted: it only grows while some wait. */
  readonly placed?: number;
  /** How long the longest of them runs, where that is known. */
  readonly longestSeconds?: number;
  /** What must hold of the attributes of an agent, all of it. */
  readonly constraints?: readonly DemandConstraint[];
  /** What else they ask for that nobody can tell of pilots before they run, in words. */
  readonly uncarried?: readonly string[];
}

/** What one framework lacks. It counts for `ttlSeconds`, so its writer renews it while it lasts. */
export interface Demand {
  /** Milliseconds since 1970, by the clock of the writer: another each time, by which it is seen that it was renewed. */
  readonly at: number;
  readonly ttlSeconds: number;
  readonly classes: readonly DemandClass[];
}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

function demandFile(directory: string, id: string): string {
  if (idPattern.test(id)) return join(clusterFile(directory, 'demand'), `${id}.json`);
  throw new QueueClusterError('INVALID_DEFINITION', `${JSON.stringify(id)} cannot be the id of a demand`);
}

/** Says what a framework lacks; `id` is the framework's, or any other that nobody else uses. */
export async function writeDemand(directory: string, id: string, demand: Demand): Promise<void> {
  const path = demandFile(directory, id);
  await makeDirectory(clusterFile(directory, 'demand'));
  await writeJson(path, { version: demandVersion, ...demand });
}

/** Takes back what was said, or does nothing. */
export async function removeDemand(directory: string, id: string): Promise<void> {
  await rm(demandFile(directory, id), { force: true });
}

/**
 * A demand, from the text of its file.
 * @throws QueueClusterError DAMAGED, which names the file and the field
 */
export function parseDemand(path: string, text: string): Demand {
  return parseJson(path, text, demandSchema);
}
