import { request } from 'node:http';
import type { JobEvent } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { eventCloseCodes } from '../../src/api/event-close-codes.ts';
import { defaultTimes } from '../../src/api/event-socket.ts';
import { ClientError, createClient } from '../../src/client/index.ts';
import { as, listeningApiServer } from '../../test-helpers/api-server.ts';
import { eventually } from '../../test-helpers/eventually.ts';
import { exampleJob, type FakeJobService } from '../../test-helpers/fake-job-service.ts';

/** A WebSocket as any program may open it. */
class Reader {
  readonly webSocket: WebSocket;
  readonly events: JobEvent[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, query = '', headers: Record<string, string> = as('root')) {
    this.webSocket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/events${query}`, { headers });
    this.webSocket.on('message', (data) => this.events.push(JSON.parse(String(data))));
    this.closed = new Promise((resolve) => {
      this.webSocket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    onTestFinished(() => this.webSocket.terminate());
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.webSocket.once('open', resolve).once('error', reject);
    });
  }

  async until(sequence: number): Promise<void> {
    await eventually(() => this.events.at(-1)?.sequence ?? 0).toBe(sequence);
  }

  get sequences(): number[] {
    return this.events.map((event) => event.sequence);
  }
}

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** So many events of one job. */
async function happen(jobs: FakeJobService, count: number): Promise<void> {
  if (!jobs.job('job-1')) await jobs.submit(exampleJob({ owner: 'galaxy' }));
  for (let index = 0; index < count; index++) jobs.change('job-1', 'running', { priority: index });
}

describe('events by WebSocket', () => {
  it('begin with what was missed, and go on with what happens, none left out and none twice', async () => {
    const { url, jobs } = await listeningApiServer();
    await happen(jobs, 1300);
    const reader = new Reader(url, '?after=0');
    // Something happens all the while, so that the past meets the present at any point.
    while (reader.events.length < 1301) {
      await happen(jobs, 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await happen(jobs, 10);
    const last = (await jobs.events({ after: 0, limit: 100_000 })).at(-1)?.sequence ?? 0;
    await reader.until(last);
    expect(reader.sequences).toEqual(upTo(last));
  });

  it('begin where a reader says that it was', async () => {
    const { url, jobs } = await listeningApiServer();
    await happen(jobs, 9);
    const reader = new Reader(url, '?after=7');
    await reader.until(10);
    expect(reader.sequences).toEqual([8, 9, 10]);
  });

  it('begin with the next one where nothing is said', async () => {
    const { url, jobs } = await listeningApiServer();
    await happen(jobs, 9);
    const reader = new Reader(url);
    await reader.open();
    await eventually(() => jobs.listeners).toBe(1);
    await happen(jobs, 2);
    await reader.until(12);
    expect(reader.sequences).toEqual([11, 12]);
  });

  it('are those of the own jobs only, the last one of a removed job too', async () => {
    const { url, jobs } = await listeningApiServer();
    await jobs.submit(exampleJob({ id: 'theirs', owner: 'other' }));
    await jobs.submit(exampleJob({ id: 'mine', owner: 'galaxy' }));
    await jobs.remove('theirs');
    await jobs.remove('mine');
    await jobs.submit(exampleJob({ id: 'second', owner: 'galaxy' }));
    const reader = new Reader(url, '?after=0', as('galaxy'));
    await reader.until(5);
    expect(reader.events.map(({ jobId, type }) => `${jobId} ${type}`)).toEqual([
      ...['mine job', 'mine removed', 'second job'],
    ]);
    const ofOne = new Reader(url, '?after=0&job=second', as('galaxy'));
    await ofOne.until(5);
    expect(ofOne.events.map(({ jobId }) => jobId)).toEqual(['second']);
  });

  it('come to a reader that was slow as soon as it reads', async () => {
    const { url, jobs } = await listeningApiServer();
    const reader = new Reader(url, '?after=0');
    await reader.open();
    reader.webSocket.pause();
    const message = 'x'.repeat(100_000);
    await jobs.submit(exampleJob());
    for (let index = 0; index < 200; index++) jobs.change('job-1', 'running', { message });
    reader.webSocket.resume();
    await reader.until(201);
    expect(reader.sequences).toEqual(upTo(201));
  });

  it('end for a reader that takes none, with a code, and it can come again', async () => {
    const times = { ...defaultTimes, stalledMilliseconds: 200 };
    const { url, jobs } = await listeningApiServer({ times });
    const reader = new Reader(url, '?after=0');
    await reader.open();
    reader.webSocket.pause();
    const message = 'x'.repeat(1_000_000);
    await jobs.submit(exampleJob());
    for (let index = 0; index < 100; index++) jobs.change('job-1', 'running', { message });
    await eventually(() => jobs.listeners).toBe(0);
    reader.webSocket.resume();
    const { code, reason } = await reader.closed;
    expect(code).toBe(eventCloseCodes.tooSlow);
    // On a busy machine even one that reads may take nothing for as long as that.
    times.stalledMilliseconds = defaultTimes.stalledMilliseconds;
    const last = reader.events.at(-1)?.sequence ?? 0;
    expect(last).toBeLessThan(101);
    expect(reason).toBe(`too slow: come again with after=${last}`);
    const again = new Reader(url, `?after=${last}`);
    await again.until(101);
    expect([...reader.sequences, ...again.sequences]).toEqual(upTo(101));
  });

  it('end for a reader that has gone without a word', async () => {
    const { url, jobs } = await listeningApiServer({ times: { ...defaultTimes, pingMilliseconds: 50 } });
    const served = vi.spyOn(jobs, 'subscribe');
    const reader = new Reader(url, '?after=0');
    await reader.open();
    // Not how many there are: on a busy machine it may seem to have gone before anybody looks.
    await eventually(() => served.mock.calls).toHaveLength(1);
    // Takes nothing from the network any more, pings included.
    reader.webSocket.pause();
    await eventually(() => jobs.listeners).toBe(0);
  });

  it('are refused with a code where some are not kept any more', async () => {
    const { url, jobs } = await listeningApiServer();
    await happen(jobs, 9);
    jobs.forgetEvents(3);
    expect((await new Reader(url, '?after=6').closed).code).toBe(eventCloseCodes.gone);
    const reader = new Reader(url, '?after=7');
    await reader.until(10);
    expect(reader.sequences).toEqual([8, 9, 10]);
    const fromTheStart = new Reader(url, '?after=0');
    await fromTheStart.until(10);
    expect(fromTheStart.sequences).toEqual([8, 9, 10]);
  });

  it('end with a code when they cannot be read, or the daemon stops', async () => {
    const { url, jobs, fastify } = await listeningApiServer();
    await happen(jobs, 1);
    jobs.failure = new Error('the disk is gone');
    expect((await new Reader(url, '?after=1').closed).code).toBe(eventCloseCodes.internal);
    const reader = new Reader(url, '?after=1');
    await reader.open();
    await fastify.close();
    expect((await reader.closed).code).toBe(eventCloseCodes.goingAway);
    expect(jobs.listeners).toBe(0);
  });

  it.each([
    ['is taken away', []],
    ['has other rights', [{ name: 'galaxy', token: 'galaxy-token', isAdmin: true }]],
    ['is that of another', [{ name: 'other', token: 'galaxy-token', isAdmin: false }]],
  ])('end with a code when the token %s, however it was shown', async (_what, tokens) => {
    const { url, jobs, book } = await listeningApiServer();
    const root = { name: 'root', token: 'root-token', isAdmin: true };
    const shown = [new Reader(url, '', as('galaxy')), new Reader(url, '?private_token=galaxy-token', {})];
    const other = new Reader(url);
    await Promise.all([...shown, other].map((reader) => reader.open()));
    await eventually(() => jobs.listeners).toBe(3);
    book.replace([root, ...tokens]);
    for (const reader of shown) expect((await reader.closed).code).toBe(eventCloseCodes.dismissed);
    await happen(jobs, 1);
    await other.until(2);
    expect(shown.flatMap(({ events }) => events)).toEqual([]);
    expect(jobs.listeners).toBe(1);
  });

  it('end with a code for those who came without a token, once one is asked for', async () => {
    const { url, jobs, book } = await listeningApiServer();
    book.replace([]);
    const reader = new Reader(url, '', {});
    await reader.open();
    await eventually(() => jobs.listeners).toBe(1);
    book.replace([{ name: 'root', token: 'root-token', isAdmin: true }]);
    expect((await reader.closed).code).toBe(eventCloseCodes.dismissed);
  });

  it.each([
    ['?after=0', { authorization: 'Bearer wrong' }, 401],
    ['?after=-1', as('root'), 400],
    ['?job=nothing', as('root'), 404],
    ['/nowhere', as('root'), 404],
    ['?after=0', { ...as('root'), origin: 'https://evil.example' }, 403],
  ])('are refused like anything else: %s %j %i', async (query, headers, status) => {
    const { url } = await listeningApiServer();
    const reader = new Reader(url, query, headers);
    await expect(reader.open()).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  it('are asked for in vain on another route', async () => {
    const { url } = await listeningApiServer();
    const webSocket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/agents`, { headers: as('root') });
    const error = await new Promise<Error>((resolve) => webSocket.once('error', resolve));
    expect(error.message).toBe('Unexpected server response: 200');
  });
});

