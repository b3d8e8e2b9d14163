import { describe, expect, test } from 'vitest';
import type { AttemptState, TaskSpec } from '../model/task.ts';
import { agentNamed, aTask, CoreFixture } from '../testing/core-fixture.ts';
import type { Decisions } from './decisions.ts';
import { defaultOptions } from './options.ts';
import { TaskLifecycle } from './task-lifecycle.ts';

const names = ['a', 'b', 'c'];

/** Tasks that belong together. */
const members = (count: number, changes: Partial<TaskSpec> = {}): TaskSpec[] =>
  names.slice(0, count).map((id) => aTask(id, { gang: { id: 'g', size: count }, ...changes }));

/** A core with a gang of which all was launched, each task on an agent of its own. */
async function launched(
  count = 3,
  changes: Partial<TaskSpec> = {},
  options: Parameters<typeof CoreFixture.connected>[0] = {},
): Promise<CoreFixture> {
  const core = await CoreFixture.connected(options);
  await core.submit(...members(count, changes));
  await offerAll(core, count);
  expect(core.launched().sort()).toEqual(names.slice(0, count).map((id) => `${id}-1`));
  core.forget();
  return core;
}

/** Offers so many agents with room for a task each, at once. */
async function offerAll(core: CoreFixture, count: number): Promise<void> {
  const offers = names.slice(0, count).map((name, index) => ({
    id: `${name}-${Math.random()}`,
    agent: agentNamed(`agent-${index}`),
    resources: { cpus: 1, mem: 1024, disk: 1024 },
  }));
  await core.tell({ type: 'driver', event: { type: 'offers', offers } });
}

async function allSay(core: CoreFixture, state: AttemptState, ...attempts: string[]): Promise<void> {
  for (const attempt of attempts) await core.update(attempt, state);
}

const states = (core: CoreFixture) => Promise.all(names.map((id) => core.state(id)));
const reasons = async (core: CoreFixture, id: string) =>
  (await core.record(id)).attempts.map(({ reason }) => reason);

