import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type Attempt,
  attemptStates,
  type TaskChange,
  type TaskSpec,
  taskStates,
} from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqliteJobStore } from './job-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'job-store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const spec = (id: string, changes: Partial<TaskSpec> = {}): TaskSpec => ({
  id,
  name: id,
  command: 'true',
  environment: {},
  resources: { cpus: 1, mem: 64, disk: 0 },
  retries: 0,
  ...changes,
});

const attempt = (taskId: string, number: number, changes: Partial<Attempt> = {}): Attempt => ({
  id: `${taskId}-${number}`,
  taskId,
  number,
  state: 'TASK_STAGING',
  agentId: 'agent-1',
  hostname: 'host-1',
  launchedAt: 1_700_000_000_000,
  ...changes,
});

// SQLite ends a text at NUL in places, and no command, name or message has one.
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const date = fc.double({ min: 0, max: 1e13, noNaN: true }).map((value) => value + 0);
const details = fc.record(
  {
    startedAt: date,
    endedAt: date,
    exitCode: fc.integer({ min: 0, max: 255 }),
    sandbox: text,
    message: text,
    reason: text,
  },
  { requiredKeys: [] },
);
const specDetails = fc.record({
  name: text,
  command: text,
  environment: fc.dictionary(fc.string({ minLength: 1 }), text, { noNullPrototype: true }),
});
const step = fc.record({
  kind: fc.constantFrom('added', 'attempted', 'updated', 'moved', 'registered'),
  task: fc.nat(6),
  attempt: fc.nat(3),
  attemptState: fc.constantFrom(...attemptStates),
  state: fc.constantFrom(...taskStates),
  details,
  specDetails,
  newCommit: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The changes that steps stand for, where they make sense: no task twice, nothing of a task that is not there. */
function changesOf(steps: readonly Step[]): TaskChange[][] {
  const tasks = new Map<string, Attempt[]>();
  const commits: TaskChange[][] = [[]];
  for (const { kind, task, newCommit, ...rest } of steps) {
    if (newCommit) commits.push([]);
    const change = changeOf(tasks, `task-${task}`, { kind, ...rest });
    if (change) commits.at(-1)?.push(change);
  }
  return commits;
}

function changeOf(
  tasks: Map<string, Attempt[]>,
  taskId: string,
  step: Omit<Step, 'task' | 'newCommit'>,
): TaskChange | undefined {
  const attempts = tasks.get(taskId);
  if (step.kind === 'registered') return { type: 'registered', frameworkId: `framework-${step.attempt}` };
  if (!attempts) {
    tasks.set(taskId, []);
    return { type: 'added', spec: spec(taskId, step.specDetails) };
  }
  if (step.kind === 'moved') return { type: 'moved', taskId, state: step.state };
  const known = attempts[step.attempt % Math.max(1, attempts.length)];
  if (step.kind === 'updated' && known) {
    const { id, number } = known;
    return {
      type: 'updated',
      attempt: { ...attempt(taskId, number, step.details), id, state: step.attemptState },
    };
  }
  const made = attempt(taskId, attempts.length + 1, step.details);
  attempts.push(made);
  return { type: 'attempted', attempt: made };
}

describe('SqliteJobStore as the store of tasks', () => {
  test('holds after reopening what a store in memory holds, whatever was committed', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const file = path.join(directory, `run-${run++}.sqlite`);
        const memory = new MemoryTaskStore();
        const sqlite = new SqliteJobStore(file);
        const tasks = sqlite.taskStore('cluster');
        for (const changes of changesOf(steps)) {
          await memory.commit(changes);
          await tasks.commit(changes);
        }
        expect(await tasks.load()).toEqual(await memory.load());
        sqlite.close();
        const reopened = new SqliteJobStore(file);
        expect(await reopened.taskStore('cluster').load()).toEqual(await memory.load());
        expect(reopened.frameworkId('cluster')).toBe(memory.frameworkId);
        reopened.close();
      }),
      { numRuns: 40 },
    );
  });

  test('writes all changes of a commit or none', async () => {
    const store = new SqliteJobStore(path.join(directory, 's.sqlite'));
    const tasks = store.taskStore('cluster');
    await tasks.commit([{ type: 'added', spec: spec('a') }]);
    const twice = tasks.commit([
      { type: 'added', spec: spec('b') },
      { type: 'added', spec: spec('a') },
    ]);
    await expect(twice).rejects.toMatchObject({ name: 'StoreError', code: 'FAILED' });
    expect((await tasks.load()).map((task) => task.spec.id)).toEqual(['a']);
    await tasks.commit([{ type: 'added', spec: spec('c') }]);
    expect((await tasks.load()).map((task) => task.spec.id)).toEqual(['a', 'c']);
    store.close();
  });

  test.each<[string, TaskChange]>([
    ['the task a', { type: 'moved', taskId: 'a', state: 'active' }],
    ['the attempt a-1', { type: 'updated', attempt: attempt('a', 1) }],
  ])('refuses a change of %s, which is not there', async (what, change) => {
    const store = new SqliteJobStore(path.join(directory, 's.sqlite'));
    await expect(store.taskStore('cluster').commit([change])).rejects.toThrow(`${what} is not there`);
    store.close();
  });

  test('keeps one framework for each cluster, until it is forgotten', async () => {
    const store = new SqliteJobStore(path.join(directory, 's.sqlite'));
    await store.taskStore('one').commit([{ type: 'registered', frameworkId: 'f1' }]);
    await store.taskStore('two').commit([{ type: 'registered', frameworkId: 'f2' }]);
    await store.taskStore('one').commit([{ type: 'registered', frameworkId: 'f3' }]);
    expect([store.frameworkId('one'), store.frameworkId('two'), store.frameworkId('three')]).toEqual([
      'f3',
      'f2',
      undefined,
    ]);
    store.forgetFramework('one');
    expect([store.frameworkId('one'), store.frameworkId('two')]).toEqual([undefined, 'f2']);
    store.close();
  });

  test('a store that was closed takes nothing any more', async () => {
    const store = new SqliteJobStore(path.join(directory, 's.sqlite'));
    const tasks = store.taskStore('cluster');
    store.close();
    store.close();
    await expect(tasks.commit([{ type: 'added', spec: spec('a') }])).rejects.toMatchObject({
      name: 'StoreError',
    });
    await expect(tasks.load()).rejects.toMatchObject({ name: 'StoreError' });
  });
});
