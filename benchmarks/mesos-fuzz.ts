import { createCodec, MesosError, RecordDecoder } from '@galaxy-mesos/mesos-client';
import {
  type RecordedStream,
  recordedStreams,
} from '../packages/mesos-client/test-helpers/recorded-streams.ts';
import { printTable } from './measure.ts';
import { mutations, type Random, seededRandom } from './mesos-fuzz/mutations.ts';

const mutationCount = 1_000_000;
const seed = 20_261_122;

/** A few events: what comes after a fault is to be decoded, too. */
const pieceBytes = 3000;

interface Outcome {
  /** The code of the error that ended it, or `decoded`. */
  readonly code: string;
  readonly records: readonly Uint8Array[];
}

/** Anything that is thrown but a MesosError ends the benchmark. */
function decode(stream: RecordedStream, bytes: Buffer, chunkBytes: number): Outcome {
  const codec = createCodec(stream.format, stream.message);
  const records: Uint8Array[] = [];
  const decoder = new RecordDecoder((record) => {
    records.push(record);
    codec.decode(record);
  });
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes) decoder.push(bytes.subarray(at, at + chunkBytes));
    decoder.end();
    return { code: 'decoded', records };
  } catch (error) {
    if (error instanceof MesosError) return { code: error.code, records };
    throw new Error(`${stream.format} ${stream.message}: ${bytes.toString('base64')}`, { cause: error });
  }
}

const isSame = (one: Outcome, other: Outcome): boolean =>
  one.code === other.code &&
  one.records.length === other.records.length &&
  one.records.every(
    (record, index) => Buffer.compare(record, other.records[index] ?? new Uint8Array()) === 0,
  );

/** The records from one of the stream's own boundaries on. */
function pieceOf(stream: RecordedStream, boundaries: readonly number[], random: Random): Buffer {
  const start = boundaries[random(boundaries.length)] ?? 0;
  return stream.bytes.subarray(start, start + pieceBytes);
}

function boundariesOf({ bytes }: RecordedStream): number[] {
  const boundaries: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    boundaries.push(at);
    const header = bytes.indexOf('\n', at);
    at = header + 1 + Number(bytes.toString('latin1', at, header));
  }
  return boundaries;
}

/** Codes of outcomes, counted for each mutation. */
type Tally = Map<string, Map<string, number>>;

function count(tally: Tally, mutation: string, code: string): void {
  const codes = tally.get(mutation) ?? new Map<string, number>();
  codes.set(code, (codes.get(code) ?? 0) + 1);
  tally.set(mutation, codes);
}

function fuzz(tally: Tally): void {
  const random = seededRandom(seed);
  const streams = recordedStreams().filter(({ bytes }) => bytes.length > 0);
  const boundaries = streams.map(boundariesOf);
  const ways = [...mutations];
  for (let done = 0; done < mutationCount; done++) {
    const index = random(streams.length);
    const [name, mutate] = ways[done % ways.length] ?? [];
    const stream = streams[index];
    if (!stream || !mutate || name === undefined) continue;
    const bytes = mutate(pieceOf(stream, boundaries[index] ?? [], random), random);
    const outcome = decode(stream, bytes, bytes.length);
    if (!isSame(outcome, decode(stream, bytes, 1 + random(600))))
      throw new Error(`differs by chunks: ${stream.format} ${stream.message}: ${bytes.toString('base64')}`);
    count(tally, `${stream.format}: ${name}`, outcome.code);
  }
}

function printTally(tally: Tally): void {
  const codes = [...new Set([...tally.values()].flatMap((counted) => [...counted.keys()]))].sort();
  const rows = [...tally]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([mutation, counted]) => [mutation, ...codes.map((code) => String(counted.get(code) ?? 0))]);
  printTable('Outcomes of decoding mutated streams', [['', ...codes], ...rows]);
}

/**
 * Decodes a million spoilt pieces of recorded streams, each in one piece and in small ones. It fails where the two
 * differ, or where anything but records, or one MesosError after them, comes of it.
 */
export async function benchmarkMesosFuzz(): Promise<void> {
  const tally: Tally = new Map();
  const startedAt = performance.now();
  fuzz(tally);
  const seconds = (performance.now() - startedAt) / 1000;
  printTally(tally);
  const rate = Math.round(mutationCount / seconds);
  console.log(`\n${mutationCount} mutations (seed ${seed}) in ${seconds.toFixed(0)} s: ${rate} a second.`);
}
