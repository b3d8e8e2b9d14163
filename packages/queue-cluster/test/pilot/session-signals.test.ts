import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PilotCluster } from './pilots.ts';

/** A pilot looks around once a second: enough to meet each thing that it does. */
const spreadMilliseconds = 1500;
const moments = Array.from({ length: 36 }, (_, index) => (index * spreadMilliseconds) / 36);

describe('a pilot whose whole session is told to end', () => {
  let cluster: PilotCluster;
  beforeEach(() => {
    cluster = new PilotCluster();
  });
  afterEach(() => cluster.destroy());

  async function endAfter(milliseconds: number): Promise<string> {
    // Nothing here is about Mesos: an agent that does nothing dies by the signal, too.
    const pilot = cluster.start(cluster.options('127.0.0.1:9', { agent: ['bash', '-c', 'exec sleep 1000'] }));
    await pilot.until('the pilot to be there', ({ startedAt }) => startedAt);
    await sleep(milliseconds);
    pilot.signalSession('SIGTERM');
    const { reason } = await pilot.ended();
    return reason;
  }

  it('ends and leaves nothing, whatever it is doing just then', async () => {
    for (let first = 0; first < moments.length; first += 6) {
      const ends = await Promise.all(moments.slice(first, first + 6).map(endAfter));
      expect(ends).toEqual(ends.map(() => 'signal'));
    }
    expect(cluster.leftovers()).toEqual([]);
  });
});
