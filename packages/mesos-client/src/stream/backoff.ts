const firstMilliseconds = 100;
/** The longest pause between two tries. */
export const maximumMilliseconds = 15_000;

/**
 * How long to wait before the next try, in milliseconds: doubles up to 15 s, and is spread at random (`random`
 * in 0..1) over the upper half, so that a master that comes back is not met by all its frameworks at once.
 */
export function backoff(failures: number, random: number): number {
  const limit = Math.min(maximumMilliseconds, firstMilliseconds * 2 ** Math.min(failures, 10));
  return limit * (0.5 + random / 2);
}
