import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { isPassing, readIfThere, systemCodeOf, writeAtomically } from './atomic-file.ts';
import { clusterFile } from './paths.ts';

/** Says that the launcher lives; pilots look at how old the file is. */
export async function writeBeat(directory: string, now: number): Promise<void> {
  await writeAtomically(clusterFile(directory, 'beat'), `${Math.floor(now / 1000)}\n`);
}

/** When a launcher last lived, in milliseconds since 1970, by the clock of its machine; undefined: never. */
export async function readBeat(directory: string): Promise<number | undefined> {
  const seconds = Number((await readIfThere(clusterFile(directory, 'beat')))?.trim() || Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/**
 * How many milliseconds ago a launcher last lived, whose machine may have another clock than this one: both are looked
 * at by the clock of the file server. Undefined: never.
 */
export async function ageOfBeat(directory: string): Promise<number | undefined> {
  const beat = clusterFile(directory, 'beat');
  try {
    const { mtimeMs } = await stat(beat);
    return (await timeThere(beat)) - mtimeMs;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the file server takes for now, in milliseconds since 1970; where nothing can be written there, this machine. */
async function timeThere(beat: string): Promise<number> {
  const probe = `${beat}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs;
  } catch (error) {
    if (!isPassing(error)) throw error;
    return Date.now();
  } finally {
    await rm(probe, { force: true });
  }
}
