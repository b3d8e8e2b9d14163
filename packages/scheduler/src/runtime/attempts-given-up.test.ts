import { describe, expect, test } from 'vitest';
import { agentNamed, aTask, CoreFixture } from '../testing/core-fixture.ts';

async function running(options = {}, spec = {}): Promise<CoreFixture> {
  const core = await CoreFixture.connected(options);
  await core.submit(aTask('a', spec));
  await core.offer();
  await core.update('a-1', 'TASK_RUNNING');
  core.forget();
  return core;
}

describe('a task that is cancelled', () => {
  test('has its attempt killed again and again until its end is heard of', async () => {
    const core = await running({ killRepeat: 15 });
    await core.tell({ type: 'cancel', taskIds: ['a'] });
    expect(core.killed()).toEqual(['a-1']);
    await core.wait(14);
    expect(core.killed()).toEqual([]);
    await core.wait(16);
    expect(core.killed()).toEqual(['a-1', 'a-1']);
    await core.update('a-1', 'TASK_KILLED');
    await core.wait(100);
    expect(core.killed()).toEqual([]);
  });

  test('while nobody can be told has its attempt killed on the next connection', async () => {
    const core = await running();
    await core.disconnect();
    await core.tell({ type: 'cancel', taskIds: ['a'] });
    core.forget();
    await core.connect();
    expect(core.killed()).toEqual(['a-1']);
  });
});

describe('an attempt that does not end though it is killed', () => {
  test('is given up in the end and killed on; what wanted its end goes on, at no cost', async () => {
    const core = await running({ killTimeout: 600, killRepeat: 15, lossesTolerated: 0 });
    await core.tell({ type: 'halt', kill: true });
    await core.update('a-1', 'TASK_KILLING');
    await core.wait(599);
    expect(core.settled).toBe(false);
    await core.wait(1);
    expect([core.settled, await core.state('a')]).toEqual([true, 'waiting']);
    expect((await core.record('a')).attempts[0]?.reason).toBe('GALAXY_MESOS_HALTED');
    core.forget();
    await core.wait(15);
    expect(core.killed()).toEqual(['a-1']);
    await core.restart();
    await core.connect();
    await core.offer();
    expect(core.launched()).toEqual(['a-2']);
  });

  test('has failed if it was ended because it ran for too long', async () => {
    const core = await running({ killTimeout: 600 }, { maximumRunSeconds: 10 });
    await core.wait(10 + 30 + 600);
    expect(await core.state('a')).toBe('failed');
  });

  test('of a halted scheduler costs nothing where its agent cannot be reached', async () => {
    const core = await running({ lossesTolerated: 0 });
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.tell({ type: 'halt', kill: true });
    expect(await core.state('a')).toBe('waiting');
  });
});

describe('deadlines of attempts', () => {
  test('count only while there is a connection that could tell', async () => {
    const core = await running({ unreachablePatience: 120, launchTimeout: 900 });
    await core.submit(aTask('b'));
    await core.offer();
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.wait(60);
    await core.disconnect();
    await core.wait(2000);
    await core.connect();
    await core.wait(119);
    expect([await core.state('a'), await core.state('b')]).toEqual(['active', 'active']);
    await core.wait(1);
    expect(await core.state('a')).toBe('waiting');
  });

  test('hold for one that could not be reached when the scheduler before died, though the cluster is silent', async () => {
    const core = await running({ unreachablePatience: 120 });
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.restart();
    await core.connect();
    await core.wait(120);
    expect(await core.state('a')).toBe('waiting');
  });

  test('of the launch do not hold for one that has run, whatever is said of it later', async () => {
    const core = await running({ launchTimeout: 900 });
    await core.update('a-1', 'TASK_STAGING');
    await core.wait(1000);
    expect(await core.state('a')).toBe('active');
    await core.restart();
    await core.connect();
    await core.wait(1000);
    expect(await core.state('a')).toBe('active');
  });
});

describe('asking the cluster', () => {
  test('for all attempts leaves launches the time to arrive', async () => {
    const core = await running({ reconcileInterval: 900, launchSilence: 60 });
    await core.wait(898);
    await core.submit(aTask('b'));
    await core.offer();
    core.forget();
    await core.wait(2);
    expect(core.askedFor()).toEqual(['a-1']);
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(57);
    expect(core.askedFor()).toEqual([]);
    await core.wait(1);
    expect(core.askedFor()).toEqual(['b-1']);
  });

  test('for what an agent runs that is lost leaves the others in peace', async () => {
    const core = await running();
    await core.submit(aTask('b'));
    await core.offer({}, { agent: agentNamed('agent-2') });
    await core.update('b-1', 'TASK_RUNNING');
    core.forget();
    await core.tell({ type: 'driver', event: { type: 'agent-lost', agentId: 'agent-2' } });
    expect(core.askedFor()).toEqual(['b-1']);
  });

  test('for what nobody knows of is not put off for ever by an agent that keeps silent', async () => {
    const core = await running();
    await core.disconnect();
    await core.connect();
    await core.wait(290);
    const implicit = () => core.took('reconcile').filter(({ attempts }) => attempts.length === 0);
    expect(implicit()).toEqual([]);
    await core.wait(30);
    expect(implicit()).toHaveLength(1);
  });

  test('for what nobody knows of is repeated when the question did not get through', async () => {
    const core = await running({ callRepeat: 5 });
    const effect = { type: 'reconcile', attempts: [] } as const;
    await core.tell({ type: 'call-failed', effect });
    await core.wait(5);
    expect(core.took('reconcile')).toEqual([effect]);
  });
});

test('an attempt that was given up and has ended is not asked for any more', async () => {
  const core = await running();
  await core.tell({ type: 'cancel', taskIds: ['a'] });
  await core.update('a-1', 'TASK_KILLED');
  core.forget();
  await core.disconnect();
  await core.connect();
  expect(core.askedFor()).toEqual([]);
});

describe('an attempt that was thought to be gone', () => {
  test('is killed when it comes back, and is not taken for one that nobody launched', async () => {
    const core = await running({ unknownAttempts: 'leave' });
    await core.update('a-1', 'TASK_GONE');
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['a-1']);
    expect(core.told('unknown-attempt')).toEqual([]);
  });

  test('is so also when its task is through, and has a dash in its name', async () => {
    const core = await CoreFixture.connected({ unknownAttempts: 'leave' });
    await core.submit(aTask('job-7'));
    await core.offer();
    await core.update('job-7-1', 'TASK_FINISHED');
    await core.update('job-7-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['job-7-1']);
    await core.update('job-7-2', 'TASK_RUNNING');
    await core.update('job-8', 'TASK_RUNNING');
    expect(core.told('unknown-attempt').map(({ attemptId }) => attemptId)).toEqual(['job-7-2', 'job-8']);
  });
});
