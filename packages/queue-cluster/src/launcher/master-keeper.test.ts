import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MasterKeeper, type MasterSource } from './master-keeper.ts';
import { Troubles } from './troubles.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/master-keeper-`);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const unused = () => Promise.reject(new Error('not of this test'));

/** A keeper whose source answers what it is told to, and whose master has no agents. */
function keeperOf(look: MasterSource['look'], answers: () => boolean = () => true) {
  const { signal } = new AbortController();
  const agents = async () => {
    if (!answers()) throw new Error('connect ECONNREFUSED');
    return [];
  };
  const port = { agents, deactivate: unused, reactivate: unused, drain: unused, markGone: unused };
  const tell = () => undefined;
  return new MasterKeeper({
    ...{ cluster: 'mine', directory, signal, tell, troubles: new Troubles(tell, () => 0) },
    source: { kind: 'in-job', look, end: async () => true },
    open: () => ({ ...port, close: async () => undefined }),
  });
}

it('hears of agents while the queue takes its time to say how the batch job of the master stands', async () => {
  let hangs = false;
  const standing = { address: '127.0.0.1:5050' };
  const keeper = keeperOf(() => (hangs ? new Promise(() => undefined) : Promise.resolve(standing)));
  expect(await keeper.look()).toEqual([]);
  hangs = true;
  expect(await keeper.look()).toEqual([]);
  expect(await keeper.look()).toEqual([]);
  expect(keeper.view).toMatchObject({ state: 'up', address: '127.0.0.1:5050' });
});

it('says rather why there is no other master than that the last one does not answer', async () => {
  let isThere = true;
  const waits = { address: '127.0.0.1:5050', trouble: 'the next one waits in the queue: Priority' };
  const keeper = keeperOf(
    async () => (isThere ? { address: '127.0.0.1:5050' } : waits),
    () => isThere,
  );
  await keeper.look();
  isThere = false;
  expect(await keeper.look()).toBeUndefined();
  expect(await keeper.look()).toBeUndefined();
  expect(keeper.view).toMatchObject({ state: 'away', trouble: 'the next one waits in the queue: Priority' });
});

it('starts a master while the cluster is wanted, and none before that is known, nor once it goes down', async () => {
  const asked: boolean[] = [];
  const keeper = keeperOf(async (_isAnswering, mayStart) => {
    asked.push(mayStart);
    return {};
  });
  await keeper.look();
  for (const [at, state] of (['up', 'draining', 'down'] as const).entries()) {
    keeper.heed({ state, at, pools: {} });
    await keeper.look();
  }
  expect(asked).toEqual([false, true, true, false]);
});
