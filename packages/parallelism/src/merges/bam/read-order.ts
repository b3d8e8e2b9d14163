/** In what order reads stand; names as samtools sorts them, in which numbers count as numbers, or byte by byte. */
export type ReadOrder = 'coordinate' | 'name' | 'name byte by byte';

/** What the order of a read depends on. */
export interface ReadKey {
  /** Index of the reference; unmapped reads come last, as `Infinity`. */
  reference: number;
  position: number;
  /** 1 if the read is on the reverse strand. */
  reverse: number;
  /** One character for each byte. */
  name: string;
  /** First of the pair, second of the pair. */
  segment: number;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const digitsEnd = (text: string, from: number): number => {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
};

const zerosEnd = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) === 0x30) at += 1;
  return at;
};

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Names as `samtools sort -n` has them: runs of digits are compared as numbers. */
export const compareNames = (one: string, other: string): number => {
  let [at, there] = [0, 0];
  while (at < one.length && there < other.length) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(there)];
    if (!isDigit(left) || !isDigit(right)) {
      if (left !== right) return left - right;
      at += 1;
      there += 1;
      continue;
    }
    const [from, begin] = [zerosEnd(one, at), zerosEnd(other, there)];
    at = digitsEnd(one, from);
    there = digitsEnd(other, begin);
    const longer = at - from - (there - begin);
    if (longer !== 0) return longer;
    const difference = compareText(one.slice(from, at), other.slice(begin, there));
    if (difference !== 0) return difference;
    // The same number: the one with more zeros before it comes first.
    if (at !== there) return there - at;
  }
  return one.length - at - (other.length - there);
};

const compareCoordinates = (one: ReadKey, other: ReadKey): number =>
  one.reference === other.reference
    ? one.position - other.position || one.reverse - other.reverse
    : one.reference - other.reference;

/** Compares two reads. */
export const readComparison = (order: ReadOrder): ((one: ReadKey, other: ReadKey) => number) => {
  if (order === 'coordinate') return compareCoordinates;
  const compare = order === 'name' ? compareNames : compareText;
  return (one, other) => compare(one.name, other.name) || one.segment - other.segment;
};

/** Whether a read may follow another in a file in this order. Of equal ones, the order is nobody's business. */
export const mayFollow = (order: ReadOrder): ((before: ReadKey, after: ReadKey) => boolean) => {
  if (order === 'coordinate') {
    return (before, after) =>
      before.reference === after.reference
        ? before.position <= after.position
        : before.reference < after.reference;
  }
  const compare = order === 'name' ? compareNames : compareText;
  return (before, after) => compare(before.name, after.name) <= 0;
};
