/** A power of two that is well above the usual number of different ports in the offers of a cluster. */
const slotCount = 1024;
const numbers = new Uint32Array(slotCount);
const bigints: bigint[] = new Array<bigint>(slotCount).fill(0n);

/** This integer as a `bigint`. The bounds of port ranges come again and again: they share one object. */
export function smallBigInt(value: number): bigint {
  const slot = value & (slotCount - 1);
  if (numbers[slot] === value) return bigints[slot] ?? 0n;
  const bigint = BigInt(value);
  if (value <= 0xffff) {
    numbers[slot] = value;
    bigints[slot] = bigint;
  }
  return bigint;
}