describe('a gang', () => {
  test('starts together, and not before all its tasks are there and there is room for all', async () => {
    const core = await CoreFixture.connected();
    const [first, ...others] = members(3);
    await core.submit(...others);
    await offerAll(core, 3);
    expect(core.launched()).toEqual([]);
    await core.submit(first as TaskSpec);
    await offerAll(core, 2);
    expect(core.launched()).toEqual([]);
    await offerAll(core, 3);
    expect(core.launched().sort()).toEqual(['a-1', 'b-1', 'c-1']);
  });

  test('is finished when all its tasks are, and not before', async () => {
    const core = await launched();
    await allSay(core, 'TASK_FINISHED', 'a-1', 'b-1');
    expect(await states(core)).toEqual(['active', 'active', 'active']);
    expect(core.settled).toBe(false);
    await core.update('c-1', 'TASK_FINISHED');
    expect(await states(core)).toEqual(['finished', 'finished', 'finished']);
    expect(core.settled).toBe(true);
  });

  test('is ended when one fails, and all are tried again, also those that had finished', async () => {
    const core = await launched(3, { retries: 1 });
    await allSay(core, 'TASK_RUNNING', 'a-1', 'b-1', 'c-1');
    await core.update('c-1', 'TASK_FINISHED');
    await core.update('a-1', 'TASK_FAILED', { exitCode: 1 });
    expect(core.killed()).toEqual(['b-1']);
    expect(await states(core)).toEqual(['active', 'active', 'active']);
    await core.update('b-1', 'TASK_KILLED');
    expect(await states(core)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(await reasons(core, 'b')).toEqual(['GALAXY_MESOS_ENDED_WITH_ITS_GANG']);
    await core.wait(0.4);
    await offerAll(core, 3);
    expect(core.launched()).toEqual([]);
    await core.wait(0.1);
    await offerAll(core, 3);
    expect(core.launched().sort()).toEqual(['a-2', 'b-2', 'c-2']);
    await allSay(core, 'TASK_FINISHED', 'a-2', 'b-2', 'c-2');
    expect(await states(core)).toEqual(['finished', 'finished', 'finished']);
  });

  test.each<AttemptState>(['TASK_KILLED', 'TASK_FAILED', 'TASK_FINISHED'])(
    'costs those nothing that are ended as %s because another failed',
    async (state) => {
      const core = await launched(2, { retries: 2 }, { lossesTolerated: 0 });
      for (const number of [1, 2]) {
        await core.update(`a-${number}`, 'TASK_FAILED');
        await core.update(`b-${number}`, state);
        await core.wait(1);
        await offerAll(core, 2);
        core.forget();
      }
      await core.update('b-3', 'TASK_FAILED');
      await core.update('a-3', 'TASK_KILLED');
      expect(await core.state('a')).toBe('waiting');
      await core.wait(1);
      await offerAll(core, 2);
      await core.update('b-4', 'TASK_FAILED');
      await core.update('a-4', 'TASK_KILLED');
      expect(await core.state('a')).toBe('waiting');
      await core.wait(1);
      await offerAll(core, 2);
      await core.update('a-5', 'TASK_FAILED');
      await core.update('b-5', 'TASK_KILLED');
      expect([await core.state('a'), await core.state('b')]).toEqual(['failed', 'failed']);
    },
  );

  test('fails as a whole when one has no retries left, and says which and why', async () => {
    const rules = { retryRules: { exitCodes: [75] } };
    const core = await launched(3, { retries: 5, ...rules });
    await core.update('c-1', 'TASK_FINISHED');
    await core.update('b-1', 'TASK_FAILED', { exitCode: 2 });
    await core.update('a-1', 'TASK_KILLED');
    expect(await states(core)).toEqual(['failed', 'failed', 'failed']);
    const told = core.told('task').filter(({ state }) => state === 'failed');
    expect(Object.fromEntries(told.map(({ spec, message }) => [spec.id, message]))).toEqual({
      a: 'b, which it belongs together with, has failed: its command ended with exit code 2, which is not tried again',
      b: 'its command ended with exit code 2, which is not tried again',
      c: 'b, which it belongs together with, has failed: its command ended with exit code 2, which is not tried again',
    });
    expect(core.settled).toBe(true);
  });

  test('fails as a whole when one can never run as it is described', async () => {
    const core = await launched(2, { retries: 5 });
    await core.update('b-1', 'TASK_ERROR');
    expect(core.killed()).toEqual(['a-1']);
    await core.update('a-1', 'TASK_KILLED');
    expect([await core.state('a'), await core.state('b')]).toEqual(['failed', 'failed']);
    expect(core.told('task').find(({ spec, state }) => spec.id === 'a' && state === 'failed')?.message).toBe(
      'b, which it belongs together with, ended as TASK_ERROR',
    );
  });

  test('is tried again as a whole by request, with all retries, also under a later scheduler', async () => {
    const core = await launched(2, { retries: 1 });
    await core.update('a-1', 'TASK_FAILED');
    await core.update('b-1', 'TASK_KILLED');
    await core.wait(1);
    await offerAll(core, 2);
    for (const number of [2, 3]) {
      if (number === 3) {
        await core.wait(1);
        await offerAll(core, 2);
      }
      await core.update(`b-${number}`, 'TASK_FAILED');
      await core.update(`a-${number}`, 'TASK_KILLED');
    }
    expect([await core.state('a'), await core.state('b')]).toEqual(['failed', 'failed']);
    await core.tell({ type: 'retry', taskIds: ['a'] });
    expect([await core.state('a'), await core.state('b')]).toEqual(['waiting', 'waiting']);
    await core.restart();
    await core.connect();
    await offerAll(core, 2);
    // Its failure before the request does not count any more, though it was b that failed the gang then.
    await core.update('a-4', 'TASK_FAILED');
    await core.update('b-4', 'TASK_KILLED');
    expect(await core.state('a')).toBe('waiting');
  });

  test('waits for all to end while one is lost and others have not begun, and ends what was lost if it comes back', async () => {
    const core = await launched(3);
    await core.update('a-1', 'TASK_LOST');
    expect(core.killed()).toEqual(['b-1', 'c-1']);
    await allSay(core, 'TASK_KILLED', 'b-1', 'c-1');
    expect(await states(core)).toEqual(['waiting', 'waiting', 'waiting']);
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['a-1']);
    await core.wait(1);
    await offerAll(core, 3);
    expect(core.launched().sort()).toEqual(['a-2', 'b-2', 'c-2']);
  });

  test('is cancelled as a whole', async () => {
    const core = await launched(3);
    await core.update('c-1', 'TASK_FINISHED');
    await core.tell({ type: 'cancel', taskIds: ['b'] });
    expect(core.killed()).toEqual(['a-1', 'b-1']);
    expect(await states(core)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(core.settled).toBe(true);
  });

  test('is refused as a whole where one could never run', () => {
    const desk = { add: () => {}, remove: () => {}, started: () => {}, ended: () => {} };
    const tasks = new TaskLifecycle(defaultOptions, desk);
    const decisions: Decisions = { changes: [], effects: [], notices: [], refusals: new Map(), more: false };
    tasks.requests.take({ type: 'submit', specs: members(2) }, 0, decisions);
    decisions.changes.length = 0;
    tasks.requests.refuse('b', 'too large', decisions);
    expect(decisions.changes).toEqual([
      { type: 'moved', taskId: 'a', state: 'failed' },
      { type: 'moved', taskId: 'b', state: 'failed' },
    ]);
  });

  test('that is preempted in part, or halted, is tried again for nothing', async () => {
    const core = await launched(2, {}, { lossesTolerated: 0 });
    await core.tell({ type: 'halt', kill: true });
    expect(core.killed()).toEqual(['a-1', 'b-1']);
    await core.update('a-1', 'TASK_FAILED', { exitCode: 143 });
    expect(await core.state('a')).toBe('active');
    await core.update('b-1', 'TASK_KILLED');
    expect([await core.state('a'), await core.state('b'), core.settled]).toEqual([
      'waiting',
      'waiting',
      true,
    ]);
    await core.restart();
    await core.connect();
    await offerAll(core, 2);
    expect(core.launched().sort()).toEqual(['a-2', 'b-2']);
  });

  test('is launched as a whole also on agents on probation', async () => {
    const core = await CoreFixture.connected({ agentFailuresTolerated: 0, agentAvoidance: 10 });
    await core.submit(aTask('bad'));
    await core.offer();
    await core.update('bad-1', 'TASK_FAILED');
    await core.wait(11);
    core.forget();
    await core.submit(...members(3), aTask('other'));
    await core.offer({ cpus: 4 });
    expect(core.launched().sort()).toEqual(['a-1', 'b-1', 'c-1']);
  });
});

describe('a gang of which a task was ended by this scheduler', () => {
  test('for having run for too long has failed by that, and its others are innocent', async () => {
    const core = await launched(2, { maximumRunSeconds: 10, retries: 1 }, { lossesTolerated: 0 });
    await allSay(core, 'TASK_RUNNING', 'a-1', 'b-1');
    await core.wait(41);
    expect(core.killed()).toEqual(['a-1', 'b-1']);
    await core.update('a-1', 'TASK_KILLED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' });
    await core.update('b-1', 'TASK_KILLED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' });
    expect(await core.state('a')).toBe('waiting');
    await core.wait(1);
    await offerAll(core, 2);
    await core.update('a-2', 'TASK_FAILED');
    await core.update('b-2', 'TASK_KILLED');
    expect([await core.state('a'), await core.state('b')]).toEqual(['failed', 'failed']);
  });
});

