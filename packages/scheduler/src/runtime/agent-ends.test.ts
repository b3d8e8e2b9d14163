import { describe, expect, test } from 'vitest';
import type { AttemptUpdate } from '../ports/driver.ts';
import { agentNamed, aTask, CoreFixture } from '../testing/core-fixture.ts';

/** The fixture's date when it begins. */
const began = 1e12;

/** A task runs on an agent that is to be gone an hour after the fixture began. */
async function running(options = {}): Promise<CoreFixture> {
  const core = await CoreFixture.connected(options);
  await core.submit(aTask('a'));
  await core.offer({}, { agent: pilot });
  await core.update('a-1', 'TASK_RUNNING');
  core.forget();
  return core;
}

const hour = 3600;
const pilot = { ...agentNamed('agent-1'), plannedEnd: began + hour * 1000 };

describe('an attempt on an agent that ends as planned', () => {
  test.each<[AttemptUpdate['state'], Partial<AttemptUpdate>]>([
    ['TASK_GONE', { reason: 'REASON_SLAVE_REMOVED' }],
    ['TASK_LOST', {}],
    ['TASK_KILLED', { reason: 'REASON_SLAVE_DRAINING' }],
    ['TASK_FAILED', { reason: 'REASON_EXECUTOR_TERMINATED' }],
    [
      'TASK_FAILED',
      { reason: 'REASON_COMMAND_EXECUTOR_FAILED', message: 'Command terminated with signal Terminated' },
    ],
  ])('is replaced at once, and no failure of its task: %s %o', async (state, more) => {
    const core = await running({ retryDelay: 60 });
    await core.wait(hour);
    await core.update('a-1', state, more);
    await core.offer({}, { agent: agentNamed('agent-2') });
    expect(core.launched()).toEqual(['a-2']);
    expect((await core.record('a')).attempts[0]?.reason).toBe('GALAXY_MESOS_AGENT_ENDED');
  });

  test('is not waited for when its agent cannot be reached any more', async () => {
    const core = await running({ unreachablePatience: 600 });
    await core.wait(hour + 30);
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.wait(1);
    await core.offer({}, { agent: agentNamed('agent-2') });
    expect(core.launched()).toEqual(['a-2']);
  });

  test('that could not be reached before is waited for until then, and no longer', async () => {
    const core = await running({ unreachablePatience: 600 });
    await core.wait(hour - 60);
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.wait(59);
    expect(await core.state('a')).toBe('active');
    await core.wait(1);
    expect(await core.state('a')).toBe('waiting');
  });

  test('is known as such by a later scheduler, which is told of all agents', async () => {
    const core = await running({ retryDelay: 60 });
    await core.restart();
    await core.connect();
    const total = { cpus: 1, mem: 1024, disk: 1024 };
    const agents = [{ ...pilot, total }];
    await core.tell({ type: 'driver', event: { type: 'agents', agents, final: false } });
    await core.wait(hour);
    await core.update('a-1', 'TASK_GONE');
    await core.offer({}, { agent: agentNamed('agent-2') });
    expect(core.launched()).toEqual(['a-2']);
  });

  test('has failed its task once that has been too long for as many agents as are tolerated', async () => {
    const core = await running({ lossesTolerated: 1 });
    await core.wait(hour);
    await core.update('a-1', 'TASK_GONE');
    const second = { ...agentNamed('agent-2'), plannedEnd: began + 2 * hour * 1000 };
    await core.offer({}, { agent: second });
    await core.update('a-2', 'TASK_RUNNING');
    await core.wait(hour);
    await core.update('a-2', 'TASK_GONE');
    expect(await core.state('a')).toBe('failed');
    expect(core.told('task').at(-1)).toMatchObject({
      message: expect.stringContaining('its agent ended as planned'),
    });
  });
});

describe('an attempt on an agent that has a planned end', () => {
  test.each<[string, number, AttemptUpdate['state'], Partial<AttemptUpdate>]>([
    ['fails by its exit code also at that end', hour, 'TASK_FAILED', { exitCode: 1 }],
    ['fails by its limits also then', hour, 'TASK_FAILED', { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' }],
    ['fails by a signal long before', 600, 'TASK_FAILED', {}],
  ])('%s', async (_, seconds, state, more) => {
    const core = await running();
    await core.wait(seconds);
    await core.update('a-1', state, more);
    expect(await core.state('a')).toBe('failed');
  });

  test('is waited for as any other when it is lost long before', async () => {
    const core = await running({ retryDelay: 60 });
    await core.wait(600);
    await core.update('a-1', 'TASK_GONE');
    await core.offer({}, { agent: agentNamed('agent-2') });
    expect(core.launched()).toEqual([]);
    await core.wait(60);
    await core.offer({}, { agent: agentNamed('agent-2') });
    expect(core.launched()).toEqual(['a-2']);
  });

  test('that is cancelled stays so', async () => {
    const core = await running();
    await core.wait(hour);
    await core.tell({ type: 'cancel', taskIds: ['a'] });
    await core.update('a-1', 'TASK_GONE');
    expect(await core.state('a')).toBe('cancelled');
  });
});
