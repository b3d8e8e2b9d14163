import type { IncomingMessage } from 'node:http';
import { createCodec, RecordDecoder, type scheduler } from '@galaxy-mesos/mesos-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bodyOf,
  headOf,
  type Line,
  recordedHead,
  recording,
  send,
  textOf,
} from '../test-helpers/recording.ts';
import { ScriptedMaster } from './scripted-master.ts';

/** Lines that a scripted master cannot answer by itself, and why. */
const notReplayed: Readonly<Record<number, string>> = {
  29: 'the operator API answers below /api/v1/',
  50: 'this body is cut inside a field: the protobuf of Mesos takes it for whole, that of the client does not',
  72: 'regular expressions of RE2 are not judged',
};

const lines = recording('04-refusals.jsonl').filter(
  ({ n, from, response }) =>
    from === 'scheduler' && response.status !== undefined && notReplayed[n] === undefined,
);
const refusals = lines.filter(({ n }) => n >= 5 && n < 209);
const authenticated = lines.filter(({ n }) => n >= 209 && n < 225);

/** Ids of the recorded master by those of the scripted one. */
class Translation {
  readonly #ids = new Map<string, string>();

  learn(recorded: string | undefined, replayed: string | undefined): void {
    if (recorded && replayed) this.#ids.set(recorded, replayed);
  }

  apply(text: string): string {
    let result = text;
    for (const [recorded, replayed] of this.#ids) result = result.replaceAll(recorded, replayed);
    return result;
  }
}

function closedByClient({ ended }: Line['response']): number {
  return ended?.how === 'closed by client' ? ended.at : Number.POSITIVE_INFINITY;
}

/** Plays the scheduler of a recording against a scripted master. */
class Replay {
  readonly #master: ScriptedMaster;
  readonly #ids = new Translation();
  /** Streams that are open, and the time of the recording at which the client closed them. */
  readonly #streams: { readonly response: IncomingMessage; readonly until: number }[] = [];

  constructor(master: ScriptedMaster) {
    this.#master = master;
  }

  async line(line: Line): Promise<{ readonly expected: unknown; readonly found: unknown }> {
    await this.#closeStreams(line.at);
    const { method, path, headers, body } = line.request;
    const translated = JSON.parse(this.#ids.apply(JSON.stringify({ headers, body }))) as Line['request'];
    const request = { method, path, headers: translated.headers };
    const response = await send(this.#master.url, request, bodyOf(translated.body));
    return line.response.records
      ? this.#stream(line, response)
      : this.#plain(line, response, await textOf(response));
  }

  /** The master learns of a closed connection a little later, and removes who has no failover timeout after that. */
  async #closeStreams(at: number): Promise<void> {
    // A request and the end of a stream can bear each other's time, give or take the time of an answer.
    const due = this.#streams.filter(({ until }) => until < at + 0.005);
    if (due.length === 0) return;
    const left = this.#master.streams.length - due.length;
    for (const stream of due) {
      stream.response.destroy();
      this.#streams.splice(this.#streams.indexOf(stream), 1);
    }
    await expect.poll(() => this.#master.streams.length, { interval: 2 }).toBe(left);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  #plain({ request, response: recorded }: Line, response: IncomingMessage, text: string) {
    // Node's client rightly ignores the body that Mesos sends with its answer to HEAD.
    const body = request.method === 'HEAD' ? '' : String(recorded.body ?? '');
    return {
      expected: { ...recordedHead(recorded), body: this.#ids.apply(body) },
      found: { ...headOf(response), body: text },
    };
  }

  async #stream({ response: recorded }: Line, response: IncomingMessage) {
    const isRefused = recorded.records?.[0]?.type === 'ERROR';
    const events = response.statusCode === 200 ? await this.#firstEvents(response, isRefused ? 1 : 2) : [];
    this.#ids.learn(recorded.headers?.['Mesos-Stream-Id'], String(response.headers['mesos-stream-id']));
    const [first] = recorded.records ?? [];
    const subscribed = first?.subscribed as { readonly framework_id: { readonly value: string } } | undefined;
    this.#ids.learn(subscribed?.framework_id.value, events[0]?.subscribed?.framework_id.value);
    if (isRefused) await textOf(response);
    else this.#streams.push({ response, until: closedByClient(recorded) });
    // Offers and updates are the script's; everything else is the master's own.
    const own = recorded.records?.filter(({ type }) => type !== 'OFFERS').slice(0, isRefused ? 1 : 2);
    return {
      expected: { ...recordedHead(recorded), events: own?.map(({ type, error }) => ({ type, error })) },
      found: { ...headOf(response), events: events.map(({ type, error }) => ({ type, error })) },
    };
  }

  async #firstEvents(response: IncomingMessage, count: number): Promise<readonly scheduler.Event[]> {
    const isJson = response.headers['content-type'] === 'application/json';
    const codec = createCodec(isJson ? 'json' : 'protobuf', 'mesos.v1.scheduler.Event');
    const { promise, resolve } = Promise.withResolvers<readonly scheduler.Event[]>();
    const events: scheduler.Event[] = [];
    const decoder = new RecordDecoder((record) => {
      events.push(codec.decode(record));
      if (events.length === count) resolve(events);
    });
    response.on('data', (chunk: Uint8Array) => decoder.push(chunk));
    response.on('error', () => {});
    return promise;
  }
}

describe('the recorded refusals of Mesos 1.11.0', () => {
  let master: ScriptedMaster;
  let replay: Replay;

  beforeAll(async () => {
    master = await ScriptedMaster.listen();
    replay = new Replay(master);
  });

  afterAll(() => master.close());

  it.each(refusals)('are those of a scripted master: line $n, $note', async (line) => {
    const { expected, found } = await replay.line(line);
    expect(found).toStrictEqual(expected);
  });
});

describe('the recorded authentication of Mesos 1.11.0', () => {
  let master: ScriptedMaster;
  let replay: Replay;

  beforeAll(async () => {
    master = await ScriptedMaster.listen({ credentials: { principals: { fw: 's3cret', fw2: 's3cret2' } } });
    replay = new Replay(master);
  });

  afterAll(() => master.close());

  it.each(authenticated)('is that of a scripted master: line $n, $note', async (line) => {
    const { expected, found } = await replay.line(line);
    expect(found).toStrictEqual(expected);
  });
});

describe('the recorded sessions of Mesos 1.11.0', () => {
  it.each(['01-scheduler-session', '02-task-groups-and-health', '03-operations', '05-failover'])(
    'are answered alike: %s',
    async (file) => {
      await using master = await ScriptedMaster.listen();
      const replay = new Replay(master);
      const answered = recording(`${file}.jsonl`).filter(
        ({ from, n, response }) =>
          from.startsWith('scheduler') &&
          response.status !== undefined &&
          // The failover timeout of 2 s that runs out in the recording is left out.
          !(file.startsWith('05') && (n === 27 || n === 28)),
      );
      for (const line of answered) {
        // The master of the recording was killed here, and another one put in its place.
        if (file.startsWith('05') && line.n === 37) await master.restart();
        const { expected, found } = await replay.line(line);
        expect([line.n, found]).toStrictEqual([line.n, expected]);
      }
      expect(answered.length).toBeGreaterThan(20);
    },
  );
});
