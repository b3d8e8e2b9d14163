import { inspect } from 'node:util';
import { ScriptedMaster, type ScriptedMasterOptions } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it } from 'vitest';
import { useClosing } from '../../test-helpers/closing.ts';
import { SchedulerSession } from './scheduler-session.ts';

const { closing, scheduler, subscribed } = useClosing();
const listen = async (options: ScriptedMasterOptions = {}): Promise<ScriptedMaster> =>
  closing(await ScriptedMaster.listen(options));

const typesOf = (master: ScriptedMaster) => master.calls.map(({ type }) => type);

describe('redirects', () => {
  it.each([
    [
      'as Mesos 1.11.0 sends it',
      (host: string) => `//${host}/master/api/v1/scheduler`,
      '/master/api/v1/scheduler',
    ],
    ['protocol-relative without a path', (host: string) => `//${host}`, '/api/v1/scheduler'],
    ['as in the documentation', (host: string) => host, '/api/v1/scheduler'],
    ['absolute', (host: string) => `http://${host}/api/v1/scheduler`, '/api/v1/scheduler'],
  ])('are followed %s', async (_form, location, path) => {
    const [leader, standby] = [await listen(), await listen()];
    standby.onEvery('SUBSCRIBE').redirect(location(leader.host));
    const test = await subscribed(standby.url);
    expect(test.session.masterUrl).toBe(leader.url);
    await test.session.send({ type: 'REVIVE' });
    const { streamId } = await leader.nextSubscription();
    expect(leader.exchanges.map((exchange) => [exchange.call.type, exchange.path])).toStrictEqual([
      ['SUBSCRIBE', path],
      ['REVIVE', path],
    ]);
    expect(leader.exchanges.map((exchange) => exchange.streamId)).toStrictEqual([undefined, streamId]);
  });

  it('to an address that does not work from here are rewritten', async () => {
    const [leader, standby] = [await listen(), await listen()];
    standby.onEvery('SUBSCRIBE').redirect('//leader.inside:5050/master/api/v1/scheduler');
    const asked: string[] = [];
    const test = await subscribed(standby.url, {
      rewriteAddress: (address) => {
        asked.push(address.host);
        return new URL(leader.url);
      },
    });
    expect(asked).toStrictEqual(['leader.inside:5050']);
    expect(test.session.masterUrl).toBe(leader.url);
    expect(leader.exchanges[0]?.path).toBe('/master/api/v1/scheduler');
  });

  it('in a circle that stays are why no master is reached', async () => {
    const [first, second] = [await listen(), await listen()];
    first.follow(second);
    second.follow(first);
    await expect(scheduler(first.url, { connectTimeout: 300 }).start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringContaining(`redirect without end: ${first.url} -> ${second.url}`),
    });
  });

  it('in a circle, as by a master that restarts while ZooKeeper still names it the leader, are tried again', async () => {
    const restarted = await listen();
    restarted.onNext('SUBSCRIBE', 8).redirect(`//${restarted.host}/master/api/v1/scheduler`);
    const test = await subscribed(restarted.url);
    expect(test.session.isConnected).toBe(true);
  });
});

