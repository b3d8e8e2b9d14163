import { describe, expect, it } from 'vitest';
import type { UnmetDemand } from '../pools/view.ts';
import { describeUnmet } from './describe-unmet.ts';

const told = (change: Partial<UnmetDemand>) =>
  describeUnmet({ from: 'f', cpus: 1, memMb: 1024, diskMb: 0, gpus: 0, count: 5, why: 'too-big', ...change });

describe('describeUnmet', () => {
  it('says what tasks ask for, and why they find no room', () => {
    expect(told({})).toBe('tasks of 1 cpu, 1G find no room: no pool is so big');
    expect(told({ gpus: 1 })).toBe(
      'tasks of 1 cpu, 1G, 1 gpu find no room: no pool is so big, and has so many gpus',
    );
    expect(told({ gpus: 2, why: 'full' })).toBe(
      'tasks of 1 cpu, 1G, 2 gpus wait for their turn: the pools that hold them are full or paused',
    );
  });

  it('says both times of tasks that take too long', () => {
    expect(told({ why: 'too-long', longestSeconds: 28_800, livesSeconds: 28_699.5 })).toBe(
      'tasks of 1 cpu, 1G, up to 8h find no room: pilots have room for 7h58m at most; add a pool of a longer walltime',
    );
  });

  it('names the attributes that no pool has', () => {
    const constraints = [
      { field: 'card', values: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      { field: 'kind', values: ['fat'], not: true },
    ] as const;
    expect(told({ why: 'unmatched', constraints })).toBe(
      'tasks of 1 cpu, 1G, card one of a, b, c, d, e, 2 more, kind not fat find no room: ' +
        'no pool has such attributes; add a pool, or its attributes',
    );
  });

  it('names the pools whose agents stay idle, and what else is asked for', () => {
    expect(told({ why: 'untaken', pools: ['main', 'big'], uncarried: ['exclusive'] })).toBe(
      'tasks of 1 cpu, 1G find no room: idle agents of main, big are there, and are not used for them ' +
        '(they ask for exclusive, too)',
    );
  });

  it('is one line of bearable length, whatever tasks ask for', () => {
    const constraints = Array.from({ length: 100 }, () => ({
      field: 'a\u001b[2J',
      values: ['b\nc'.repeat(1000)],
    }));
    const text = told({ why: 'unmatched', constraints });
    expect(text).not.toMatch(/\p{Cc}/u);
    expect(text.length).toBeLessThan(800);
  });
});
