import { describe, expect, test } from 'vitest';
import { agentNamed, aTask, CoreFixture } from '../testing/core-fixture.ts';

const oneCore = { cpus: 1, mem: 64, disk: 0 };
const smaller = { cpus: 1, mem: 32, disk: 0 };

describe('the seniority of a task that waits', () => {
  /** Of two tasks the one that is launched first, where the attempt at the older ended as `end` says at 100 s. */
  async function firstAfter(end: (core: CoreFixture) => Promise<unknown>): Promise<string[]> {
    const core = await CoreFixture.connected({ lossesTolerated: 9, retryDelay: 0 });
    await core.submit(aTask('old', { retries: 5 }));
    await core.offer();
    await core.wait(50);
    await core.submit(aTask('new', { resources: smaller }));
    await core.wait(50);
    await end(core);
    core.forget();
    await core.wait(1);
    await core.offer();
    return core.launched();
  }

  test('survives attempts that never ran', async () => {
    const reason = 'REASON_INVALID_OFFERS';
    expect(await firstAfter((core) => core.update('old-1', 'TASK_DROPPED', { reason }))).toEqual(['old-2']);
    expect(await firstAfter((core) => core.update('old-1', 'TASK_LOST'))).toEqual(['old-2']);
  });

  test('is used up by one that ran', async () => {
    const ran = async (core: CoreFixture) => {
      await core.update('old-1', 'TASK_RUNNING');
      await core.update('old-1', 'TASK_FAILED');
    };
    expect(await firstAfter(ran)).toEqual(['new-1']);
  });
});

test('a task that is tried again by request waits from then on', async () => {
  const core = await CoreFixture.connected({ lossesTolerated: 0 });
  await core.submit(aTask('old'));
  await core.offer();
  await core.update('old-1', 'TASK_LOST');
  await core.wait(50);
  await core.submit(aTask('new', { resources: smaller }));
  await core.wait(50);
  await core.tell({ type: 'retry', taskIds: ['old'] });
  core.forget();
  await core.offer();
  expect(core.launched()).toEqual(['new-1']);
});

describe('tasks that come back', () => {
  test('have the cluster asked for offers again if none of their kind waited', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'));
    await core.offer();
    await core.submit(aTask('large', { resources: { ...oneCore, cpus: 8 } }));
    await core.wait(20);
    core.forget();
    await core.update('a-1', 'TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS' });
    expect(core.took('revive')).toMatchObject([{ wish: { smallest: [{ cpus: 1 }] } }]);
  });

  test('do not if others of their kind wait already', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'), aTask('b'));
    await core.offer();
    await core.wait(20);
    core.forget();
    await core.update('a-1', 'TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS' });
    expect(core.took('revive')).toEqual([]);
  });
});

describe('an agent on which tasks have failed', () => {
  /** A core with an agent that was avoided, and is on probation since. */
  async function onProbation(): Promise<CoreFixture> {
    const core = await CoreFixture.connected({ agentFailuresTolerated: 0, agentAvoidance: 10 });
    await core.submit(aTask('bad'));
    await core.offer();
    await core.update('bad-1', 'TASK_FAILED');
    core.forget();
    return core;
  }

  test('is avoided, and its offers are given back for as long', async () => {
    const core = await onProbation();
    await core.submit(aTask('a'));
    await core.wait(4);
    await core.offer();
    expect(core.launched()).toEqual([]);
    expect(core.took('decline')).toMatchObject([{ refuseSeconds: 6 }]);
  });

  test('gets one task at a time until one has ended well', async () => {
    const core = await onProbation();
    await core.wait(10);
    await core.submit(...['a', 'b', 'c', 'd'].map((id) => aTask(id)));
    await core.offer({ cpus: 4 });
    expect(core.launched()).toEqual(['a-1']);
    await core.wait(1);
    await core.offer({ cpus: 3 });
    expect(core.launched()).toEqual([]);
    await core.update('a-1', 'TASK_KILLED');
    await core.offer({ cpus: 4 });
    expect(core.launched()).toEqual(['b-1']);
    await core.update('b-1', 'TASK_FINISHED');
    await core.offer({ cpus: 4 });
    expect(core.launched()).toHaveLength(2);
  });

  test('gets another when the one before has not failed for as long as it was avoided', async () => {
    const core = await onProbation();
    await core.wait(10);
    await core.submit(...['a', 'b', 'c'].map((id) => aTask(id)));
    await core.offer({ cpus: 4 });
    await core.wait(10);
    await core.offer({ cpus: 3 });
    expect(core.launched()).toEqual(['a-1', 'b-1']);
  });

  test('is not avoided where it would be one of too few', async () => {
    const core = await CoreFixture.connected({ agentFailuresTolerated: 0 });
    const agent = { cpus: 1, mem: 1024, disk: 0 };
    await core.agents({ 'agent-1': agent, 'agent-2': agent }, { final: false });
    await core.submit(aTask('a'), aTask('b'), aTask('c'));
    for (const [id, name] of [
      ['a', 'agent-1'],
      ['b', 'agent-2'],
    ] as const) {
      await core.offer({}, { agent: agentNamed(name) });
      await core.update(`${id}-1`, 'TASK_FAILED');
    }
    expect(core.told('agent-avoided').map(({ agentId }) => agentId)).toEqual(['agent-1']);
    core.forget();
    await core.offer({}, { agent: agentNamed('agent-2') });
    expect(core.launched()).toEqual(['c-1']);
  });
});
