import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchJobRequest } from '../dialects/dialect.ts';
import { type Orders, parseOrders, printOrders } from '../pilot/index.ts';
import { type Ledger, wasForgotten } from '../pools/ledger.ts';
import { makeDirectory, readIfThere, systemCodeOf, writeAtomically } from '../standing/atomic-file.ts';
import { clusterFile, pilotDirectory } from '../standing/paths.ts';
import { FactsReader } from './facts-reader.ts';

const ordersOf = (directory: string, pilot: string): string =>
  join(pilotDirectory(directory, pilot), 'orders');

/** Makes a pilot's directory, with its script and its first orders: it does nothing without. */
export async function layOut(directory: string, request: BatchJobRequest, token: string): Promise<void> {
  await makeDirectory(request.directory);
  await writeAtomically(
    ordersOf(directory, request.name),
    printOrders({ token, keep: true, drain: false, stop: false }),
  );
  await writeAtomically(join(request.directory, 'script'), request.script, 0o700);
}

/** Gives a pilot other orders. One that has no orders left has none to obey, and ends. */
export async function giveOrders(
  directory: string,
  pilot: string,
  orders: Omit<Orders, 'token'>,
): Promise<void> {
  const path = ordersOf(directory, pilot);
  const token = parseOrders((await readIfThere(path)) ?? '')?.token;
  if (token !== undefined) await writeAtomically(path, printOrders({ ...orders, token }));
}

/** Removes a pilot's directory. */
export async function clearAway(directory: string, pilot: string): Promise<void> {
  await rm(pilotDirectory(directory, pilot), { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Removes what pilots have left that are over. Others that the journal does not know may run, where it is an older copy:
 * without its orders such a pilot would end, and its tasks with it.
 */
export async function clearRemains(directory: string, ledger: Ledger): Promise<void> {
  const unknown = (await pilotsOnDisk(directory)).filter((name) => !ledger.pilots.has(name));
  const { facts } = await new FactsReader(directory).read(unknown);
  const ended = new Set(facts.filter((each) => each.ended !== undefined).map(({ pilot }) => pilot));
  for (const name of unknown)
    if (ended.has(name) || wasForgotten(ledger, name)) await clearAway(directory, name);
}

/** The pilots that have a directory. */
async function pilotsOnDisk(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(clusterFile(directory, 'pilots'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
