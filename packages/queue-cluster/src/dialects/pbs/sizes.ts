/** Bytes by the letter in front of `b` (bytes) or `w` (words, of eight bytes here). */
const factors = new Map([
  ['', 1],
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
  ['t', 2 ** 40],
  ['p', 2 ** 50],
]);
const wordBytes = 8;

/** A size such as `24684092kb`, `64gb` or a number of bytes, in mebibytes; undefined if it is none. */
export function mebibytesOf(text: string | undefined): number | undefined {
  const [, digits, letter = '', unit] = /^(\d{1,18}(?:\.\d+)?)([kmgtp]?)([bw]?)$/i.exec(text ?? '') ?? [];
  const factor = factors.get(letter.toLowerCase());
  if (digits === undefined || factor === undefined) return undefined;
  return (Number(digits) * factor * (unit?.toLowerCase() === 'w' ? wordBytes : 1)) / 2 ** 20;
}

/** Units of a duration's parts, from its end. */
const partSeconds = [1, 60, 3600, 86_400];

/** A duration such as `120:00:00`, `2:00:00:00` (with days, as Torque knows) or a number of seconds; undefined if none. */
export function secondsOf(text: string | undefined): number | undefined {
  const whole = /^(\d{1,9}(?::\d{1,9}){0,3})(?:\.\d+)?$/.exec(text ?? '')?.[1];
  return whole
    ?.split(':')
    .toReversed()
    .reduce((seconds, part, index) => seconds + Number(part) * (partSeconds[index] ?? 0), 0);
}

/** A whole number; undefined if it is none. */
export const countOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
