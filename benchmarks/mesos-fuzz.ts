import { createCodec, MesosError, RecordDecoder, type WireFormat } from '@galaxy-mesos/mesos-client';
import {
  type RecordedStream,
  recordedStreams,
} from '../packages/mesos-client/test-helpers/recorded-streams.ts';
import { printTable } from './measure.ts';
import { type Mutation, mutations, type Random, seededRandom } from './mesos-fuzz/mutations.ts';

const mutationCount = 1_000_000;
const seed = 20_261_122;

/** A few events: what comes after a fault is to be decoded, too. */
const pieceBytes = 3000;

const ways = [...mutations];

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

/**
 * Spoils some records from one of the stream's own boundaries on: or, half of the time, the inside of one record,
 * whose length is made right again, so that the fault is for the codec to find.
 */
function spoil(
  stream: RecordedStream,
  boundaries: readonly number[],
  mutate: Mutation,
  random: Random,
): Buffer {
  const start = boundaries[random(boundaries.length)] ?? 0;
  if (random(2) === 0) return mutate(stream.bytes.subarray(start, start + pieceBytes), random);
  const header = stream.bytes.indexOf('\n', start);
  const length = Number(stream.bytes.toString('latin1', start, header));
  const record = mutate(stream.bytes.subarray(header + 1, header + 1 + length), random);
  return Buffer.concat([Buffer.from(`${record.length}\n`), record]);
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

interface Source {
  readonly stream: RecordedStream;
  readonly boundaries: readonly number[];
}

function sourcesOf(format: WireFormat): readonly Source[] {
  const streams = recordedStreams().filter((stream) => stream.format === format && stream.bytes.length > 0);
  return streams.map((stream) => ({ stream, boundaries: boundariesOf(stream) }));
}

function fuzz(format: WireFormat, tally: Tally): void {
  const random = seededRandom(seed);
  const sources = sourcesOf(format);
  for (let done = 0; done < mutationCount / 2; done++) {
    const source = sources[random(sources.length)];
    const [name, mutate] = ways[done % ways.length] ?? [];
    if (!source || !mutate || name === undefined) throw new Error(`there are no recordings in ${format}`);
    const bytes = spoil(source.stream, source.boundaries, mutate, random);
    const outcome = decode(source.stream, bytes, bytes.length);
    if (!isSame(outcome, decode(source.stream, bytes, 1 + random(600))))
      throw new Error(`differs by chunks: ${format} ${source.stream.message}: ${bytes.toString('base64')}`);
    count(tally, `${format}: ${name}`, outcome.code);
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
  for (const format of ['json', 'protobuf'] as const) fuzz(format, tally);
  const seconds = (performance.now() - startedAt) / 1000;
  printTally(tally);
  const rate = Math.round(mutationCount / seconds);
  console.log(`\n${mutationCount} mutations (seed ${seed}) in ${seconds.toFixed(0)} s: ${rate} a second.`);
}
