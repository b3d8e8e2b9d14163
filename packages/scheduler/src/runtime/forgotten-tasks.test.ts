import { describe, expect, test } from 'vitest';
import { aTask, CoreFixture } from '../testing/core-fixture.ts';

const forget = (...taskIds: string[]) => ({ type: 'forget', taskIds }) as const;

describe('tasks that are forgotten', () => {
  test('vanish from the store, whatever they ended as, and their ids may be used again', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'), aTask('b'), aTask('c'), aTask('d'));
    await core.offer({ cpus: 2 });
    await core.update('a-1', 'TASK_FINISHED');
    await core.update('b-1', 'TASK_FAILED');
    await core.tell({ type: 'cancel', taskIds: ['c'] });
    const { changes, refusals } = await core.tell(forget('a', 'b', 'c', 'a', 'never there'));
    expect(refusals.size).toBe(0);
    expect(changes.map((change) => 'taskId' in change && change.taskId)).toEqual(['a', 'b', 'c']);
    expect((await core.store.load()).map(({ spec }) => spec.id)).toEqual(['d']);
    await core.submit(aTask('b'));
    expect(await core.state('b')).toBe('waiting');
  });

  test('are all refused if one has not ended', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'), aTask('b'));
    await core.offer({ cpus: 1 });
    await core.update('a-1', 'TASK_FINISHED');
    const request = forget('a', 'b');
    const { changes, refusals } = await core.tell(request);
    expect(refusals.get(request)?.message).toMatch(/^\[NOT_ENDED\] the task b has not ended/);
    expect(changes).toEqual([]);
    expect(await core.store.load()).toHaveLength(2);
  });

  test('are ended again if an attempt at them comes back', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'));
    await core.offer();
    await core.tell({ type: 'cancel', taskIds: ['a'] }, forget('a'));
    expect(core.killed()).toEqual(['a-1']);
    await core.restart();
    await core.connect();
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['a-1']);
    expect(core.told('unknown-attempt')).toMatchObject([{ attemptId: 'a-1', action: 'kill' }]);
  });

  test('are asked for no more where no agent tells of them', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'), aTask('b'));
    await core.offer({ cpus: 2 });
    await core.tell({ type: 'cancel', taskIds: ['a', 'b'] });
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.tell(forget('a', 'b'));
    await core.update('b-1', 'TASK_UNREACHABLE');
    core.forget();
    await core.disconnect();
    await core.connect();
    await core.wait(3600);
    expect(core.killed()).toEqual([]);
    expect(core.askedFor()).toEqual([]);
  });

  test('leave those alone that come after them under their ids', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'));
    await core.offer();
    await core.tell({ type: 'cancel', taskIds: ['a'] }, forget('a'));
    await core.submit(aTask('a'));
    await core.offer();
    expect(core.launched()).toEqual(['a-1', 'a-1']);
    core.killed();
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(3600);
    expect(core.killed()).toEqual([]);
    expect(await core.state('a')).toBe('active');
  });

  test('of a gang leave nothing of it', async () => {
    const core = await CoreFixture.connected();
    const gang = { id: 'g', size: 2 };
    const twice = [aTask('a', { gang }), aTask('b', { gang })];
    for (let time = 0; time < 2; time++) {
      await core.submit(...twice);
      await core.offer({ cpus: 2 });
      expect(core.launched()).toHaveLength(2);
      await core.update('a-1', 'TASK_FAILED');
      await core.update('b-1', 'TASK_KILLED');
      expect(await core.state('a')).toBe('failed');
      const { refusals } = await core.tell(forget('a', 'b'));
      expect(refusals.size).toBe(0);
    }
    expect(await core.store.load()).toEqual([]);
  });
});
