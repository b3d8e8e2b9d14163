import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until there is an answer; longer than any machine needs. */
export async function until<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
): Promise<Found> {
  for (let round = 0; round < 1200; round += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`waited in vain for ${what}`);
}
