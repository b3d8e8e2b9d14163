import { afterEach, describe, expect, it } from 'vitest';
import { TestScheduler } from '../../test-helpers/framework.ts';
import { type Exchange, ScriptedMaster } from '../../test-helpers/scripted-master.ts';
import { SchedulerSession } from './scheduler-session.ts';
import type { SchedulerSessionOptions } from './session-options.ts';

const toClose: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

async function master(play: (exchange: Exchange) => void = () => {}): Promise<ScriptedMaster> {
  const created = await new ScriptedMaster().listen();
  created.play = play;
  toClose.push(() => created.close());
  return created;
}

function scheduler(address: string, options: Partial<SchedulerSessionOptions> = {}): TestScheduler {
  const created = new TestScheduler({ master: address, contentType: 'json', ...options });
  toClose.push(() => created.session.close());
  return created;
}

/** Answers each SUBSCRIBE by the next of these, the last one again and again; other calls by 202. */
function inTurn(...answers: ((exchange: Exchange) => void)[]): (exchange: Exchange) => void {
  let count = 0;
  return (exchange) => {
    if (exchange.call.type === 'SUBSCRIBE') answers[Math.min(count++, answers.length - 1)]?.(exchange);
    else exchange.answer(202);
  };
}

const subscribe = (exchange: Exchange): void => {
  exchange.subscribed('stream-1');
};

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
    const leader = await master(inTurn(subscribe));
    const standby = await master((exchange) => exchange.answer(307, '', { location: location(leader.host) }));
    const test = scheduler(standby.url);
    await test.start();
    expect(test.session.masterUrl).toBe(leader.url);
    await test.session.send({ type: 'REVIVE' });
    expect(
      leader.exchanges.map((exchange) => [exchange.call.type, exchange.path, exchange.streamId]),
    ).toStrictEqual([
      ['SUBSCRIBE', path, undefined],
      ['REVIVE', path, 'stream-1'],
    ]);
  });

  it('in a circle that stays are why no master is reached', async () => {
    const first = await master();
    const second = await master((exchange) => exchange.answer(307, '', { location: `//${first.host}` }));
    first.play = (exchange) => exchange.answer(307, '', { location: `//${second.host}` });
    await expect(scheduler(first.url, { connectTimeout: 300 }).start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringContaining(`redirect without end: ${first.url} -> ${second.url}`),
    });
  });

  it('in a circle, as by a master that restarts while ZooKeeper still names it the leader, are tried again', async () => {
    const restarted = await master((exchange) => {
      if (restarted.exchanges.length > 8) subscribe(exchange);
      else exchange.answer(307, '', { location: `//${restarted.host}/master/api/v1/scheduler` });
    });
    const test = scheduler(restarted.url);
    await test.start();
    expect(test.session.isConnected).toBe(true);
  });
});

