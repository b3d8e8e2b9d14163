import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defineCluster } from '../definition/define-cluster.ts';
import type { QueueAnswer } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { takeLock } from '../journal/index.ts';
import { Effects, type EffectsOptions } from './effects.ts';
import { Inbox } from './inbox.ts';
import { MasterKeeper } from './master-keeper.ts';
import { systemPorts } from './ports.ts';
import type { QueueSystem } from './systems.ts';
import { Troubles } from './troubles.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'effects-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const refusedBy: QueueAnswer = { exitCode: 1, stdout: '', stderr: 'no' };

const noMaster = () => {
  throw new Error('nobody wants a master here');
};

/** Effects on a queue that answers when it is let. */
async function effectsWith(isWanted: (pilot: string) => boolean) {
  const definition = defineCluster({
    name: 'night',
    options: { on: 'shell', agents: '9', master: 'm:5050' },
    sites: [],
  });
  const dialect = dialectNamed('shell');
  if (!dialect) throw new Error('there is no shell');
  const { promise: letGo, resolve: answer } = Promise.withResolvers<QueueAnswer>();
  let commands = 0;
  const { promise: begun, resolve: onBegun } = Promise.withResolvers<void>();
  const system: QueueSystem = {
    key: 'shell',
    dialect,
    run: () => {
      if (++commands === 3) onBegun();
      return letGo;
    },
    user: async () => 'me',
  };
  const inbox = new Inbox();
  const troubles = new Troubles(
    () => undefined,
    () => 0,
  );
  const options: EffectsOptions = {
    ...{ directory, cluster: 'night', inbox, isWanted, limits: undefined },
    systems: new Map([['shell', system]]),
    ports: { ...systemPorts, openMaster: noMaster },
    lock: await takeLock(directory, 0),
    master: new MasterKeeper({
      ...{ cluster: 'night', directory, open: noMaster, troubles, tell: () => undefined },
      source: { kind: 'existing', look: async () => ({}), end: async () => true },
      signal: new AbortController().signal,
    }),
    troubles,
    fail: (error) => {
      throw error;
    },
  };
  return { effects: new Effects(options), definition, inbox, begun, answer, commands: () => commands };
}

it('submits nothing that was sent away while it waited for its turn', async () => {
  let isDown = false;
  const { effects, definition, inbox, begun, answer, commands } = await effectsWith(() => !isDown);
  const pilots = ['a', 'b', 'c', 'd', 'e'].map((letter) => `gm-night-main-${letter.repeat(8)}`);
  effects.carryOut(
    pilots.map((pilot) => ({ kind: 'submit', pilot, pool: 'main', excludedNodes: [] }) as const),
    definition,
  );
  await begun;
  isDown = true;
  answer(refusedBy);
  await effects.settled();
  expect(commands()).toBe(3);
  const submits = new Map(inbox.take().submits.map(({ pilot, outcome }) => [pilot, outcome]));
  expect([...submits.keys()].sort()).toEqual(pilots);
  const text = 'it was sent away before it was submitted';
  const notTried = { kind: 'refused', problem: { kind: 'transient', text } };
  expect(pilots.slice(3).map((pilot) => submits.get(pilot))).toEqual([notTried, notTried]);
});

it('tells whose orders could not be written', async () => {
  const { effects, definition, inbox } = await effectsWith(() => true);
  const pilots = ['good', 'bad'] as const;
  // Where the orders should be, there is something that cannot be read.
  await mkdir(join(directory, 'pilots', 'bad', 'orders'), { recursive: true });
  effects.carryOut(
    pilots.map((pilot) => ({ kind: 'order', pilot, keep: false, drain: false, stop: true }) as const),
    definition,
  );
  await effects.settled();
  expect(inbox.take().failedOrders).toEqual(['bad']);
});
