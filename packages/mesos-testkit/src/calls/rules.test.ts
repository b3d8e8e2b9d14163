import { describe, expect, it } from 'vitest';
import { framework_info, post, subscribe, useMasters } from '../../test-helpers/subscriber.ts';

const listen = useMasters();

describe('a rule', () => {
  it('answers in place of the master, as often as it says', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    master.onNext('REVIVE', 2).answer(503, 'not now', { 'Retry-After': '1' });
    const statuses: unknown[] = [];
    for (let count = 0; count < 3; count++) statuses.push((await call({ type: 'REVIVE' })).statusCode);
    expect(statuses).toStrictEqual([503, 503, 202]);
    expect((await call({ type: 'SUPPRESS' })).statusCode).toBe(202);
    expect(master.calls.map(({ type }) => type)).toStrictEqual(['SUBSCRIBE', 'REVIVE', 'SUPPRESS']);
    expect(master.exchanges.map(({ status }) => status)).toStrictEqual([200, 503, 503, 202, 202]);
  });

  it('drops connections before or after the call is taken', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    master.onNext('REVIVE').dropBeforeTaking();
    await expect(call({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(master.calls).toHaveLength(1);
    master.onNext('REVIVE').dropAfterTaking();
    await expect(call({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(master.calls).toHaveLength(2);
  });

  it('drops the connection of a subscription after it is taken', async () => {
    const master = await listen();
    master.onNext('SUBSCRIBE').dropAfterTaking();
    const call = { type: 'SUBSCRIBE', subscribe: { framework_info } } as const;
    await expect(post(master, call)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const stream = await master.nextSubscription();
    await stream.closed;
    await subscribe(master, stream.frameworkId);
  });

  it('holds a call, or only its answer', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    for (const [verb, takenBefore] of [
      ['hold', 0],
      ['holdAnswer', 1],
    ] as const) {
      const before = master.calls.length;
      const hold = master.onNext('SUPPRESS')[verb]();
      const answer = call({ type: 'SUPPRESS' });
      const exchange = await hold.arrived;
      expect(exchange.call.type).toBe('SUPPRESS');
      expect(master.calls.length - before).toBe(takenBefore);
      expect(exchange.status).toBeUndefined();
      hold.release();
      expect((await answer).statusCode).toBe(202);
      expect(master.calls.length - before).toBe(1);
    }
  });

  it('delays a call', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    master.onNext('REVIVE').delay(30);
    const answer = call({ type: 'REVIVE' });
    await master.nextExchange(({ call: { type } }) => type === 'REVIVE');
    expect(master.calls).toHaveLength(1);
    await master.nextCall('REVIVE');
    expect((await answer).statusCode).toBe(202);
  });

  it('is over when the master behaves', async () => {
    const master = await listen();
    master.onEvery('*').answer(500);
    const subscribeCall = { type: 'SUBSCRIBE', subscribe: { framework_info } } as const;
    expect((await post(master, subscribeCall)).statusCode).toBe(500);
    expect((await post(master, subscribeCall)).statusCode).toBe(500);
    master.behave();
    await subscribe(master);
  });
});
