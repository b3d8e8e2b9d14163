import { describe, expect, test } from 'vitest';
import { aTask, CoreFixture } from '../testing/core-fixture.ts';

async function running(count = 1, options = {}): Promise<CoreFixture> {
  const core = await CoreFixture.connected(options);
  const ids = ['a', 'b', 'c'].slice(0, count);
  await core.submit(...ids.map((id) => aTask(id)));
  await core.offer({ cpus: count });
  for (const id of ids) await core.update(`${id}-1`, 'TASK_RUNNING');
  core.forget();
  return core;
}

/** A core whose attempt a-1 could not be reached for too long, so that a-2 was launched. */
async function replaced(): Promise<CoreFixture> {
  const core = await running();
  await core.update('a-1', 'TASK_UNREACHABLE');
  await core.wait(121);
  await core.offer();
  expect(core.launched()).toEqual(['a-2']);
  core.forget();
  return core;
}

describe('attempts of which nothing is heard', () => {
  test('a launch without news is asked for, on the same connection, again and again', async () => {
    const core = await CoreFixture.connected({ launchSilence: 60 });
    await core.submit(aTask('a'));
    await core.offer();
    core.forget();
    await core.wait(59);
    expect(core.askedFor()).toEqual([]);
    await core.wait(1);
    expect(core.askedFor()).toEqual(['a-1']);
    await core.wait(5);
    expect(core.askedFor()).toEqual(['a-1']);
    await core.update('a-1', 'TASK_UNKNOWN');
    await core.wait(1);
    await core.offer();
    expect(core.launched()).toEqual(['a-2']);
  });

  test('a connection that is made again asks for everything that is out, until each is heard of', async () => {
    const core = await running(2);
    await core.disconnect();
    await core.wait(1000);
    expect(core.askedFor()).toEqual([]);
    await core.connect();
    expect(core.askedFor()).toEqual(['a-1', 'b-1']);
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(5);
    expect(core.askedFor()).toEqual(['b-1']);
  });

  test('all are asked for from time to time', async () => {
    const core = await running(2, { reconcileInterval: 900 });
    await core.wait(899);
    expect(core.askedFor()).toEqual([]);
    await core.wait(1);
    expect(core.askedFor()).toEqual(['a-1', 'b-1']);
  });

  test('a hundred thousand are asked for in batches while offers are still answered', {
    timeout: 60_000,
  }, async () => {
    const core = await CoreFixture.connected();
    const count = 100_000;
    await core.submit(...Array.from({ length: count }, (_, index) => aTask(`t${index}`)));
    await core.offer({ cpus: count, mem: count * 64 });
    core.forget();
    await core.disconnect();
    await core.connect();
    const [first] = core.took('reconcile');
    expect(first?.attempts).toHaveLength(1000);
    await core.offer();
    expect(core.took('decline')).toHaveLength(1);
    await core.wait(0.2);
    expect(core.took('reconcile').map(({ attempts }) => attempts.length)).toEqual([1000, 1000]);
  });
});

