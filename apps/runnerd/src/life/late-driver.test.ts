import type { DriverEvent } from '@galaxy-mesos/scheduler';
import { ScriptedDriver } from '@galaxy-mesos/scheduler/testing';
import { describe, expect, it, vi } from 'vitest';
import { LateDriver } from './late-driver.ts';

/** A driver of a cluster about which `troubles` are told one after the other, and then none. */
function late(...troubles: readonly string[]) {
  const left = [...troubles];
  const inner = new ScriptedDriver();
  const abort = new AbortController();
  const events: DriverEvent[] = [];
  const make = vi.fn(async () => inner);
  const onPause = vi.fn();
  const driver = new LateDriver({
    trouble: async () => left.shift(),
    make,
    pause: async (signal) => {
      onPause();
      signal.throwIfAborted();
    },
    signal: abort.signal,
  });
  const start = () => driver.start((event) => events.push(event));
  return { driver, inner, abort, events, make, onPause, start };
}

describe('LateDriver', () => {
  it('waits until the cluster is there, tells why it is not, and is its driver then', async () => {
    const { driver, inner, events, make, onPause, start } = late('no cluster', 'no master');
    onPause.mockImplementation(() => expect(make).not.toHaveBeenCalled());
    const early = expect(driver.suppress()).rejects.toThrow('the cluster is not there yet');
    await start();
    await early;
    expect(events).toMatchObject([
      { type: 'unreachable', message: 'no cluster' },
      { type: 'unreachable', message: 'no master' },
      { type: 'subscribed' },
    ]);
    await driver.suppress();
    await driver.stop('disconnect');
    expect(inner.calls.map(({ call }) => call)).toEqual(['suppress', 'stop']);
  });

  it('goes on waiting where the address has gone again since it was looked for', async () => {
    const { events, make, start } = late();
    make.mockImplementationOnce(() => {
      throw new Error('the address of the master cannot be read');
    });
    await start();
    expect(events.map(({ type }) => type)).toEqual(['unreachable', 'subscribed']);
  });

  it('gives up when it is told to', async () => {
    const { abort, make, onPause, start } = late('no cluster');
    onPause.mockImplementation(() => abort.abort(new Error('stopped')));
    await expect(start()).rejects.toThrow('stopped');
    expect(make).not.toHaveBeenCalled();
  });

  it('starts nothing after it was stopped', async () => {
    const { driver, events, onPause, start } = late('no cluster');
    onPause.mockImplementation(() => driver.stop('disconnect'));
    await expect(start()).rejects.toThrow('stopped before');
    expect(events.map(({ type }) => type)).toEqual(['unreachable']);
  });
});
