import { testPool } from '../test-cluster.ts';
import type { Scenario } from './scenario.ts';

/** A week of up to 2,000 pilots in two queues, with everything that goes wrong in one. */
export const twoThousandPilots: Scenario = {
  seed: 8,
  days: 7,
  tickSeconds: 60,
  pools: [
    testPool({ name: 'main', system: 'slurm', max: 1600, backlog: 200, min: 10, walltimeSeconds: 8 * 3600 }),
    testPool({
      name: 'big',
      system: 'sge',
      cpus: 32,
      memMb: 128_000,
      max: 400,
      backlog: 50,
      walltimeSeconds: 24 * 3600,
      keepAliveSeconds: 1800,
    }),
  ],
  systems: [
    { key: 'slurm', excludesNodes: true, keepsAccounts: false },
    { key: 'sge', excludesNodes: false, keepsAccounts: true },
  ],
  nodes: 1800,
  badNodes: 3,
  queueWait: 120,
  refused: 0.01,
  unclear: 0.005,
  mute: 0.003,
  frail: 0.003,
  deaf: 0.05,
  forgetful: 0.1,
  noNews: 0.03,
  preemptionsPerHour: 6,
  nodeFailuresPerHour: 2,
  cancelsPerHour: 0.5,
  outagesPerDay: 2,
  closuresPerDay: 1,
  crashesPerDay: 4,
  wishesPerDay: 0,
  changesPerDay: 0,
  masterFailoversPerDay: 0.5,
  tasksPerHour: 4000,
  burstsPerDay: 2,
  burstSize: 40_000,
  strangeTasks: 0,
};