describe('other upgrades', () => {
  it.each([
    ['GET', 'h2c', 200],
    ['POST', 'h2c', 400],
    ['POST', 'websocket', 400],
  ])('%s with %s is answered by %i at once', async (method, upgrade, status) => {
    const { url } = await listeningApiServer();
    const { port } = new URL(url);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const headers = { ...as('root'), connection: 'Upgrade', upgrade, 'content-type': 'application/json' };
    const asked = request({ host: '127.0.0.1', port, path: '/api/v1/jobs', method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once('error', reject).end(method === 'POST' ? '{"command": "date"}' : undefined);
    expect(await promise).toBe(status);
  });
});

describe('events as pages', () => {
  it('tell where to go on', async () => {
    const { fastify, jobs } = await listeningApiServer();
    await happen(jobs, 9);
    const get = async (query: string, name: 'root' | 'other' = 'root') =>
      (await fastify.inject({ url: `/api/v1/events${query}`, headers: as(name) })).json();
    const page = await get('?limit=4');
    expect(page.events.map((event: JobEvent) => event.sequence)).toEqual([1, 2, 3, 4]);
    expect(page.last).toBe(4);
    expect(await get('?after=10')).toEqual({ events: [], last: 10 });
    expect(await get('?after=4', 'other')).toEqual({ events: [], last: 10 });
    jobs.forgetEvents(2);
    expect(await get('?after=4')).toMatchObject({ status: 410, code: 'EVENTS_GONE' });
  });
});

describe("a client's events", () => {
  it('go on over a break as if there had been none', async () => {
    const { url, jobs } = await listeningApiServer();
    const client = createClient({ url, token: 'root-token' });
    const stop = new AbortController();
    const connections: boolean[] = [];
    const sequences: number[] = [];
    const connected = (isGapless: boolean) => void connections.push(isGapless);
    await happen(jobs, 4);
    for await (const { sequence } of client.events({ after: 0, signal: stop.signal, connected })) {
      sequences.push(sequence);
      // The connection breaks in the middle: the daemon cannot read its events for a moment.
      if (sequence === 5) {
        jobs.failure = new Error('the disk is gone');
        await happen(jobs, 3);
      }
      if (sequence === 8) stop.abort();
    }
    expect(sequences).toEqual(upTo(8));
    expect(connections[0]).toBe(true);
    expect(jobs.listeners).toBeLessThanOrEqual(1);
  });

  it('say that those which were missed are not kept any more', async () => {
    const { url, jobs } = await listeningApiServer();
    await happen(jobs, 9);
    jobs.forgetEvents(3);
    const client = createClient({ url, token: 'root-token' });
    await expect(client.events({ after: 2 }).next()).rejects.toMatchObject({ code: 'EVENTS_GONE' });
    await expect(client.events({ after: 2 }).next()).rejects.toBeInstanceOf(ClientError);
  });

  it('end with an error when the token is taken away', async () => {
    const { url, jobs, book } = await listeningApiServer();
    const next = createClient({ url, token: 'root-token' }).events().next();
    await eventually(() => jobs.listeners).toBe(1);
    book.replace([{ name: 'root', token: 'another-token', isAdmin: true }]);
    await expect(next).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('end when they are told to, before and while they are connected', async () => {
    const { url, jobs } = await listeningApiServer();
    const client = createClient({ url, token: 'root-token' });
    expect((await client.events({ signal: AbortSignal.abort() }).next()).done).toBe(true);
    const stop = new AbortController();
    const next = client.events({ signal: stop.signal }).next();
    await eventually(() => jobs.listeners).toBe(1);
    stop.abort();
    expect((await next).done).toBe(true);
    await eventually(() => jobs.listeners).toBe(0);
  });
});
