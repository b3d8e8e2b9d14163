import { randomUUID } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it } from 'vitest';
import { type mesos, type SchedulerEvent, SchedulerSession, type SessionEvent } from '../../src/index.ts';
import { useClosing } from '../../test-helpers/closing.ts';
import { framework } from '../../test-helpers/framework.ts';

const { closing } = useClosing();

const agent_id = { value: 'agent-1' };

/** About 10 kB as JSON. */
function offersEvent(number: number): SchedulerEvent {
  const offers: mesos.Offer[] = [
    {
      id: { value: `offer-${number}` },
      framework_id: { value: 'framework-1' },
      agent_id,
      hostname: 'host-1',
      attributes: [{ name: 'padding', type: 'TEXT', text: { value: 'x'.repeat(10_000) } }],
    },
  ];
  return { type: 'OFFERS', offers: { offers } };
}

function updateEvent(number: number): SchedulerEvent {
  const uuid = new Uint8Array(16).fill(number);
  return {
    type: 'UPDATE',
    update: {
      status: { task_id: { value: `task-${number}` }, state: 'TASK_RUNNING', agent_id, uuid },
    },
  };
}

/** A listener that is stuck with its first offer until `free` is called. */
class StuckListener {
  readonly told: SessionEvent[] = [];
  readonly #free = Promise.withResolvers<void>();
  readonly free = this.#free.resolve;

  readonly listen = async (event: SessionEvent): Promise<void> => {
    this.told.push(event);
    if (event.type === 'OFFERS') await this.#free.promise;
  };

  count(type: SessionEvent['type']): number {
    return this.told.filter((event) => event.type === type).length;
  }
}

async function stuck(master: ScriptedMaster, maximumWaitingBytes: number) {
  const session = closing(
    new SchedulerSession({ master: master.url, framework, contentType: 'json', maximumWaitingBytes }),
  );
  const listener = new StuckListener();
  await session.start(listener.listen);
  return { session, listener, stream: await master.nextSubscription() };
}

describe('a listener that is stuck with an offer', () => {
  it('holds up the master, not the memory: what waits is bounded, and nothing is lost', async () => {
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds: 0.2 }));
    const { session, listener, stream } = await stuck(master, 100_000);
    stream.stopHeartbeats();
    const events = 3000;
    for (let number = 0; number < events; number++) stream.send(offersEvent(number));
    const unsent = () => master.exchanges[0]?.response.socket?.writableLength ?? 0;
    // Of 30 MB the sockets of this machine hold some, and the session 100 kB and what came in one piece with it.
    let before = -1;
    while (before !== unsent()) {
      before = unsent();
      await sleep(100);
    }
    expect(unsent()).toBeGreaterThan(10_000_000);
    expect(listener.count('OFFERS')).toBe(1);
    // Reading nothing for longer than the second that is allowed is no silence of the master.
    await sleep(1200);
    expect([session.isConnected, listener.count('DISCONNECTED')]).toStrictEqual([true, 0]);
    listener.free();
    await expect.poll(() => listener.count('OFFERS'), { timeout: 30_000 }).toBe(events);
    const ids = listener.told.flatMap((event) =>
      event.type === 'OFFERS' ? (event.offers.offers ?? []) : [],
    );
    expect(ids.map(({ id }) => id.value)).toStrictEqual(
      Array.from({ length: events }, (_, n) => `offer-${n}`),
    );
  });

  it('hears of updates before all other offers, and can acknowledge them at once', async () => {
    const master = closing(await ScriptedMaster.listen());
    const { session, listener, stream } = await stuck(master, 10_000_000);
    for (let number = 0; number < 100; number++) {
      stream.send(offersEvent(number));
      stream.send(updateEvent(number));
    }
    // Wait until all of it is here.
    await expect.poll(() => master.exchanges[0]?.response.socket?.writableLength).toBe(0);
    await setImmediate();
    listener.free();
    await expect.poll(() => listener.count('OFFERS')).toBe(100);
    const types = listener.told.map(({ type }) => type).filter((type) => type !== 'HEARTBEAT');
    const lastUpdate = types.lastIndexOf('UPDATE');
    expect(types.slice(0, lastUpdate).filter((type) => type === 'OFFERS')).toHaveLength(1);
    expect(session.isConnected).toBe(true);
  });
});

describe('an acknowledgement', () => {
  it('overtakes calls that wait to be sent', async () => {
    const master = closing(await ScriptedMaster.listen());
    const { session } = await stuck(master, 10_000_000);
    const hold = master.onNext('DECLINE').holdAnswer();
    const decline = () => session.send({ type: 'DECLINE', decline: { offer_ids: [{ value: 'offer' }] } });
    const declined = [decline(), decline(), decline()];
    await hold.arrived;
    const uuid = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
    const acknowledged = session.acknowledge({
      task_id: { value: 'a' },
      state: 'TASK_RUNNING',
      agent_id,
      uuid,
    });
    hold.release();
    expect(await acknowledged).toBe(true);
    await Promise.all(declined);
    expect(master.exchanges.map(({ call }) => call.type)).toStrictEqual([
      'SUBSCRIBE',
      'DECLINE',
      'ACKNOWLEDGE',
      'DECLINE',
      'DECLINE',
    ]);
  });

  it.each<[string, mesos.TaskStatus | mesos.OperationStatus]>([
    ['without a uuid', { task_id: { value: 'a' }, state: 'TASK_LOST', agent_id }],
    ['with an empty uuid', { task_id: { value: 'a' }, state: 'TASK_LOST', agent_id, uuid: new Uint8Array() }],
    ['without an agent', { task_id: { value: 'a' }, state: 'TASK_LOST', uuid: new Uint8Array(16) }],
    ['of an operation without a uuid', { operation_id: { value: 'o' }, state: 'OPERATION_ERROR', agent_id }],
  ])('is not sent for an update %s: it came from the master itself', async (_what, status) => {
    const master = closing(await ScriptedMaster.listen());
    const { session } = await stuck(master, 10_000_000);
    expect(await session.acknowledge(status)).toBe(false);
    expect(master.calls.map(({ type }) => type)).toStrictEqual(['SUBSCRIBE']);
  });

  it('of an operation names the operation', async () => {
    const master = closing(await ScriptedMaster.listen());
    const { session } = await stuck(master, 10_000_000);
    const uuid = new TextEncoder().encode('0123456789abcdef');
    await session.acknowledge({
      operation_id: { value: 'o' },
      state: 'OPERATION_FINISHED',
      agent_id,
      uuid: { value: uuid },
    });
    const { acknowledge_operation_status } = await master.nextCall('ACKNOWLEDGE_OPERATION_STATUS');
    expect(acknowledge_operation_status).toStrictEqual({ agent_id, operation_id: { value: 'o' }, uuid });
  });
});
