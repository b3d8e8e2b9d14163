import { createHash } from 'node:crypto';
import { copyFile, lstat, mkdir, mkdtemp, open, readFile, readlink, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StagedPart } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { syncDirectory } from '../../job-directory.ts';
import { Limiter } from '../../limiter.ts';
import { partPath } from '../layout.ts';
import { isDirectory } from '../take-tree.ts';
import { removeAll } from '../trash.ts';
import { runCutting } from './cut-slices.ts';
import { isPartKept, recordOf } from './keep-part.ts';

const recordSchema = z.object({ names: z.array(z.string()) });

/** Each copies as fast as the disk can. */
const cutAtOnce = 2;

/** An attempt takes silence for a broken connection after 120 seconds, and asks again where it is told to. */
const patienceMilliseconds = 60_000;

/** The slices of parts for attempts that do not see the inputs: cut when they are first asked for. */
export class PartStage {
  readonly #limiter = new Limiter(cutAtOnce);
  /** The parts that are being cut, by their places: several may ask for one. */
  readonly #making = new Map<string, Promise<void>>();

  /**
   * The slices of a part; `undefined` for a job that runs whole.
   * @param signal ends the cutting, for all who wait for it
   * @throws JobError `INPUT_CHANGED` if it cannot be cut; Error if it is not cut yet, or something else is amiss
   */
  async slices(
    controlDirectory: string,
    name: string,
    signal: AbortSignal,
    patience = patienceMilliseconds,
  ): Promise<StagedPart | undefined> {
    if (!isPartKept(controlDirectory, name)) return undefined;
    const script = partPath(controlDirectory, name);
    const text = await readFile(script);
    const names = recordSchema.parse(JSON.parse(await readFile(recordOf(script), 'utf8'))).names;
    // Named by what is cut: nobody is given what an earlier plan has made.
    const place = path.join(placeOf(script), createHash('sha256').update(text).digest('hex').slice(0, 32));
    if (!(await isDirectory(place))) await this.#made({ script, place, names }, signal, patience);
    return { directory: place, names: new Set(names) };
  }

  /** Nobody asks for them any more: the task of the part has ended. */
  async drop(controlDirectory: string, name: string): Promise<void> {
    const place = placeOf(partPath(controlDirectory, name));
    if (await isDirectory(place)) await removeAll([place]);
  }

  async #made(slices: Slices, signal: AbortSignal, patience: number): Promise<void> {
    const { place } = slices;
    const making =
      this.#making.get(place) ??
      this.#limiter.run(() => makeSlices(slices, signal), signal).finally(() => this.#making.delete(place));
    this.#making.set(place, making);
    const waiting = new AbortController();
    const late = sleep(patience, 'late', { signal: waiting.signal }).catch(() => 'not late');
    const end = await Promise.race([making, late]).finally(() => waiting.abort());
    if (end === undefined) return;
    making.catch(() => {
      // Whoever asks next has it cut anew, and is told.
    });
    throw new Error('the part is still being cut; ask again');
  }
}

/** Slices that are to be made. */
interface Slices {
  /** What cuts them. */
  readonly script: string;
  readonly place: string;
  readonly names: readonly string[];
}

const placeOf = (script: string): string => `${script}.slices`;

async function makeSlices({ script, place, names }: Slices, signal: AbortSignal): Promise<void> {
  const parent = path.dirname(place);
  await mkdir(parent, { recursive: true });
  const unfinished = await mkdtemp(path.join(parent, '.unfinished-'));
  try {
    await runCutting(script, unfinished, signal);
    for (const name of names) await finish(path.join(unfinished, name));
    const directories = names.map((name) => path.dirname(path.join(unfinished, name)));
    for (const directory of new Set([...directories, unfinished])) await syncDirectory(directory);
    await rename(unfinished, place);
  } catch (error) {
    await removeAll([unfinished]);
    throw error;
  }
  await syncDirectory(parent);
}

/**
 * No loss of power takes the slice any more. One that is a whole file is a link, and none is followed out of the
 * directory by those who read there.
 */
async function finish(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink()) {
    const target = await readlink(file);
    await rm(file);
    await copyFile(target, file);
  }
  // What is taken away is no file.
  if (found) await syncFile(file);
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