describe('attempts that no task waits for any more', () => {
  test('one that comes back is killed, and its replacement goes on', async () => {
    const core = await replaced();
    await core.update('a-1', 'TASK_RUNNING', { acknowledgement: 'uuid' });
    expect(core.killed()).toEqual(['a-1']);
    expect(core.took('acknowledge')).toHaveLength(1);
    await core.update('a-2', 'TASK_FINISHED');
    expect(await core.state('a')).toBe('finished');
  });

  test('the kill is repeated until the end is heard of', async () => {
    const core = await replaced();
    await core.update('a-1', 'TASK_RUNNING');
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['a-1']);
    await core.wait(15);
    expect(core.killed()).toEqual(['a-1']);
    await core.disconnect();
    await core.connect();
    expect(core.killed()).toEqual(['a-1']);
    await core.update('a-1', 'TASK_KILLED');
    await core.wait(100);
    expect(core.killed()).toEqual([]);
  });

  test('one that cannot be reached again is not killed over and over', async () => {
    const core = await replaced();
    await core.update('a-1', 'TASK_RUNNING');
    await core.update('a-1', 'TASK_UNREACHABLE');
    core.forget();
    await core.wait(100);
    expect(core.killed()).toEqual([]);
  });

  test('is asked for after a restart, because nobody tells of its return otherwise', async () => {
    const core = await replaced();
    await core.restart();
    await core.connect();
    expect(core.askedFor()).toEqual(['a-2', 'a-1']);
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['a-1']);
  });

  test('the result of one that was replaced does not count', async () => {
    const core = await replaced();
    await core.update('a-1', 'TASK_FINISHED');
    expect(await core.state('a')).toBe('active');
    expect((await core.record('a')).attempts.map(({ state }) => state)).toEqual([
      'TASK_UNREACHABLE',
      'TASK_STAGING',
    ]);
  });

  test('one that nobody knows is killed', async () => {
    const core = await CoreFixture.connected();
    await core.update('stranger', 'TASK_RUNNING', { agentId: 'agent-9' });
    expect(core.took('kill')).toEqual([
      { type: 'kill', attempt: { attemptId: 'stranger', agentId: 'agent-9' }, graceSeconds: 3 },
    ]);
  });
});

describe('halting', () => {
  test('without kill launches nothing more, lets run what runs, and keeps what would be tried again', async () => {
    const core = await running(1);
    await core.submit(aTask('waits'), aTask('b', { retries: 1 }));
    await core.tell({ type: 'halt', kill: false });
    await core.wait(1);
    expect(core.took('suppress')).toHaveLength(1);
    await core.offer({ cpus: 9 });
    expect([core.launched(), core.killed()]).toEqual([[], []]);
    expect(core.settled).toBe(false);
    await core.update('a-1', 'TASK_LOST');
    expect(core.settled).toBe(true);
    expect([await core.state('a'), await core.state('waits')]).toEqual(['waiting', 'waiting']);
  });

  test('with kill ends what runs; a later scheduler begins it anew, at no cost', async () => {
    const core = await running(2);
    await core.tell({ type: 'halt', kill: true });
    expect(core.killed()).toEqual(['a-1', 'b-1']);
    await core.update('a-1', 'TASK_KILLED');
    await core.update('b-1', 'TASK_FAILED', { exitCode: 143 });
    expect(core.settled).toBe(true);
    await core.restart();
    await core.connect();
    await core.offer({ cpus: 2 });
    expect(core.launched()).toEqual(['a-2', 'b-2']);
  });

  test('takes the result of an attempt that finished before it was killed', async () => {
    const core = await running(1);
    await core.tell({ type: 'halt', kill: true });
    await core.update('a-1', 'TASK_FINISHED');
    expect(await core.state('a')).toBe('finished');
  });

  test('repeats a kill whose end is not heard of, also on a new connection', async () => {
    const core = await running(1, { killRepeat: 15 });
    await core.tell({ type: 'halt', kill: true });
    core.forget();
    await core.wait(14);
    expect(core.killed()).toEqual([]);
    await core.wait(1);
    expect(core.killed()).toEqual(['a-1']);
    await core.disconnect();
    await core.connect();
    expect(core.killed()).toEqual(['a-1']);
  });

  test('does not wait for an agent that cannot be reached', async () => {
    const core = await running(2);
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.tell({ type: 'halt', kill: true });
    expect(await core.state('a')).toBe('waiting');
    await core.update('b-1', 'TASK_UNREACHABLE');
    expect(core.settled).toBe(true);
  });

  test('takes tasks that are submitted later, for a later scheduler', async () => {
    const core = await CoreFixture.connected();
    await core.tell({ type: 'halt', kill: true });
    await core.submit(aTask('a'));
    expect([core.settled, await core.state('a')]).toEqual([true, 'waiting']);
  });
});
