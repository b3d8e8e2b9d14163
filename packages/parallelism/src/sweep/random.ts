/** Numbers from 0 up to but not including 1, the same again for the same seed: Marsaglia's xorshift of 32 bits. */
export function randomNumbers(seed: number): () => number {
  // The generator never leaves 0.
  let state = seed === 0 ? 0x9e3779b9 : seed;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // Small seeds begin with small numbers.
  for (let warmUp = 0; warmUp < 20; warmUp += 1) next();
  return next;
}

/** The numbers below `count` in an order by chance (Fisher and Yates). */
export function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    [order[last], order[chosen]] = [order[chosen] ?? 0, order[last] ?? 0];
  }
  return order;
}