describe('a group of tasks on one agent', () => {
  const group = (retries = 1) =>
    names.slice(0, 2).map((id) => aTask(id, { retries, group: { id: 'pod', size: 2 } }));

  test('is launched together, and costs those nothing that Mesos ends because another failed', async () => {
    const core = await CoreFixture.connected({ lossesTolerated: 0 });
    await core.submit(...group());
    await core.offer({ cpus: 2 });
    const [launch] = core.took('launch');
    expect(launch?.launches.map(({ attemptId, groupId }) => [attemptId, groupId])).toEqual([
      ['a-1', 'pod'],
      ['b-1', 'pod'],
    ]);
    await core.update('a-1', 'TASK_FAILED');
    core.forget();
    await core.update('b-1', 'TASK_KILLED');
    expect([await core.state('a'), await core.state('b')]).toEqual(['waiting', 'waiting']);
    expect(await reasons(core, 'b')).toEqual(['GALAXY_MESOS_ENDED_WITH_ITS_GANG']);
  });

  test('is launched as a whole on an agent on probation, and alone', async () => {
    const core = await CoreFixture.connected({ agentFailuresTolerated: 0, agentAvoidance: 10 });
    await core.submit(aTask('bad'));
    await core.offer();
    await core.update('bad-1', 'TASK_FAILED');
    await core.wait(11);
    core.forget();
    await core.submit(...group(), aTask('other'));
    await core.offer({ cpus: 3 });
    expect(core.launched()).toEqual(['a-1', 'b-1']);
  });

  test('tells nobody to answer for the kill that Mesos made, however the news is ordered', async () => {
    const core = await CoreFixture.connected({ lossesTolerated: 0, killRepeat: 1000 });
    await core.submit(...group());
    await core.offer({ cpus: 2 });
    for (const number of [1, 2]) {
      await core.update(`a-${number}`, 'TASK_FAILED', { exitCode: 1 });
      await core.update(`b-${number}`, 'TASK_KILLED');
      await core.wait(1);
      await core.offer({ cpus: 2 });
    }
    expect([await core.state('a'), await core.state('b')]).toEqual(['failed', 'failed']);
    const told = core.told('task').filter(({ state }) => state === 'failed');
    expect(told.map(({ spec, message }) => [spec.id, message])).toEqual([
      ['a', undefined],
      ['b', 'a, which it belongs together with, ended as TASK_FAILED'],
    ]);
  });
});

