import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptedMaster, type ScriptedMasterOptions } from '@galaxy-mesos/mesos-testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Certificates, makeCertificates, requireOpenssl } from '../../test-helpers/certificates.ts';
import { MasterClient, type MasterClientOptions } from './master-client.ts';

const toClose: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of toClose.splice(0).reverse()) await one.close();
});

async function listen(options?: ScriptedMasterOptions): Promise<ScriptedMaster> {
  const master = await ScriptedMaster.listen(options);
  toClose.push(master);
  return master;
}

function connect(master: string | ScriptedMaster, options: Partial<MasterClientOptions> = {}): MasterClient {
  const client = new MasterClient({ master: typeof master === 'string' ? master : master.url, ...options });
  toClose.push(client);
  return client;
}

const health = { type: 'GET_HEALTH' } as const;
const teardown = { type: 'TEARDOWN', teardown: { framework_id: { value: 'framework-1' } } } as const;
const weights = {
  type: 'UPDATE_WEIGHTS',
  update_weights: { weight_infos: [{ role: 'web', weight: 2 }] },
} as const;

describe('MasterClient', () => {
  it('asks whom a standby redirects to, and that one from then on', async () => {
    const [leader, standby] = [await listen(), await listen()];
    standby.follow(leader);
    const client = connect(standby);
    expect(client.masterUrl).toBeUndefined();
    expect(await client.call(health)).toStrictEqual({ healthy: true });
    await client.call(health);
    expect(client.masterUrl).toBe(leader.url);
    expect(standby.operator.log.exchanges.length).toBe(1);
    expect(leader.operator.log.exchanges.map(({ path }) => path)).toStrictEqual([
      '/master/api/v1',
      '/master/api/v1',
    ]);
  });

  it('finds the new leader where the old one is gone', async () => {
    const [first, second, standby] = [await listen(), await listen(), await listen()];
    standby.follow(first);
    const client = connect(`${standby.host},${second.host}`);
    await client.call(weights);
    first.crash();
    standby.follow(second);
    await client.call(weights);
    expect(client.masterUrl).toBe(second.url);
    expect(second.operator.log.calls).toStrictEqual([weights]);
  });

  it('tells of every master where none will do, and what those that answer say', async () => {
    const [gone, leaderless] = [await listen(), await listen()];
    gone.crash();
    leaderless.loseLeader();
    await expect(connect(`${gone.host},${leaderless.host}`).call(health)).rejects.toMatchObject({
      code: 'MASTER_NOT_READY',
      status: 503,
      callType: 'GET_HEALTH',
      message: expect.stringMatching(
        `${gone.url}.*connection refused; ${leaderless.url}.*503 No leader elected`,
      ),
    });
    await expect(connect(gone).call(health)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('waits for a master that starts, while it has patience', async () => {
    const master = await listen();
    master.boot();
    await expect(connect(master).call(health)).rejects.toMatchObject({
      code: 'MASTER_NOT_READY',
      status: 404,
    });
    master.recover();
    const called = connect(master, { patience: 60_000 }).call(health);
    await master.operator.log.nextExchange();
    await master.operator.log.nextExchange();
    master.lead();
    expect(await called).toStrictEqual({ healthy: true });
  });

  it('refuses an address with a secret in it, without repeating it', () => {
    const create = () => new MasterClient({ master: 'http://me:s3cret@a:5050' });
    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_MASTER_URL' }));
    expect(create).not.toThrow(/s3cret/);
  });

  it('does not send a call again that may have arrived', async () => {
    const master = await listen();
    const client = connect(master, { patience: 60_000 });
    await client.call(health);
    master.operator.log.onNext('TEARDOWN').dropAfterTaking();
    await expect(client.call(teardown)).rejects.toMatchObject({
      code: 'CALL_FATE_UNKNOWN',
      callType: 'TEARDOWN',
    });
    expect(master.operator.log.calls).toStrictEqual([health, teardown]);
  });

  it('sends a call again that only reads', async () => {
    const master = await listen();
    const client = connect(master);
    await client.call(health);
    master.operator.log.onNext('GET_HEALTH').dropAfterTaking();
    expect(await client.call(health)).toStrictEqual({ healthy: true });
    expect(master.operator.log.calls.length).toBe(3);
  });

  it.each([
    [400, 'Invalid weight', 'CALL_REFUSED'],
    [403, '', 'CALL_REFUSED'],
    [404, "Agent 'no-such' not found", 'CALL_REFUSED'],
    [409, 'Invalid RESERVE operation', 'CALL_REFUSED'],
    [415, "Expecting 'Content-Type' of application/json or application/x-protobuf", 'CALL_REFUSED'],
    [500, 'something', 'CALL_REFUSED'],
    [502, 'Bad Gateway', 'CALL_FATE_UNKNOWN'],
  ])('passes on the words of an answer with %i', async (status, words, code) => {
    const master = await listen();
    master.operator.log.onNext('UPDATE_WEIGHTS').answer(status, words);
    await expect(connect(master).call(weights)).rejects.toMatchObject({
      code,
      status,
      answer: words,
      callType: 'UPDATE_WEIGHTS',
      message: expect.stringContaining(words),
    });
  });

  it('takes an answer without a payload for an empty one, as to GET_WEIGHTS where there are none', async () => {
    const master = await listen();
    master.operator.log.onNext('GET_WEIGHTS').answer(200, '{"type":"GET_WEIGHTS"}');
    expect(await connect(master, { contentType: 'json' }).call({ type: 'GET_WEIGHTS' })).toStrictEqual({});
  });

  it('tells an answer that is none of Mesos', async () => {
    const master = await listen();
    const client = connect(master, { contentType: 'json' });
    master.operator.log.onNext('GET_HEALTH').answer(200, '<html>');
    await expect(client.call(health)).rejects.toMatchObject({ code: 'MALFORMED_MESSAGE' });
    master.operator.log.onNext('GET_HEALTH').answer(200, '{"type":"GET_FLAGS"}');
    await expect(client.call(health)).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  });

  it('compresses in both directions unless told not to', async () => {
    const master = await listen();
    const flags = Array.from({ length: 2000 }, (_, number) => ({ name: `flag ${number}`, value: 'on' }));
    master.answer('GET_FLAGS', { flags });
    const many = Array.from({ length: 2000 }, (_, number) => ({ role: `role ${number}`, weight: 1 }));
    for (const options of [{}, { gzip: false }]) {
      const client = connect(master, options);
      expect(await client.call({ type: 'GET_FLAGS' })).toStrictEqual({ flags });
      await client.call({ type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: many } });
    }
    const headers = master.operator.log.exchanges.map(({ request }) => request.headers);
    expect(headers.map((one) => one['accept-encoding'])).toStrictEqual([
      'gzip',
      'gzip',
      undefined,
      undefined,
    ]);
    expect(headers.map((one) => one['content-encoding'])).toStrictEqual([
      undefined,
      'gzip',
      undefined,
      undefined,
    ]);
    expect(master.operator.log.calls[1]?.update_weights?.weight_infos).toStrictEqual(many);
  });

  it('gets another token where one is refused, and says so where there is none', async () => {
    const master = await listen({ credentials: { tokens: ['new'] } });
    const token = (refused: string | undefined) => (refused === undefined ? 'old' : 'new');
    expect(await connect(master, { credential: { token } }).call(health)).toStrictEqual({ healthy: true });
    const refused = { code: 'UNAUTHENTICATED', status: 401, setting: 'credential' };
    await expect(connect(master).call(health)).rejects.toMatchObject(refused);
    const stale = connect(master, { credential: { token: 's3cret' } }).call(health);
    await expect(stale).rejects.toMatchObject(refused);
    await expect(stale).rejects.not.toThrow(/s3cret/);
  });

  it('ends a call when told to: one that changes something may have arrived', async () => {
    const master = await listen();
    const client = connect(master);
    const early = client.call(health, { signal: AbortSignal.abort() });
    await expect(early).rejects.toMatchObject({ code: 'ABORTED' });
    expect(master.operator.log.exchanges).toStrictEqual([]);
    for (const [call, code] of [
      [health, 'ABORTED'],
      [teardown, 'CALL_FATE_UNKNOWN'],
    ] as const) {
      const stop = new AbortController();
      const held = master.operator.log.onNext(call.type).hold();
      const called = client.call(call, { signal: stop.signal });
      await held.arrived;
      stop.abort();
      await expect(called).rejects.toMatchObject({ code, callType: call.type });
    }
  });

  it('takes any number of calls at once', async () => {
    const master = await listen();
    const client = connect(master);
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.call(health)));
    process.off('warning', warn);
    expect(answers.every(({ healthy }) => healthy)).toBe(true);
    expect(warnings).toStrictEqual([]);
  });

  it('leaves no connection when closed, and ends what is under way', async () => {
    const master = await listen();
    const client = connect(master);
    const held = master.operator.log.onNext('GET_HEALTH').hold();
    const called = client.call(health);
    const events = client.subscribe();
    await events.next();
    const subscription = await master.operator.nextSubscription();
    await held.arrived;
    await Promise.all([
      client.close(),
      expect(called).rejects.toMatchObject({ code: 'SESSION_CLOSED' }),
      subscription.closed,
    ]);
    await expect(client.call(health)).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await client.close();
    while (master.connections > 0) await sleep(5);
  });

  it('gives up on an answer that does not come, without asking others for as long', async () => {
    const [master, other] = [await listen(), await listen()];
    master.operator.log.onEvery('*').hold();
    const client = connect(`${master.host},${other.host}`, { callTimeout: 200, patience: 60_000 });
    const hanging = { code: 'CALL_FATE_UNKNOWN', message: expect.stringContaining('no answer in time') };
    await expect(client.call(teardown)).rejects.toMatchObject(hanging);
    await expect(client.call(health)).rejects.toMatchObject(hanging);
    expect(master.operator.log.exchanges.length).toBe(2);
    expect(other.operator.log.exchanges).toStrictEqual([]);
  });
});

describe.skipIf(!requireOpenssl())('MasterClient over TLS', () => {
  let certificates: Certificates;

  beforeAll(() => {
    certificates = makeCertificates();
  });

  it('takes addresses without a scheme for https, and shows its certificate', async () => {
    const { ca, server, client } = certificates;
    const master = await listen({ tls: { ...server, ca, requestCert: true } });
    const secure = connect(master.host, { tls: { ca, ...client } });
    expect(await secure.call(health)).toStrictEqual({ healthy: true });
    for await (const { type } of secure.subscribe()) if (type === 'SUBSCRIBED') break;
    expect(secure.masterUrl).toBe(master.url);
  });

  it('names the setting that does not fit, and does not try for long', async () => {
    const master = await listen({ tls: certificates.server });
    const untrusting = connect(master, { patience: 60_000 });
    const refused = { code: 'TLS_REFUSED', setting: 'tls.ca' };
    await expect(untrusting.call(teardown)).rejects.toMatchObject(refused);
    await expect(untrusting.subscribe().next()).rejects.toMatchObject(refused);
    await expect(untrusting.watch().next()).rejects.toMatchObject(refused);
    expect(master.operator.log.exchanges).toStrictEqual([]);
  });
});
