import type { WaitingDemand } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import type { DemandClass } from './demand-classes.ts';
import { DemandReports } from './demand-reports.ts';

const one = { cpus: 1, mem: 1, disk: 0 };

/** Reports on what waits, with all that was told: how many tasks, or that it was withdrawn. */
function reporting({
  fails = () => false,
  reasons = () => [],
}: {
  fails?: () => boolean;
  reasons?: () => readonly string[];
} = {}) {
  const told: (number | 'withdrawn')[] = [];
  const troubles: string[] = [];
  let waiting = 0;
  const write = async (what: number | 'withdrawn') => {
    if (fails()) throw new Error('the disk is full');
    told.push(what);
  };
  const countOf = (classes: readonly DemandClass[]) => classes.reduce((sum, { count }) => sum + count, 0);
  const demand = (): WaitingDemand[] =>
    waiting > 0 ? [{ resources: one, constraints: [], count: waiting, placed: 0 }] : [];
  const reports = new DemandReports({
    desk: {
      tell: async (classes) => {
        await write(countOf(classes));
        return reasons();
      },
      withdraw: () => write('withdrawn'),
    },
    demand,
    onTrouble: (message) => troubles.push(message),
  });
  const look = async (count: number, times = 1) => {
    waiting = count;
    for (let time = 0; time < times; time++) {
      reports.look();
      // What is told is written before the next look.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { reports, look, told, troubles };
}

describe('DemandReports', () => {
  it('tell what has waited for two looks, at once if nothing did before, and then every fifth look', async () => {
    const { look, told } = reporting();
    await look(0);
    await look(7);
    expect(told).toEqual([0]);
    await look(7);
    expect(told).toEqual([0, 7]);
    await look(8, 2);
    expect(told).toEqual([0, 7]);
    await look(8);
    expect(told).toEqual([0, 7, 8]);
    await look(0, 5);
    expect(told).toEqual([0, 7, 8, 0]);
  });

  it('withdraw what was told when they end', async () => {
    const { reports, look, told } = reporting();
    await look(1, 2);
    await reports.stop();
    expect(told).toEqual([0, 1, 'withdrawn']);
  });

  it('complain once while nothing can be told, and go on trying', async () => {
    let isFull = true;
    const { reports, look, told, troubles } = reporting({ fails: () => isFull });
    await look(1, 12);
    expect(troubles).toEqual(['the launcher of the cluster cannot be told what waits: the disk is full']);
    isFull = false;
    await look(1, 5);
    expect(told).toEqual([1]);
    isFull = true;
    await reports.stop();
    expect(troubles).toHaveLength(2);
  });

  it('pass on why no agents come once it lasts, and again when it comes again', async () => {
    let reasons: readonly string[] = ['nobody is there'];
    const { look, troubles } = reporting({ reasons: () => reasons });
    await look(1, 2);
    expect(troubles).toEqual(['nobody is there']);
    await look(1, 20);
    expect(troubles).toHaveLength(1);
    reasons = [];
    await look(1, 15);
    reasons = ['nobody is there'];
    await look(1, 5);
    expect(troubles).toHaveLength(1);
    await look(1, 5);
    expect(troubles).toEqual(['nobody is there', 'nobody is there']);
  });
});