describe('a gang whose scheduler dies', () => {
  /** What happened before, which attempts are ended then, and what is told of the rest. */
  const moments: Record<string, [before: [string, AttemptState][], killed: string[]]> = {
    'before anything ended': [[['a-1', 'TASK_RUNNING']], []],
    'after one finished': [[['a-1', 'TASK_FINISHED']], []],
    'after one failed': [[['a-1', 'TASK_FAILED']], ['b-1', 'c-1']],
    'after one was lost': [[['a-1', 'TASK_LOST']], ['b-1', 'c-1']],
    'after an operator said that one is gone': [[['a-1', 'TASK_GONE_BY_OPERATOR']], ['b-1', 'c-1']],
    'after one failed and one finished': [
      [
        ['a-1', 'TASK_FINISHED'],
        ['b-1', 'TASK_FAILED'],
      ],
      ['c-1'],
    ],
  };

  test.each(Object.entries(moments))('%s goes on as it would have', async (_moment, [before, killed]) => {
    const core = await launched(3, { retries: 1 });
    for (const [attempt, state] of before) await core.update(attempt, state);
    await core.restart();
    expect(core.settled).toBe(false);
    await core.connect();
    expect(core.killed()).toEqual(killed);
    // The cluster says again what it said before.
    for (const [attempt, state] of before) await core.update(attempt, state);
    const open = names.map((id) => `${id}-1`).filter((id) => !before.some(([attempt]) => attempt === id));
    const end = killed.length > 0 ? 'TASK_KILLED' : 'TASK_FINISHED';
    await allSay(core, end, ...open);
    if (killed.length === 0 && before[0]?.[1] === 'TASK_RUNNING') await core.update('a-1', 'TASK_FINISHED');
    const expected = killed.length > 0 ? 'waiting' : 'finished';
    expect(await states(core)).toEqual([expected, expected, expected]);
  });

  test('after all ended begins anew as a whole', async () => {
    const core = await launched(3, { retries: 1 });
    await core.update('a-1', 'TASK_FAILED');
    await allSay(core, 'TASK_KILLED', 'b-1', 'c-1');
    await core.restart();
    await core.connect();
    await offerAll(core, 3);
    expect(core.launched().sort()).toEqual(['a-2', 'b-2', 'c-2']);
    await core.update('a-2', 'TASK_FAILED');
    await allSay(core, 'TASK_KILLED', 'b-2', 'c-2');
    expect(await states(core)).toEqual(['failed', 'failed', 'failed']);
  });
});