describe('a session subscribes again', () => {
  it.each([
    ['404 while the master starts', (exchange: Exchange) => exchange.answer(404, '404 Not Found.')],
    [
      '503 while it recovers',
      (exchange: Exchange) => exchange.answer(503, 'Master has not finished recovery'),
    ],
    ['a connection that breaks', (exchange: Exchange) => exchange.reset()],
    ['a stream that ends at once', (exchange: Exchange) => exchange.openStream('x').end()],
    ['a stream that is no RecordIO', (exchange: Exchange) => exchange.openStream('x').sendText('<html>')],
  ])('after %s', async (_what, refuse) => {
    const test = scheduler((await master(inTurn(refuse, refuse, subscribe))).url);
    await test.start();
    expect(test.session.frameworkId).toBe('framework-1');
  });

  it('however long it may take to connect', async () => {
    const refuse = (exchange: Exchange) => exchange.answer(503, 'Master has not finished recovery');
    const leader = await master(inTurn(refuse, subscribe));
    await scheduler(leader.url, { connectTimeout: 2 ** 31 }).start();
    expect(leader.exchanges.length).toBe(2);
  });

  it('at the next master of the list, where the first does not answer', async () => {
    const alive = await master(inTurn(subscribe));
    const test = scheduler(`127.0.0.1:1,${alive.host}`);
    await test.start();
    expect(test.session.masterUrl).toBe(alive.url);
  });

  it('with its framework id, in both places, after the stream has ended', async () => {
    const leader = await master(inTurn((exchange) => exchange.subscribed('a').end(), subscribe));
    const test = scheduler(leader.url);
    await test.start();
    await test.next('SUBSCRIBED');
    expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
    await test.next('SUBSCRIBED');
    const [first, second] = leader.exchanges.map(({ call }) => call);
    expect(first?.framework_id).toBeUndefined();
    expect(second?.framework_id).toStrictEqual({ value: 'framework-1' });
    expect(second?.subscribe?.framework_info.id).toStrictEqual({ value: 'framework-1' });
  });

  it('after five heartbeats that did not come, but not while any event comes', async () => {
    const leader = await master(
      inTurn((exchange) => {
        exchange.subscribed('quiet', 0.02);
        let left = 20;
        const timer = setInterval(() => {
          if (left-- === 0) clearInterval(timer);
          else exchange.send({ type: 'RESCIND', rescind: { offer_id: { value: String(left) } } });
        }, 20);
      }, subscribe),
    );
    const test = scheduler(leader.url);
    await test.start();
    const { reason } = await test.next('DISCONNECTED');
    expect(reason.message).toMatch(/silent for 0\.1 s/);
    // All of it came through before: 20 events over four times the allowed silence.
    for (let left = 19; left >= 0; left--) await test.next('RESCIND');
    await test.next('SUBSCRIBED');
    await test.next('SUBSCRIBED');
  });

  it.each([
    [
      400,
      "The stream ID 'a' included in this request didn't match the stream ID currently associated with it",
    ],
    [400, 'Framework cannot be found'],
    [403, 'Framework is not subscribed'],
    [503, 'Master has not finished recovery'],
  ])('when a call is answered with %i %s', async (status, text) => {
    const leader = await master((exchange) => {
      if (exchange.call.type === 'SUBSCRIBE') exchange.subscribed(`stream-${leader.exchanges.length}`);
      else exchange.answer(leader.exchanges.length < 3 ? status : 202, text);
    });
    const test = scheduler(leader.url);
    await test.start();
    await test.next('SUBSCRIBED');
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
      code: 'SESSION_LOST',
      status,
    });
    expect((await test.next('DISCONNECTED')).reason.code).toBe('SESSION_LOST');
    await test.next('SUBSCRIBED');
    await test.session.send({ type: 'REVIVE' });
    expect(leader.exchanges.at(-1)?.streamId).toBe('stream-3');
  });
});

describe('a session that was taken over', () => {
  it('stops, also when the refusal of a call comes before the word that says why', async () => {
    let stream: Exchange | undefined;
    const leader = await master((exchange) => {
      if (exchange.call.type === 'SUBSCRIBE') stream = exchange.subscribed('stream-1');
      else {
        exchange.answer(400, 'The stream ID is not the one of this framework');
        setTimeout(() => stream?.send({ type: 'ERROR', error: { message: 'Framework failed over' } }), 50);
      }
    });
    const test = scheduler(leader.url);
    await test.start();
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'SESSION_LOST' });
    expect((await test.next('FAILED')).error.code).toBe('FRAMEWORK_FAILED_OVER');
    expect(leader.exchanges.filter(({ call }) => call.type === 'SUBSCRIBE')).toHaveLength(1);
  });
});

