import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Works } from './works.ts';

describe('works', () => {
  it('tell of another change that fails when they are asked again, and leave nobody to be told before', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const works = new Works();
      const other = turn().then(() => Promise.reject(new Error('stopped')));
      works.changed();
      await works.change(other);
      for (let round = 0; round < 5; round++) await turn();
      expect(unheard).toEqual([]);
      await expect(works.change(other)).rejects.toThrow('stopped');
    } finally {
      process.off('unhandledRejection', hear);
    }
  });
});
