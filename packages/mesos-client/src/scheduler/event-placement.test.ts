import { describe, expect, it } from 'vitest';
import { MesosError } from '../mesos-error.ts';
import { EventQueue } from '../stream/event-queue.ts';
import { placeEvent } from './event-placement.ts';
import type { SessionEvent } from './scheduler-messages.ts';

const offersEvent = (...ids: string[]): SessionEvent => ({
  type: 'OFFERS',
  offers: {
    offers: ids.map((id) => ({
      id: { value: id },
      framework_id: { value: 'f' },
      agent_id: { value: 'a' },
      hostname: 'host',
    })),
  },
});
const update = (id: string): SessionEvent => ({
  type: 'UPDATE',
  update: { status: { task_id: { value: id }, state: 'TASK_RUNNING' } },
});
const rescind = (id: string): SessionEvent => ({ type: 'RESCIND', rescind: { offer_id: { value: id } } });

function inWords(event: SessionEvent): string {
  if (event.type === 'OFFERS') return `offers ${event.offers.offers?.map(({ id }) => id.value).join(' ')}`;
  if (event.type === 'UPDATE') return `update ${event.update.status.task_id.value}`;
  return event.type === 'RESCIND' ? `rescind ${event.rescind.offer_id.value}` : event.type;
}

/** What a listener is told that is busy with HEARTBEAT while these come. */
async function toldLate(...events: SessionEvent[]): Promise<string[]> {
  const busy = Promise.withResolvers<void>();
  const told: string[] = [];
  const queue = new EventQueue<SessionEvent>({
    listener: (event) => (event === events[0] ? busy.promise : void told.push(inWords(event))),
    place: placeEvent,
    maximumBytes: 1e6,
  });
  for (const event of events) queue.push(event);
  busy.resolve();
  await new Promise(setImmediate);
  return told;
}
const first: SessionEvent = { type: 'HEARTBEAT' };

describe('a listener that lags behind', () => {
  it('hears of updates before offers', async () => {
    expect(await toldLate(first, offersEvent('1'), update('a'), offersEvent('2'), update('b'))).toStrictEqual(
      ['update a', 'update b', 'offers 1', 'offers 2'],
    );
  });

  it('does not hear of an offer that was rescinded meanwhile', async () => {
    const events = [offersEvent('1', '2'), offersEvent('3'), rescind('2'), rescind('3')];
    expect(await toldLate(first, ...events)).toStrictEqual(['offers 1']);
  });

  it('hears first of all of a rescinded offer that it has', async () => {
    expect(await toldLate(first, offersEvent('1'), rescind('0'))).toStrictEqual(['rescind 0', 'offers 1']);
  });

  it('does not hear of offers that are void since the connection was lost', async () => {
    const lost: SessionEvent = { type: 'DISCONNECTED', reason: new MesosError('CONNECTION_LOST', 'gone') };
    expect(await toldLate(first, offersEvent('1'), update('a'), lost, offersEvent('2'))).toStrictEqual([
      'update a',
      'DISCONNECTED',
      'offers 2',
    ]);
  });

  it('does not hear of heartbeats', async () => {
    expect(await toldLate(first, { type: 'HEARTBEAT' })).toStrictEqual([]);
  });
});
