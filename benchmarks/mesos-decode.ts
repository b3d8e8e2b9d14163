import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WireFormat } from '@galaxy-mesos/mesos-client';
import { compete, printTable } from './measure.ts';
import { type Command, DecoderProcess } from './mesos-decode/contender.ts';
import { cacheFolder, mesosGo, nodeProgram, pymesos } from './mesos-decode/peers.ts';
import type { Counts } from './mesos-decode/serve.ts';
import { offersStream, updatesStream } from './mesos-decode/streams.ts';

const offerCount = 10_000;
const updateCount = 100_000;
const warmUps = 3;
const rounds = 7;

interface Peer {
  readonly name: string;
  readonly formats: readonly WireFormat[];
  /** Fetches and builds what is needed. */
  prepare(): Promise<Command>;
}

const peers: readonly Peer[] = [
  {
    name: 'mesos-client',
    formats: ['json', 'protobuf'],
    prepare: async () => nodeProgram('../mesos-decode-ours.ts'),
  },
  { name: 'mesos-go 0.0.11', formats: ['json', 'protobuf'], prepare: mesosGo },
  { name: 'pymesos 0.3.15', formats: ['json'], prepare: pymesos },
  {
    name: '@dcos/recordio 0.1.8 and JSON.parse',
    formats: ['json'],
    prepare: async () => nodeProgram('../mesos-decode-dcos-recordio.ts'),
  },
];

interface Stream {
  readonly title: string;
  readonly unit: string;
  readonly format: WireFormat;
  /** Of units. */
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly counts: Counts;
  /** How often it is decoded in a turn: garbage is not collected every time, and a turn has its share of that. */
  readonly times: number;
}

function streamsIn(format: WireFormat): readonly Stream[] {
  const offers = offersStream(format, offerCount);
  const updates = updatesStream(format, updateCount);
  const finished = Math.floor(updateCount / 3);
  return [
    {
      title: 'One event of 10,000 offers',
      unit: 'offers',
      format,
      count: offerCount,
      bytes: offers,
      counts: { offers: offerCount, finished: 0 },
      times: 10,
    },
    {
      title: '100,000 UPDATE events',
      unit: 'events',
      format,
      count: updateCount,
      bytes: updates,
      counts: { offers: 0, finished },
      times: 2,
    },
  ];
}

/** Undefined, and a line that says so, where a peer cannot be had. */
async function commandOf(peer: Peer): Promise<Command | undefined> {
  try {
    return await peer.prepare();
  } catch (error) {
    const [reason] = String(error).split('\n');
    console.log(`\nSkipped: ${peer.name}, which cannot be had here (${reason}).`);
    return undefined;
  }
}

async function race(stream: Stream, commands: ReadonlyMap<Peer, Command>): Promise<void> {
  const path = join(cacheFolder, `${stream.unit}.${stream.format}`);
  await writeFile(path, stream.bytes);
  const runners = [...commands].filter(([peer]) => peer.formats.includes(stream.format));
  const processes = runners.map(([, command]) => new DecoderProcess([...command, stream.format]));
  try {
    const contenders = runners.map(([{ name }], index) => ({
      name,
      run: async () => {
        let seconds = 0;
        for (let done = 0; done < stream.times; done += 1)
          seconds += (await processes[index]?.decode(path, stream.counts)) ?? Number.NaN;
        return seconds / stream.times;
      },
    }));
    await compete(contenders, { rounds: warmUps });
    const seconds = await compete(contenders, { rounds });
    printRace(
      stream,
      contenders.map(({ name }) => name),
      seconds,
    );
  } finally {
    for (const process of processes) process.stop();
  }
}

function printRace(stream: Stream, names: readonly string[], seconds: readonly number[]): void {
  const megabytes = stream.bytes.length / 1e6;
  const [ours = Number.NaN] = seconds;
  const rows = names.map((name, index) => {
    const time = seconds[index] ?? Number.NaN;
    const rate = Math.round(stream.count / time / 1000);
    return [
      name,
      time.toFixed(3),
      (rate * 1000).toLocaleString('en'),
      (megabytes / time).toFixed(0),
      (time / ours).toFixed(2),
    ];
  });
  const size = `${stream.format === 'json' ? 'JSON' : 'protobuf'}, ${megabytes.toFixed(1)} MB`;
  const heading = ['', 'seconds', `${stream.unit}/s`, 'MB/s', 'times ours'];
  printTable(`${stream.title}, ${size}, on one core`, [heading, ...rows]);
}

/** Decodes the same streams of events with this client and with others, each in a process with one core. */
export async function benchmarkMesosDecode(): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const commands = new Map<Peer, Command>();
  for (const peer of peers) {
    const command = await commandOf(peer);
    if (command) commands.set(peer, command);
  }
  for (const format of ['json', 'protobuf'] as const)
    for (const stream of streamsIn(format)) await race(stream, commands);
}
