import { describe, expect, it } from 'vitest';
import { isLive, parseProcessStat } from './process-stat.ts';
import { hasProcFileSystem, isProcessAlive, readProcessStat, startTimeByPs } from './processes.ts';

// As the kernel wrote it for a shell, with another name.
const line = (name: string, state = 'S'): string =>
  `10702 (${name}) ${state} 10701 10700 10699 0 -1 4194304 258 0 0 0 0 0 0 0 20 0 1 0 157088 4464640 780 ` +
  '18446744073709551615 94083059810304 94083060599709 140724407001744 0 0 0 0 0 84487 0 0 0 17 1 0 0';

describe('parseProcessStat', () => {
  it.each(['sh', 'a b', 'evil) S 1 1 1', '((', ''])('reads the fields after the name (%s)', (name) => {
    expect(parseProcessStat(line(name))).toEqual({
      pid: 10702,
      state: 'S',
      group: 10700,
      session: 10699,
      startTime: '157088',
      residentPages: 780,
    });
  });

  it.each(['', 'nonsense', '12 (sh', '12 (sh) S 1 1'])('refuses what is no such line: %s', (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });

  it('tells the dead from the living', () => {
    const states = ['R', 'S', 'D', 'T', 'Z', 'X'];
    const live = states.filter((state) => {
      const stat = parseProcessStat(line('sh', state));
      return stat !== undefined && isLive(stat);
    });
    expect(live).toEqual(['R', 'S', 'D', 'T']);
  });
});

describe('processes of this machine', () => {
  it.runIf(hasProcFileSystem)('tells this process from another one with its pid', () => {
    const startTime = readProcessStat(process.pid)?.startTime ?? '';
    expect(isProcessAlive({ pid: process.pid, startTime })).toBe(true);
    expect(isProcessAlive({ pid: process.pid, startTime: `${startTime}0` })).toBe(false);
  });

  it('finds start times with ps too', () => {
    expect(startTimeByPs(process.pid)).toMatch(/\d\d:\d\d:\d\d/);
    // The largest number a pid can have on Linux is smaller.
    expect(startTimeByPs(2 ** 22 + 1)).toBeUndefined();
  });
});
