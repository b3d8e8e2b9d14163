/** Random integers from 0 to below a bound. */
export type Random = (bound: number) => number;

/** The same numbers for the same seed, so that a run can be repeated (xorshift, 32 bits). */
export function seededRandom(seed: number): Random {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(bound, 1);
  };
}

/** A way to spoil bytes. */
export type Mutation = (bytes: Buffer, random: Random) => Buffer;

const part = (bytes: Buffer, random: Random): Buffer => {
  const start = random(bytes.length);
  return bytes.subarray(start, start + 1 + random(40));
};

const insert = (bytes: Buffer, at: number, added: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);

function flip(bytes: Buffer, random: Random): Buffer {
  const flipped = Buffer.from(bytes);
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(bytes.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
  }
  return flipped;
}

function cut(bytes: Buffer, random: Random): Buffer {
  if (random(2) === 0) return bytes.subarray(0, random(bytes.length));
  const removed = part(bytes, random);
  const start = removed.byteOffset - bytes.byteOffset;
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + removed.length)]);
}

function insertRandom(bytes: Buffer, random: Random): Buffer {
  const added = Uint8Array.from({ length: 1 + random(8) }, () => random(256));
  return insert(bytes, random(bytes.length), added);
}

const duplicate: Mutation = (bytes, random) => insert(bytes, random(bytes.length), part(bytes, random));

/** Replaces a length, of a record or inside of one, by another: small, near, or absurd. */
function spliceLength(bytes: Buffer, random: Random): Buffer {
  const lengths = ['0', '1', '007', String(bytes.length), '268435457', '99999999999999999', '-1', ' ', ''];
  const header = bytes.indexOf('\n', random(bytes.length));
  if (random(2) === 0 && header > 0) {
    let start = header;
    while (start > 0 && /\d/.test(String.fromCharCode(bytes[start - 1] ?? 0))) start--;
    const length = Buffer.from(lengths[random(lengths.length)] ?? '');
    return Buffer.concat([bytes.subarray(0, start), length, bytes.subarray(header)]);
  }
  const spliced = Buffer.from(bytes);
  const at = random(bytes.length);
  spliced[at] = random(256);
  if (random(2) === 0) spliced.fill(0xff, at, Math.min(spliced.length, at + 1 + random(10)));
  return spliced;
}

/** All ways, by name. */
export const mutations: ReadonlyMap<string, Mutation> = new Map([
  ['flip', flip],
  ['cut', cut],
  ['insert', insertRandom],
  ['duplicate', duplicate],
  ['splice lengths', spliceLength],
]);