describe('a session subscribes again', () => {
  it('while the master starts and recovers, and says so', async () => {
    const master = await listen();
    master.onNext('SUBSCRIBE').answer(404, '404 Not Found.');
    master.onNext('SUBSCRIBE').answer(503, 'Master has not finished recovery');
    master.onNext('SUBSCRIBE').answer(503, 'No leader elected');
    const test = scheduler(master.url, { connectTimeout: 2 ** 31 });
    await test.start();
    for (const [status, words] of [
      [404, '404 Not Found.'],
      [503, 'Master has not finished recovery'],
      [503, 'No leader elected'],
    ]) {
      const { reason, milliseconds } = await test.next('RETRYING');
      expect(reason).toMatchObject({ code: 'MASTER_NOT_READY', status, answer: words });
      expect(milliseconds).toBeGreaterThan(0);
    }
  });

  it.each<[string, (master: ScriptedMaster) => unknown]>([
    ['a connection that breaks', (master) => master.onNext('SUBSCRIBE').dropBeforeTaking()],
    [
      'a stream that ends at once',
      (master) => master.onNext('SUBSCRIBE').play((exchange) => exchange.openStream('x').end()),
    ],
    [
      'a stream that is no RecordIO',
      (master) => master.onNext('SUBSCRIBE').play((exchange) => exchange.openStream('x').sendRaw('<html>')),
    ],
    [
      'a stream that holds no events',
      (master) =>
        master.onNext('SUBSCRIBE').play((exchange) => exchange.openStream('x').sendRecord('<html>')),
    ],
  ])('after %s', async (_what, refuse) => {
    const master = await listen();
    refuse(master);
    const test = await subscribed(master.url);
    expect(test.session.frameworkId).toBe((await master.nextSubscription()).frameworkId);
  });

  it('at the next master of the list, where the first does not answer', async () => {
    const alive = await listen();
    const test = await subscribed(`127.0.0.1:1,${alive.host}`);
    expect(test.session.masterUrl).toBe(alive.url);
  });

  it('with its framework id, in both places, after the stream has ended', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    const id = { value: test.session.frameworkId ?? '' };
    (await master.nextSubscription()).end();
    expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
    await test.next('SUBSCRIBED');
    const [first, second] = master.calls;
    expect(first?.framework_id).toBeUndefined();
    expect(second?.framework_id).toStrictEqual(id);
    expect(second?.subscribe?.framework_info.id).toStrictEqual(id);
  });

  it.each([
    [
      400,
      "The stream ID 'a' included in this request didn't match the stream ID currently associated with it",
    ],
    [400, 'Framework cannot be found'],
    [403, 'Framework is not subscribed'],
    [503, 'Master has not finished recovery'],
  ])('when a call is answered with %i %s', async (status, words) => {
    const master = await listen();
    const test = await subscribed(master.url);
    master.onNext('REVIVE').answer(status, words);
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
      code: 'SESSION_LOST',
      status,
    });
    expect((await test.next('DISCONNECTED')).reason.code).toBe('SESSION_LOST');
    await test.next('SUBSCRIBED');
    await test.session.send({ type: 'REVIVE' });
    await master.nextSubscription();
    expect(master.exchanges.at(-1)?.streamId).toBe((await master.nextSubscription()).streamId);
  });
});

describe('a session that was taken over', () => {
  it('stops, also when the refusal of a call comes before the word that says why', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    const stream = await master.nextSubscription();
    master.onNext('REVIVE').play((exchange) => {
      exchange.answer(400, 'The stream ID is not the one of this framework');
      setTimeout(() => stream.send({ type: 'ERROR', error: { message: 'Framework failed over' } }), 50);
    });
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'SESSION_LOST' });
    expect((await test.failure()).code).toBe('FRAMEWORK_FAILED_OVER');
    expect(typesOf(master)).toStrictEqual(['SUBSCRIBE']);
  });
});

