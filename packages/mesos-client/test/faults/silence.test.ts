import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useClosing } from '../../test-helpers/closing.ts';

const { closing, subscribed } = useClosing();
/** Allows 0.25 s of silence. */
const heartbeatSeconds = 0.05;

describe('a connection that is half open', () => {
  it('is given up after five heartbeats without a byte, and the session subscribes again', async () => {
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds }));
    const test = await subscribed(master.url);
    (await master.nextSubscription()).fallSilent();
    const { reason } = await test.next('DISCONNECTED');
    expect(reason).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(reason.message).toContain('silent for 0.25 s');
    await test.next('SUBSCRIBED');
  });

  it('to a host that has vanished is given up too, and found again', async () => {
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds }));
    const test = await subscribed(master.url, { callTimeout: 300 });
    master.fallSilent();
    await test.next('DISCONNECTED');
    const { reason } = await test.next('RETRYING');
    expect(reason.message).toContain('no answer in time');
    master.speakAgain();
    await test.next('SUBSCRIBED');
  });

  it('leaves the fate of a call unknown that was sent over it', async () => {
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds }));
    const test = await subscribed(master.url, { callTimeout: 300 });
    master.fallSilent();
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'CALL_FATE_UNKNOWN' });
  });
});

describe('a connection stays', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('as long as heartbeats come, and nothing else', async () => {
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds }));
    const test = await subscribed(master.url);
    for (let beat = 0; beat < 12; beat++) await test.next('HEARTBEAT');
    expect(master.connectionsSoFar).toBe(1);
  });

  it('as long as any event comes, without heartbeats', async () => {
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds }));
    const test = await subscribed(master.url);
    const stream = (await master.nextSubscription()).stopHeartbeats();
    for (let count = 0; count < 12; count++) {
      stream.send({ type: 'RESCIND', rescind: { offer_id: { value: String(count) } } });
      await sleep(heartbeatSeconds * 1000);
    }
    for (let count = 0; count < 12; count++) await test.next('RESCIND');
    expect(master.connectionsSoFar).toBe(1);
  });

  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('when the clock jumps %s by an hour', async (_way, milliseconds) => {
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds }));
    const test = await subscribed(master.url);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
    for (let beat = 0; beat < 8; beat++) await test.next('HEARTBEAT');
    await test.session.send({ type: 'REVIVE' });
    expect(master.connectionsSoFar).toBe(2);
    // And silence is still noticed.
    (await master.nextSubscription()).fallSilent();
    await test.next('DISCONNECTED');
  });
});
