import { once } from 'node:events';
import { expect, it } from 'vitest';
import { stoppable } from './stoppable.ts';

it('has its work stopped by a signal, and tells it by which', async () => {
  const before = process.listenerCount('SIGTERM');
  const how = await stoppable(async (signal, stoppedBy) => {
    expect(stoppedBy()).toBeUndefined();
    const aborted = once(signal, 'abort');
    process.emit('SIGTERM', 'SIGTERM');
    await aborted;
    return stoppedBy();
  });
  expect(how).toBe('SIGTERM');
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
