import { describe, expect, test } from 'vitest';
import { CommitQueue } from './commit-queue.ts';
import { StoreError, type StoreErrorCode } from './errors.ts';
import type { StoreChange } from './writes.ts';

const change = (taskId: string): StoreChange => ({
  type: 'task',
  cluster: 'c',
  change: { type: 'moved', taskId, state: 'active' },
});
const idOf = (one: StoreChange): string =>
  one.type === 'task' && 'taskId' in one.change ? one.change.taskId : one.type;

/** A queue whose writes are noted, and refused if one of the changes is of a task with a name of an error. */
function queueWithLog() {
  const log: string[] = [];
  const queue = new CommitQueue(async (changes) => {
    const ids = changes.map(idOf);
    log.push(ids.join(' '));
    const code = ids.find((id) => id === id.toUpperCase());
    if (code) throw new StoreError(code as StoreErrorCode, 'store', 'refused');
  });
  return { log, queue };
}

describe('CommitQueue', () => {
  test('writes commits of one turn together, and those that come meanwhile after that', async () => {
    const { log, queue } = queueWithLog();
    const first = queue.commit([change('a'), change('b')]).then(() => queue.commit([change('d')]));
    await Promise.all([first, queue.commit([change('c')])]);
    expect(log).toEqual(['a b c', 'd']);
  });

  test('does other work by itself, in its turn', async () => {
    const { log, queue } = queueWithLog();
    const done = await Promise.all([
      queue.commit([change('a')]),
      queue.run(async () => log.push('work')),
      queue.commit([change('b')]),
      queue.commit([change('c')]),
    ]);
    expect(log).toEqual(['a', 'work', 'b c']);
    expect(done[1]).toBe(2);
  });

  test('refuses only the commit that is at fault', async () => {
    const { log, queue } = queueWithLog();
    const results = await Promise.allSettled(['a', 'FAILED', 'b'].map((id) => queue.commit([change(id)])));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log).toEqual(['a FAILED b', 'a', 'FAILED', 'b']);
  });

  test('refuses all if none is at fault, and goes on', async () => {
    const { log, queue } = queueWithLog();
    const results = await Promise.allSettled(['a', 'FULL', 'b'].map((id) => queue.commit([change(id)])));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await queue.commit([change('c')]);
    expect(log).toEqual(['a FULL b', 'c']);
  });

  test('puts no more together than can be written in a moment', async () => {
    const { log, queue } = queueWithLog();
    const many = (name: string) => queue.commit(Array.from({ length: 3000 }, () => change(name)));
    await Promise.all([many('a'), many('b'), queue.commit([change('c')])]);
    expect(log.map((line) => [...new Set(line.split(' '))].join(' '))).toEqual(['a', 'b c']);
  });
});
