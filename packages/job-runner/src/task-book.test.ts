import type { Attempt, TaskSpec } from '@galaxy-mesos/scheduler';
import { describe, expect, test } from 'vitest';
import { TaskBook } from './task-book.ts';

const spec = (id: string): TaskSpec => ({
  id,
  name: id,
  command: 'true',
  environment: {},
  resources: { cpus: 1, mem: 1, disk: 0 },
  retries: 0,
});

const attempt = (taskId: string, number: number, state: Attempt['state']): Attempt => ({
  id: `${taskId}-${number}`,
  taskId,
  number,
  state,
  agentId: 'agent-1',
  hostname: 'host-1',
  launchedAt: 1,
});

describe('the book of tasks', () => {
  test('counts tasks by state, in their order', () => {
    const book = new TaskBook();
    book.restore({ spec: spec('b'), state: 'failed', attempts: [] });
    book.add([spec('a'), spec('c')]);
    book.moved('c', 'active', attempt('c', 1, 'TASK_STAGING'));
    expect([...book.ids]).toEqual(['b', 'a', 'c']);
    expect(book.counts).toEqual({ total: 3, waiting: 1, active: 1, finished: 0, failed: 1, cancelled: 0 });
    expect(book.idsIn('failed')).toEqual(['b']);
  });

  test('has each attempt once, as it is now', () => {
    const book = new TaskBook();
    book.add([spec('a')]);
    book.moved('a', 'active', attempt('a', 1, 'TASK_STAGING'));
    book.attempted(attempt('a', 1, 'TASK_LOST'));
    book.moved('a', 'active', attempt('a', 2, 'TASK_STAGING'));
    book.attempted(attempt('a', 2, 'TASK_FINISHED'));
    expect(book.get('a')?.attempts.map(({ state }) => state)).toEqual(['TASK_LOST', 'TASK_FINISHED']);
    expect(book.winner('a').id).toBe('a-2');
  });

  test('takes back what was never stored, and passes over what it does not know', () => {
    const book = new TaskBook();
    book.add([spec('a')]);
    book.takeBack([spec('a'), spec('b')]);
    book.moved('a', 'finished');
    book.attempted(attempt('a', 1, 'TASK_FINISHED'));
    expect(book.counts.total).toBe(0);
    expect(() => book.winner('a')).toThrow('none of its attempts');
  });

  test('tells when a task has ended, also one that is not there yet', async () => {
    const book = new TaskBook();
    const { signal } = new AbortController();
    const ended = Promise.all([book.ended('a', signal), book.ended('b', signal)]);
    book.add([spec('a'), spec('b')]);
    book.moved('a', 'active', attempt('a', 1, 'TASK_RUNNING'));
    book.moved('b', 'failed');
    book.moved('a', 'finished', attempt('a', 1, 'TASK_FINISHED'));
    expect((await ended).map(({ state }) => state)).toEqual(['finished', 'failed']);
    expect(await book.ended('a', signal)).toMatchObject({ state: 'finished' });
  });

  test('lets nobody wait who is not to wait any more', async () => {
    const stop = new AbortController();
    const ended = new TaskBook().ended('a', stop.signal);
    stop.abort(new Error('enough'));
    await expect(ended).rejects.toThrow('enough');
  });
});
