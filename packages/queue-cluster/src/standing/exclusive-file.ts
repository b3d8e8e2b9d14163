import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createExclusively, readIfThere, systemCodeOf } from './atomic-file.ts';

/** Thrown by what is done under an exclusive file when it turns out that somebody else does it as well. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/**
 * What is done under such a file takes milliseconds; one that lies there unchanged for as long as this is of a program
 * that was killed, or of a machine that has crashed.
 */
const deadAfterMilliseconds = 10_000;

const lookMilliseconds = 50;

/**
 * Does something while this program has a file that only one can create; others wait. Begins anew where `act` throws
 * {@link Overtaken}. `isOurs` tells whether nobody has taken this program for dead meanwhile.
 */
export async function withExclusiveFile<T>(
  path: string,
  act: (isOurs: () => Promise<boolean>) => Promise<T>,
  deadAfter: number = deadAfterMilliseconds,
): Promise<T> {
  for (;;) {
    const token = randomBytes(12).toString('hex');
    await create(path, token, deadAfter);
    const isOurs = async () => (await readIfThere(path)) === token;
    try {
      return await act(isOurs);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    } finally {
      if (await isOurs()) await rm(path, { force: true });
    }
  }
}

/** Creates the file, as soon as it is not there, or has been there for too long. */
async function create(path: string, token: string, deadAfter: number): Promise<void> {
  let seen: { readonly text: string | undefined; readonly at: number } | undefined;
  while (!(await createExclusively(path, token))) {
    const text = await readIfThere(path);
    // By this machine's own clock: that of the file server, or of the other machine, may be another.
    if (seen === undefined || seen.text !== text) seen = { text, at: performance.now() };
    if (text !== undefined && performance.now() - seen.at >= deadAfter) await takeAway(path, token, text);
    else await sleep(lookMilliseconds);
  }
}

/** Takes away the file of a program that is dead. Should it be another's by now, that one notices, and begins anew. */
async function takeAway(path: string, token: string, text: string): Promise<void> {
  if ((await readIfThere(path)) !== text) return;
  const aside = `${path}.${token}.old`;
  try {
    await rename(path, aside);
  } catch (error) {
    // Somebody else was faster.
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
  await rm(aside, { force: true });
}
