import { describe, expect, it } from 'vitest';
import { findExcess, groupBySession, residentKiB } from './memory.ts';
import { readPageSize } from './options.ts';
import type { ProcessStat } from './process-stat.ts';
import { hasProcFileSystem, readProcessStat } from './processes.ts';

const aProcess = (pid: number, session: number, residentPages: number): ProcessStat => ({
  pid,
  state: 'S',
  group: session,
  session,
  startTime: '1',
  residentPages,
});

describe('memory', () => {
  it('sums the resident pages of each session', () => {
    const sessions = groupBySession([aProcess(1, 1, 10), aProcess(2, 1, 5), aProcess(3, 3, 7)]);
    expect([...sessions.keys()]).toEqual([1, 3]);
    expect(residentKiB(sessions.get(1) ?? [], 4096)).toBe(60);
    expect(residentKiB(sessions.get(3) ?? [], 65_536)).toBe(448);
  });

  it.runIf(hasProcFileSystem)('finds who uses more than allowed; 0 allows everything', () => {
    const session = readProcessStat(process.pid)?.session ?? 0;
    const users = [1, 10_000_000, 0].map((allowedMiB) => ({ session, allowedMiB }));
    const [excess, ...others] = findExcess(users, readPageSize());
    expect(others).toEqual([]);
    expect(excess?.user).toBe(users[0]);
    expect(excess?.usedMiB).toBeGreaterThan(10);
  });
});