describe('a call', () => {
  it('whose answer got lost is not sent again, nor what waited behind it; the session subscribes again', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    master.onNext('SUPPRESS').dropAfterTaking();
    const sent = [test.session.send({ type: 'SUPPRESS' }), test.session.send({ type: 'REVIVE' })];
    const [suppress, revive] = await Promise.allSettled(sent);
    expect(suppress).toMatchObject({ reason: { code: 'CALL_FATE_UNKNOWN', callType: 'SUPPRESS' } });
    expect(revive).toMatchObject({ reason: { code: 'SESSION_LOST' } });
    expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
    await test.next('SUBSCRIBED');
    await test.session.send({ type: 'REVIVE' });
    expect(typesOf(master)).toStrictEqual(['SUBSCRIBE', 'SUPPRESS', 'SUBSCRIBE', 'REVIVE']);
  });

  it('given before close() is still sent, one given after is not', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    const sent = Array.from({ length: 20 }, () => test.session.send({ type: 'REVIVE' }));
    const closed = test.session.close();
    await expect(test.session.send({ type: 'SUPPRESS' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await Promise.all([...sent, closed]);
    expect(master.calls.length).toBe(21);
  });

  it('that is never answered does not keep close() from ending', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    master.onNext('REVIVE').holdAnswer();
    const sent = expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
      code: 'CALL_FATE_UNKNOWN',
    });
    await test.session.close();
    await sent;
  });

  it('TEARDOWN that is never answered does not keep close() from ending, though its stream has ended', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    const hold = master.onNext('TEARDOWN').holdAnswer();
    const sent = expect(test.session.send({ type: 'TEARDOWN' })).rejects.toMatchObject({
      code: 'CALL_FATE_UNKNOWN',
    });
    await hold.arrived;
    await expect.poll(() => test.session.isConnected).toBe(false);
    await Promise.all([test.session.close(), sent]);
  });

  it('for which no connection can be made is not sent, and the session subscribes again', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    master.refuseConnections();
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
    await master.comeBack();
    await test.next('SUBSCRIBED');
    await test.session.send({ type: 'REVIVE' });
  });

  it('before the first subscription is not sent', async () => {
    const test = scheduler((await listen()).url);
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('of another framework cannot be made: the session fills in the id', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    const framework_info = {
      ...(await master.nextSubscription()).frameworkInfo,
      name: 'renamed',
      id: undefined,
    };
    await test.session.send({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info } });
    const sent = await master.nextCall('UPDATE_FRAMEWORK');
    expect(sent.framework_id?.value).toBe(test.session.frameworkId);
    expect(sent.update_framework?.framework_info.id?.value).toBe(test.session.frameworkId);
  });

  it('UPDATE_FRAMEWORK holds for later subscriptions', async () => {
    const master = await listen();
    const framework = { user: 'root', name: 'a', roles: ['old', 'new'], failover_timeout: 60 };
    const capabilities = [{ type: 'MULTI_ROLE' }] as const;
    const test = await subscribed(master.url, {
      framework: { ...framework, capabilities },
      subscribe: { suppressed_roles: ['old'] },
    });
    await test.session.send({
      type: 'UPDATE_FRAMEWORK',
      update_framework: {
        framework_info: { ...framework, capabilities, name: 'renamed' },
        suppressed_roles: ['new'],
      },
    });
    (await master.nextSubscription()).breakOff();
    await test.next('SUBSCRIBED');
    const { subscribe } = master.calls.at(-1) ?? {};
    expect(subscribe?.suppressed_roles).toStrictEqual(['new']);
    expect(subscribe?.framework_info).toMatchObject({
      name: 'renamed',
      id: { value: test.session.frameworkId },
    });
  });

  it('and all others go over one connection, beside that of the events', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    await Promise.all(Array.from({ length: 20 }, () => test.session.send({ type: 'REVIVE' })));
    expect(master.connectionsSoFar).toBe(2);
    await test.session.close();
    await expect.poll(() => master.connections).toBe(0);
  });

  it('with a token that has run out is sent again with a new one, in its place', async () => {
    const master = await listen({ credentials: { tokens: ['first'] } });
    const tokens = ['first', 'second'];
    const test = await subscribed(master.url, { credential: { token: () => tokens.shift() ?? 'none' } });
    master.credentials = { tokens: ['second'] };
    await Promise.all([test.session.send({ type: 'SUPPRESS' }), test.session.send({ type: 'REVIVE' })]);
    expect(master.exchanges.map(({ call, status }) => [call.type, status])).toStrictEqual([
      ['SUBSCRIBE', 200],
      ['SUPPRESS', 401],
      ['SUPPRESS', 202],
      ['REVIVE', 202],
    ]);
  });
});

describe('a session is refused for good', () => {
  it('without the right credential, which is not repeated', async () => {
    const master = await listen({ credentials: { principals: { fw: 's3cret' } } });
    const test = scheduler(master.url, { credential: { principal: 'fw', secret: 'wr0ng' } });
    const error = await test.start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', status: 401, setting: 'credential' });
    expect(JSON.stringify(error) + String(error)).not.toContain('wr0ng');
    expect(master.exchanges.length).toBe(1);
  });

  it('where the function that supplies the token fails', async () => {
    const master = await listen({ credentials: { tokens: ['a'] } });
    const fail = () => Promise.reject(new Error('no token'));
    await expect(scheduler(master.url, { credential: { token: fail } }).start()).rejects.toMatchObject({
      code: 'CREDENTIAL_UNAVAILABLE',
    });
  });
});

