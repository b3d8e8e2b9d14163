/** Many programs take no greater seeds: 2^31 - 1. */
export const largestSeed = 2 ** 31 - 1;

/**
 * Scatters the numbers below 2^31. Each step can be undone, so that no two numbers become the same; and as 0 stays 0,
 * no other number becomes 0.
 */
function scatter(number: number): number {
  let scattered = number;
  scattered ^= scattered >>> 15;
  scattered = Math.imul(scattered, 0x2c1b3c6d) & largestSeed;
  scattered ^= scattered >>> 12;
  scattered = Math.imul(scattered, 0x297a2d39) & largestSeed;
  return scattered ^ (scattered >>> 15);
}

/**
 * The seed of a replicate, counted from 0: a whole number from 1 to 2^31 - 1, since many programs take 0 for "choose
 * one yourself". No two replicates of one base have the same seed, and the same base gives the same seeds again.
 * `base` is a whole number from 0 to 2^31 - 1.
 */
export const seedOf = (base: number, replicate: number): number =>
  scatter(((scatter(base) + replicate) % largestSeed) + 1);