describe('a call', () => {
  it('whose answer got lost is not sent again, and its fate is said to be unknown', async () => {
    const leader = await master(inTurn(subscribe));
    const test = scheduler(leader.url);
    await test.start();
    const plain = leader.play;
    leader.play = (exchange) => (exchange.call.type === 'SUPPRESS' ? exchange.reset() : plain(exchange));
    const sent = [test.session.send({ type: 'SUPPRESS' }), test.session.send({ type: 'REVIVE' })];
    const [suppress, revive] = await Promise.allSettled(sent);
    expect(suppress).toMatchObject({
      status: 'rejected',
      reason: { code: 'CALL_FATE_UNKNOWN', callType: 'SUPPRESS' },
    });
    expect(revive?.status).toBe('fulfilled');
    expect(leader.exchanges.map(({ call }) => call.type)).toStrictEqual(['SUBSCRIBE', 'SUPPRESS', 'REVIVE']);
  });

  it('given before close() is still sent, one given after is not', async () => {
    const leader = await master(inTurn(subscribe));
    const test = scheduler(leader.url);
    await test.start();
    const sent = Array.from({ length: 20 }, () => test.session.send({ type: 'REVIVE' }));
    const closed = test.session.close();
    await expect(test.session.send({ type: 'SUPPRESS' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await Promise.all([...sent, closed]);
    expect(leader.exchanges.length).toBe(21);
  });

  it('that is never answered does not keep close() from ending', async () => {
    const leader = await master((exchange) => {
      if (exchange.call.type === 'SUBSCRIBE') exchange.subscribed('a');
    });
    const test = scheduler(leader.url);
    await test.start();
    const sent = expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
      code: 'CALL_FATE_UNKNOWN',
    });
    await test.session.close();
    await sent;
  });

  it('before the first subscription is not sent', async () => {
    const test = scheduler((await master()).url);
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('of another framework cannot be made: the session fills in the id', async () => {
    const leader = await master(inTurn(subscribe));
    const test = scheduler(leader.url);
    await test.start();
    const framework_info = { user: 'root', name: 'renamed' };
    await test.session.send({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info } });
    const sent = leader.exchanges.at(-1)?.call;
    expect(sent?.framework_id?.value).toBe('framework-1');
    expect(sent?.update_framework?.framework_info.id?.value).toBe('framework-1');
  });

  it('UPDATE_FRAMEWORK holds for later subscriptions', async () => {
    const leader = await master((exchange) => {
      if (exchange.call.type === 'SUBSCRIBE') exchange.subscribed('a');
      else exchange.answer(exchange.call.type === 'UPDATE_FRAMEWORK' ? 200 : 503);
    });
    const test = scheduler(leader.url, { subscribe: { suppressed_roles: ['old'] } });
    await test.start();
    await test.next('SUBSCRIBED');
    await test.session.send({
      type: 'UPDATE_FRAMEWORK',
      update_framework: { framework_info: { user: 'root', name: 'renamed' }, suppressed_roles: ['new'] },
    });
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'SESSION_LOST' });
    await test.next('SUBSCRIBED');
    expect(leader.exchanges.at(-1)?.call.subscribe).toStrictEqual({
      framework_info: { user: 'root', name: 'renamed', id: { value: 'framework-1' } },
      suppressed_roles: ['new'],
    });
  });

  it('and all others go over one connection, beside that of the events', async () => {
    const leader = await master(inTurn(subscribe));
    const test = scheduler(leader.url);
    await test.start();
    await Promise.all(Array.from({ length: 20 }, () => test.session.send({ type: 'REVIVE' })));
    expect(leader.connections).toBe(2);
    await test.session.close();
    await expect.poll(() => leader.connections).toBe(0);
  });
});

describe('events', () => {
  it('of a type that is not known are skipped', async () => {
    const leader = await master(
      inTurn((exchange) => {
        exchange.subscribed('a');
        exchange.sendText('28\n{"type":"NOVELTY","new":[1]}');
        exchange.send({ type: 'HEARTBEAT' });
      }),
    );
    const test = scheduler(leader.url);
    await test.start();
    await test.next('HEARTBEAT');
    expect(test.session.isConnected).toBe(true);
  });
});

describe('a session is not made from', () => {
  const make = (address: string) => () =>
    new SchedulerSession({ master: address, framework: { user: 'root', name: 'a' } });

  it('nonsense', () => {
    expect(make('http://')).toThrow(expect.objectContaining({ code: 'INVALID_MASTER_URL' }));
  });
});

describe('start', () => {
  it('tells what a server is that is no Mesos master', async () => {
    const test = scheduler((await master((exchange) => exchange.answer(404, 'nginx'))).url, {
      connectTimeout: 200,
    });
    await expect(test.start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringContaining('404 nginx'),
    });
  });

  it('works once', async () => {
    const test = scheduler((await master(inTurn(subscribe))).url);
    await test.start();
    await expect(test.start()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expect(test.session.isConnected).toBe(true);
  });
});