describe('a credential that is waited for in vain', () => {
  const hang = () => new Promise<string>(() => {});

  it('keeps neither start() nor close() from ending', async () => {
    const master = await listen();
    const late = scheduler(master.url, { credential: { token: hang }, connectTimeout: 100 });
    await expect(late.start()).rejects.toMatchObject({ code: 'MASTER_UNREACHABLE' });
    const closed = scheduler(master.url, { credential: { token: hang } });
    const started = expect(closed.start()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await closed.session.close();
    await started;
  });

  it('keeps no call from being settled', async () => {
    const master = await listen({ credentials: { tokens: ['first'] } });
    const token = (refused?: string) => (refused === undefined ? 'first' : hang());
    const test = await subscribed(master.url, { credential: { token } });
    master.credentials = { tokens: [] };
    const sent = expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
      code: 'SESSION_LOST',
    });
    await expect.poll(() => master.exchanges.at(-1)?.status).toBe(401);
    await test.session.close();
    await sent;
  });
});

describe('an option that is undefined', () => {
  it('is one that was not given', async () => {
    const master = await listen();
    const options = { connectTimeout: undefined, missedHeartbeats: undefined, maximumRecordBytes: undefined };
    const test = await subscribed(master.url, options as object);
    expect(test.session.isConnected).toBe(true);
  });
});

describe('events', () => {
  it.each(['UPDATE', 'ERROR', 'SUBSCRIBED'])(
    '%s without a payload break the stream, not the listener',
    async (type) => {
      const master = await listen();
      const test = await subscribed(master.url);
      (await master.nextSubscription()).sendRecord(`{"type":"${type}"}`);
      expect((await test.next('DISCONNECTED')).reason).toMatchObject({
        code: 'MALFORMED_MESSAGE',
        message: expect.stringContaining(type),
      });
      await test.next('SUBSCRIBED');
    },
  );

  it('that wait for a busy listener are not told once the signal has fired', async () => {
    const master = await listen();
    const abort = new AbortController();
    const { session } = scheduler(master.url);
    const [told, done] = [[] as string[], Promise.withResolvers<void>()];
    await session.start(
      ({ type }) => {
        told.push(type);
        return type === 'SUBSCRIBED' ? undefined : done.promise;
      },
      { signal: abort.signal },
    );
    const rescind = { type: 'RESCIND', rescind: { offer_id: { value: 'o' } } } as const;
    (await master.nextSubscription()).stopHeartbeats().sendTogether(rescind, rescind, rescind);
    await expect.poll(() => told.at(-1)).not.toBe('SUBSCRIBED');
    const soFar = told.length;
    abort.abort();
    done.resolve();
    await session.close();
    expect(told.length).toBe(soFar);
  });

  it('of a type that is not known are skipped', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    (await master.nextSubscription())
      .sendUnknownType()
      .send({ type: 'RESCIND', rescind: { offer_id: { value: 'o' } } });
    await test.next('RESCIND');
    expect(test.session.isConnected).toBe(true);
  });
});

describe('a secret', () => {
  it('is in nothing that is printed of a session, its events and its errors', async () => {
    const secret = 's3cret';
    const encoded = Buffer.from(`fw:${secret}`).toString('base64');
    const master = await listen({ credentials: { principals: { fw: secret } } });
    const test = await subscribed(master.url, { credential: { principal: 'fw', secret } });
    const errors: unknown[] = [];
    const fail = () => test.session.send({ type: 'REVIVE' }).catch((error: unknown) => errors.push(error));
    master.onNext('REVIVE').answer(400, 'no');
    await fail();
    master.onNext('REVIVE').dropAfterTaking();
    await fail();
    errors.push(await test.next('DISCONNECTED'));
    await test.next('SUBSCRIBED');
    master.crash();
    errors.push(await test.next('DISCONNECTED'), await test.next('RETRYING'));
    const printed = inspect([test.session, ...errors], { depth: Infinity, showHidden: true });
    expect(printed).toContain('CALL_FATE_UNKNOWN');
    for (const text of [secret, encoded]) expect(printed).not.toContain(text);
  });
});

describe('start', () => {
  it('refuses an address that is none', () => {
    const make = () => new SchedulerSession({ master: 'http://', framework: { user: 'root', name: 'a' } });
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_MASTER_URL' }));
  });

  it('tells what a server is that is no Mesos master', async () => {
    const master = await listen({ play: (exchange) => exchange.answer(404, 'nginx') });
    const test = scheduler(master.url, { connectTimeout: 200 });
    await expect(test.start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringContaining('404 nginx'),
    });
  });

  it('works once', async () => {
    const test = await subscribed((await listen()).url);
    await expect(test.start()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expect(test.session.isConnected).toBe(true);
  });
});
