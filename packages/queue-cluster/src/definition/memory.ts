/** Mebibytes by unit; as in all queueing systems, a `G` is 1024 `M`. */
const units: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 ** 2 };

/** No machine has so much: what is larger is a slip of the pen. */
const mostMb = 1024 ** 3;

/** For messages. */
export const memoryForm = 'a size such as 500M or 32G';

/**
 * Reads `500M`, `32G`, `1.5T`, `32GB`, `32GiB`, or a number of mebibytes. Answers whole mebibytes, rounded up, or
 * undefined where it is no size, or none that a machine can have.
 */
export function parseMemory(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const [, number = '', unit = 'M'] =
    /^(\d{1,12}(?:\.\d{1,6})?) ?(?:([KMGT])(?:i?B)?)?$/i.exec(String(value).trim()) ?? [];
  if (number === '') return undefined;
  const mebibytes = Math.ceil(Number(number) * (units[unit.toUpperCase()] ?? 0));
  return mebibytes >= 1 && mebibytes <= mostMb ? mebibytes : undefined;
}

/** The shortest text that {@link parseMemory} reads as this. */
export function describeMemory(mebibytes: number): string {
  if (mebibytes % 1024 ** 2 === 0) return `${mebibytes / 1024 ** 2}T`;
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}G` : `${mebibytes}M`;
}
