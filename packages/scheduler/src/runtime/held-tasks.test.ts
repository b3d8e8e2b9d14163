import { describe, expect, test } from 'vitest';
import { aTask, CoreFixture } from '../testing/core-fixture.ts';

const wide = { cpus: 8 };

describe('tasks that are held', () => {
  test('get no place, are no demand, and wish for no offers, until they are released', async () => {
    const core = await CoreFixture.connected();
    await core.tell(
      { type: 'submit', specs: [aTask('a'), aTask('b')] },
      { type: 'hold', taskIds: ['a', 'b'] },
    );
    expect(core.took('revive')).toEqual([]);
    await core.offer(wide);
    expect([core.launched(), core.explained(), core.settled]).toEqual([[], [], true]);
    await core.wait(60);
    expect(core.told('unplaced')).toEqual([]);
    await core.tell({ type: 'release', taskIds: ['b'] });
    expect(core.settled).toBe(false);
    expect(core.explained()).toHaveLength(1);
    expect(core.took('revive')).toHaveLength(1);
    await core.offer(wide);
    expect(core.launched()).toEqual(['b-1']);
    await core.tell({ type: 'release', taskIds: ['a', 'b', 'never there'] });
    await core.offer(wide, { agent: { id: 'agent-2', hostname: 'host-2', attributes: {} } });
    expect(core.launched()).toEqual(['a-1']);
  });

  test('may be named before they are there', async () => {
    const core = await CoreFixture.connected();
    await core.tell({ type: 'hold', taskIds: ['a'] });
    await core.submit(aTask('a'), aTask('b'));
    await core.offer(wide);
    expect(core.launched()).toEqual(['b-1']);
  });

  test('run on if they run, and are tried again only once they are released', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a', { retries: 3 }));
    await core.offer(wide);
    await core.tell({ type: 'hold', taskIds: ['a'] });
    expect(core.killed()).toEqual([]);
    await core.update('a-1', 'TASK_RUNNING');
    await core.update('a-1', 'TASK_FAILED');
    expect(await core.state('a')).toBe('waiting');
    await core.wait(100);
    await core.offer(wide);
    expect(core.launched()).toEqual(['a-1']);
    await core.tell({ type: 'release', taskIds: ['a'] });
    await core.offer(wide, { agent: { id: 'agent-2', hostname: 'host-2', attributes: {} } });
    expect(core.launched()).toEqual(['a-2']);
  });

  test('that wait for the time of their next try do not come to it', async () => {
    const core = await CoreFixture.connected({ retryDelay: 20 });
    await core.submit(aTask('a', { retries: 3 }));
    await core.offer(wide);
    await core.update('a-1', 'TASK_FAILED');
    await core.tell({ type: 'hold', taskIds: ['a'] });
    await core.wait(100);
    await core.offer(wide);
    expect(core.launched()).toEqual(['a-1']);
  });

  test('keep their turn', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'), aTask('b'));
    await core.tell({ type: 'hold', taskIds: ['a'] }, { type: 'release', taskIds: ['a'] });
    await core.offer({ cpus: 1 });
    expect(core.launched()).toEqual(['a-1']);
  });

  test('hold up the rest of a gang, and nobody else', async () => {
    const core = await CoreFixture.connected();
    const gang = { id: 'g', size: 2 };
    await core.submit(aTask('a', { gang }), aTask('b', { gang }), aTask('c'));
    await core.tell({ type: 'hold', taskIds: ['b'] });
    await core.offer(wide);
    expect(core.launched()).toEqual(['c-1']);
    await core.tell({ type: 'release', taskIds: ['b'] });
    await core.offer(wide, { agent: { id: 'agent-2', hostname: 'host-2', attributes: {} } });
    expect(core.launched().sort()).toEqual(['a-1', 'b-1']);
  });

  test('can be cancelled, and retried', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'), aTask('b'));
    await core.tell({ type: 'hold', taskIds: ['a', 'b'] }, { type: 'cancel', taskIds: ['a'] });
    expect(await core.state('a')).toBe('cancelled');
    await core.tell({ type: 'release', taskIds: ['a'] });
    await core.offer(wide);
    expect(core.launched()).toEqual([]);
  });
});
