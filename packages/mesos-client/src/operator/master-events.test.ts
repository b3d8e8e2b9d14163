import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptedMaster, type ScriptedMasterOptions } from '@galaxy-mesos/mesos-testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { MasterClient, type MasterClientOptions } from './master-client.ts';
import type { MasterWatchEvent } from './operator-messages.ts';

const toClose: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of toClose.splice(0).reverse()) await one.close();
});

async function listen(options?: ScriptedMasterOptions): Promise<ScriptedMaster> {
  const master = await ScriptedMaster.listen(options);
  toClose.push(master);
  return master;
}

function connect(master: ScriptedMaster, options: Partial<MasterClientOptions> = {}): MasterClient {
  const client = new MasterClient({ master: master.url, ...options });
  toClose.push(client);
  return client;
}

const removed = (value: string) =>
  ({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value } } }) as const;

/** The next event of a watch that is no heartbeat. */
async function next(events: AsyncGenerator<MasterWatchEvent>): Promise<MasterWatchEvent> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error('the watch has ended');
    if (value.type !== 'HEARTBEAT') return value;
  }
}

describe('subscribe', () => {
  it.each(['json', 'protobuf'] as const)(
    'gives the state, then events, in %s, however they are cut',
    async (contentType) => {
      const master = await listen();
      const seen: string[] = [];
      for await (const event of connect(master, { contentType }).subscribe()) {
        if (event.type === 'SUBSCRIBED') {
          expect(event.subscribed.get_state?.get_frameworks).toStrictEqual({});
          const stream = await master.operator.nextSubscription();
          await stream.sendInPieces(removed('ä'), 1);
          stream.sendUnknownType().sendTogether(removed('b'), removed('c'));
        }
        seen.push(event.type === 'AGENT_REMOVED' ? event.agent_removed.agent_id.value : event.type);
        if (seen.at(-1) === 'c') break;
      }
      expect(seen).toStrictEqual(['SUBSCRIBED', 'HEARTBEAT', 'ä', 'b', 'c']);
    },
  );

  it('closes the connection when the loop is left', async () => {
    const master = await listen();
    for await (const { type } of connect(master).subscribe()) if (type === 'SUBSCRIBED') break;
    await (await master.operator.nextSubscription()).closed;
  });

  it('ends when told to, also between two events', async () => {
    const master = await listen();
    const stop = new AbortController();
    const events = connect(master).subscribe({ signal: stop.signal });
    await events.next();
    stop.abort();
    await (await master.operator.nextSubscription()).closed;
    await expect(events.next().then(() => events.next())).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it.each(['end', 'breakOff', 'reset'] as const)(
    'fails where the master does not go on (%s)',
    async (how) => {
      const master = await listen();
      const events = connect(master).subscribe();
      await events.next();
      await events.next();
      (await master.operator.nextSubscription())[how]();
      await expect(events.next()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    },
  );

  it('fails after five heartbeats that did not come', async () => {
    const master = await listen({ heartbeatSeconds: 0.02 });
    const events = connect(master).subscribe();
    await events.next();
    (await master.operator.nextSubscription()).fallSilent();
    const rest = async () => {
      for await (const event of events) expect(event.type).toBe('HEARTBEAT');
    };
    await expect(rest()).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('was silent for 0.1 s'),
    });
  });

  it('does not take its own slowness for silence', async () => {
    const master = await listen({ heartbeatSeconds: 0.02 });
    const events = connect(master).subscribe();
    // The first two may come as one chunk; the next one certainly comes apart.
    for (let taken = 0; taken < 4; taken++) await events.next();
    const stream = (await master.operator.nextSubscription()).stopHeartbeats();
    await sleep(200);
    stream.send(removed('a'));
    expect((await next(events)).type).toBe('AGENT_REMOVED');
  });

  it('takes no record beyond the limit', async () => {
    const master = await listen();
    const client = connect(master, { maximumRecordBytes: 3 });
    await expect(client.subscribe().next()).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    await expect(client.watch().next()).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    while (master.operator.streams.length > 0) await sleep(5);
  });

  it('expects SUBSCRIBED first', async () => {
    const master = await listen();
    master.operator.log
      .onNext('SUBSCRIBE')
      .answer(200, '20\n{"type":"HEARTBEAT"}', { 'Content-Type': 'application/json' });
    const events = connect(master, { contentType: 'json' }).subscribe();
    await expect(events.next()).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  });
});

describe('watch', () => {
  it('subscribes again by itself, tells why, and gives the state anew', async () => {
    const master = await listen();
    const events = connect(master).watch();
    expect((await next(events)).type).toBe('SUBSCRIBED');
    (await master.operator.nextSubscription()).reset();
    expect(await next(events)).toMatchObject({ type: 'DISCONNECTED', reason: { code: 'CONNECTION_LOST' } });
    expect((await next(events)).type).toBe('SUBSCRIBED');
    await events.return();
    await (await master.operator.nextSubscription()).closed;
  });

  it('tells a reason once, however often it tries', async () => {
    const master = await listen();
    master.recover();
    const events = connect(master).watch();
    expect(await next(events)).toMatchObject({ type: 'RETRYING', reason: { code: 'MASTER_NOT_READY' } });
    const second = next(events);
    for (let tries = 0; tries < 3; tries++) await master.operator.log.nextExchange();
    master.loseLeader();
    expect(await second).toMatchObject({ type: 'RETRYING', reason: { answer: 'No leader elected' } });
    master.lead();
    expect((await next(events)).type).toBe('SUBSCRIBED');
  });

  it('goes from a standby to the leader, and to the next one', async () => {
    const [first, second, standby] = [await listen(), await listen(), await listen()];
    standby.follow(first);
    const client = connect(standby);
    const events = client.watch();
    expect((await next(events)).type).toBe('SUBSCRIBED');
    expect(client.masterUrl).toBe(first.url);
    standby.follow(second);
    first.crash();
    expect((await next(events)).type).toBe('DISCONNECTED');
    expect((await next(events)).type).toBe('SUBSCRIBED');
    expect(second.operator.streams.length).toBe(1);
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'CALL_REFUSED'],
  ])('gives up where trying again cannot help (%i)', async (status, code) => {
    const master = await listen();
    master.operator.log.onEvery('SUBSCRIBE').answer(status);
    await expect(connect(master).watch().next()).rejects.toMatchObject({ code, status });
    expect(master.operator.log.exchanges.length).toBe(1);
  });

  it('ends when told to while it waits', async () => {
    const master = await listen();
    master.recover();
    const stop = new AbortController();
    const events = connect(master).watch({ signal: stop.signal });
    await events.next();
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
