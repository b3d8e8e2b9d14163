import { describe, expect, it, vi } from 'vitest';
import { PartBatches } from './part-batches.ts';
import type { HandedPart } from './planned-data.ts';

const part = (index: number, changes: Partial<HandedPart> = {}): HandedPart => ({
  index,
  slices: [],
  records: 1,
  cost: 1,
  ...changes,
});

function recorded() {
  const handed: number[][] = [];
  const batches = new PartBatches(async (parts) => void handed.push(parts.map(({ index }) => index)));
  return { handed, batches };
}

describe('PartBatches', () => {
  it('hands all over in order, a thousand at a time at most', async () => {
    const { handed, batches } = recorded();
    for (let index = 0; index < 2500; index += 1) await batches.add(part(index));
    await batches.flush();
    expect(handed.flat()).toEqual(Array.from({ length: 2500 }, (_, index) => index));
    expect(Math.max(...handed.map(({ length }) => length))).toBeLessThanOrEqual(1000);
    expect(handed.length).toBeGreaterThanOrEqual(3);
  });

  it('keeps little that is long', async () => {
    const { handed, batches } = recorded();
    const label = 'x'.repeat(300_000);
    for (let index = 0; index < 8; index += 1) await batches.add(part(index, { label }));
    expect(handed.length).toBeGreaterThanOrEqual(2);
  });

  it('does not keep parts waiting, be there others or none', async () => {
    const first = Promise.withResolvers<void>();
    const alone = new PartBatches(async () => first.resolve());
    await alone.add(part(0));
    await first.promise;
    // As for whoever reads without a pause, so that no timer is heard.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { handed, batches } = recorded();
    await batches.add(part(0));
    now = 150;
    await batches.add(part(1));
    expect(handed).toEqual([[0, 1]]);
    clock.mockRestore();
  });

  it('says so where parts cannot be handed over, to whoever adds or waits next', async () => {
    const batches = new PartBatches(async () => {
      throw new Error('nobody is there');
    });
    await batches.add(part(0));
    await expect(batches.flush()).rejects.toThrow('nobody is there');
    await expect(batches.flush()).rejects.toThrow('nobody is there');
  });
});
