import { expect, it } from 'vitest';
import type { AgentReport } from '../pools/news.ts';
import { AgentWatch } from './agent-watch.ts';

const report: AgentReport = {
  ...{ agentId: 'A1', pilot: 'p', tasks: 0 },
  ...{ isConnected: true, isActive: true, isDraining: false },
};

it('asks no more often than it is told, however often it is asked, and answers what it knows', async () => {
  let now = 0;
  let asked = 0;
  const look = async () => {
    asked += 1;
    return [report];
  };
  const watch = new AgentWatch(look, { now: () => now, wait: async () => undefined }, 1500);
  for (; now < 3000; now += 100) expect(await watch.agents()).toEqual([report]);
  expect(asked).toBe(2);
});

it('tells nothing of agents that the master has not told of for long, and asks on where the clock is set back', async () => {
  let now = 1_000_000;
  let asked = 0;
  let isAway = false;
  const look = async () => {
    asked += 1;
    return isAway ? new Promise<never>(() => undefined) : [report];
  };
  const watch = new AgentWatch(look, { now: () => now, wait: async () => undefined }, 1500);
  await watch.agents();
  now = 5000;
  expect(await watch.agents()).toEqual([report]);
  expect(asked).toBe(2);
  isAway = true;
  now += 16_000;
  expect(await watch.agents()).toBeUndefined();
});
