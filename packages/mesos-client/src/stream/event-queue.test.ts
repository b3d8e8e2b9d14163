import { describe, expect, it } from 'vitest';
import { EventQueue, type EventQueueOptions } from './event-queue.ts';

/** A listener that is busy with each event until it is told to go on. */
class SlowListener {
  readonly told: string[] = [];
  #done: PromiseWithResolvers<void> | undefined;

  readonly listen = (event: string): Promise<void> => {
    this.told.push(event);
    this.#done = Promise.withResolvers();
    return this.#done.promise;
  };

  /** Ends its work on the current event. */
  async goOn(): Promise<void> {
    this.#done?.resolve();
    await new Promise(setImmediate);
  }
}

function queueFor(
  listener: EventQueueOptions<string>['listener'],
  more: Partial<EventQueueOptions<string>> = {},
): EventQueue<string> {
  return new EventQueue({ listener, place: () => 'first', maximumBytes: 100, ...more });
}

const byName = (event: string) =>
  event.startsWith('offer') ? 'later' : event === 'heartbeat' ? 'dropped' : 'first';

describe('an event queue', () => {
  it('tells at once where the listener returns nothing', () => {
    const told: string[] = [];
    const queue = queueFor((event) => void told.push(event));
    queue.push('a');
    queue.push('b');
    expect(told).toStrictEqual(['a', 'b']);
  });

  it('tells one event at a time, in order', async () => {
    const listener = new SlowListener();
    const queue = queueFor(listener.listen);
    for (const event of ['a', 'b', 'c']) queue.push(event);
    expect(listener.told).toStrictEqual(['a']);
    await listener.goOn();
    expect(listener.told).toStrictEqual(['a', 'b']);
    await listener.goOn();
    queue.push('d');
    await listener.goOn();
    expect(listener.told).toStrictEqual(['a', 'b', 'c', 'd']);
  });

  it('tells what is first before what is later, and not at all what is dropped', async () => {
    const listener = new SlowListener();
    const queue = queueFor(listener.listen, { place: byName });
    for (const event of ['a', 'offer 1', 'heartbeat', 'offer 2', 'update 1', 'update 2']) queue.push(event);
    for (let round = 0; round < 5; round++) await listener.goOn();
    expect(listener.told).toStrictEqual(['a', 'update 1', 'update 2', 'offer 1', 'offer 2']);
  });

  it('has no room beyond its bytes until half of them are told', async () => {
    const listener = new SlowListener();
    const queue = queueFor(listener.listen);
    queue.push('a', 1000);
    expect(queue.room()).toBeUndefined();
    for (const event of ['b', 'c', 'd', 'e']) queue.push(event, 30);
    let hasRoom = false;
    void queue.room()?.then(() => {
      hasRoom = true;
    });
    await listener.goOn();
    await listener.goOn();
    expect([hasRoom, listener.told.at(-1)]).toStrictEqual([false, 'c']);
    await listener.goOn();
    expect([hasRoom, queue.room()]).toStrictEqual([true, undefined]);
  });

  it('lets events that wait be changed and taken back, which makes room', async () => {
    const listener = new SlowListener();
    const queue = queueFor(listener.listen, {
      place: (event, later) => {
        if (event === 'revoke') later.replace((other) => (other === 'offer 1' ? undefined : `${other}!`));
        return byName(event);
      },
    });
    for (const event of ['a', 'offer 1', 'offer 2']) queue.push(event, 80);
    const room = queue.room();
    queue.push('revoke', 0);
    expect(queue.room()).toBeUndefined();
    for (let round = 0; round < 3; round++) await listener.goOn();
    expect(listener.told).toStrictEqual(['a', 'revoke', 'offer 2!']);
    await room;
  });

  it('forgets all that wait once it is cleared', async () => {
    const listener = new SlowListener();
    const queue = queueFor(listener.listen, { place: byName });
    for (const event of ['a', 'b', 'offer']) queue.push(event, 80);
    const room = queue.room();
    queue.clear();
    await room;
    await listener.goOn();
    expect(listener.told).toStrictEqual(['a']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('the listener failed');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the listener failed'))],
  ])('goes on where a listener %s, and leaves its error to the process', async (_how, fail) => {
    const uncaught = Promise.withResolvers<Error>();
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').once('uncaughtException', uncaught.resolve);
    try {
      const told: string[] = [];
      const queue = queueFor((event) => (event === 'bad' ? fail() : void told.push(event)));
      queue.push('bad');
      queue.push('good');
      expect((await uncaught.promise).message).toBe('the listener failed');
      expect(told).toStrictEqual(['good']);
    } finally {
      for (const other of others) process.on('uncaughtException', other);
    }
  });
});
