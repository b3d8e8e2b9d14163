import { describe, expect, test } from 'vitest';
import type { TaskSpec } from '../model/task.ts';
import { aTask } from '../testing/core-fixture.ts';
import { validateTask } from './validate-task.ts';

const placements = new Set(['spread', 'best-fit']);
const resources = { cpus: 1, mem: 64, disk: 0 };

const wrong: readonly (readonly [string, Partial<TaskSpec>, string])[] = [
  ['an empty id', { id: '' }, 'id: expected 1 to 240 bytes'],
  ['an id with a slash', { id: 'a/b' }, 'id: expected'],
  ['an id that is too long in bytes', { id: 'é'.repeat(121) }, 'id: expected'],
  [
    'a negative amount',
    { resources: { ...resources, cpus: -1 } },
    'resources.cpus: expected a number that is not',
  ],
  ['no number', { resources: { ...resources, mem: Number.NaN } }, 'resources.mem: expected a number'],
  [
    'part of a GPU',
    { resources: { ...resources, gpus: 0.5 } },
    'resources.gpus: expected a whole number, got 0.5',
  ],
  [
    'a port that there is not',
    { resources: { ...resources, ports: { fixed: [70000] } } },
    'resources.ports.fixed',
  ],
  [
    'a placement that there is not',
    { placement: 'tidy' },
    'placement: expected one of spread, best-fit, got "tidy"',
  ],
  ['a negative number of retries', { retries: -1 }, 'retries: expected a whole number of at least 0, got -1'],
  ['a run of no time', { expectedRunSeconds: 0 }, 'expectedRunSeconds: expected a number of seconds above 0'],
  ['an endless priority', { priority: Number.POSITIVE_INFINITY }, 'priority: expected a number'],
  ['an exit code that there is not', { retryRules: { exitCodes: [256] } }, 'retryRules.exitCodes'],
  [
    'memory that does not grow',
    { retryRules: { outOfMemory: { factor: 1, maximum: 9 } } },
    'outOfMemory.factor',
  ],
  [
    'a gang of nobody',
    { gang: { id: 'g', size: 0 } },
    'gang.size: expected a whole number of at least 1, got 0',
  ],
  ['a group in a gang', { gang: { id: 'g', size: 2 }, group: { id: 'h', size: 2 } }, 'gang: expected none'],
  ['a user who would be an option', { runAs: '-r' }, 'runAs: expected the name of a user, got "-r"'],
  ['an image without a name', { container: { image: '', type: 'mesos' } }, 'container.image: expected'],
  [
    'a volume that lies somewhere',
    { container: { image: 'i', type: 'mesos', volumes: [{ path: 'data' }] } },
    'container.volumes: expected absolute paths',
  ],
  [
    'a container of Docker in a group',
    { container: { image: 'i', type: 'docker' }, group: { id: 'g', size: 2 } },
    'container.type: expected mesos for a task of a group',
  ],
  [
    'a pattern that is none',
    { constraints: [{ type: 'matches', field: 'rack', pattern: '(' }] },
    'constraints[0].pattern: expected a regular expression',
  ],
];

describe('validateTask', () => {
  test.each(wrong)('refuses %s, and names the task and the field', (_what, change, words) => {
    const task = aTask('t', change);
    let message = '';
    try {
      validateTask(task, placements);
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toContain(`[INVALID_TASK] task ${task.id}: `);
    expect(message).toContain(words);
  });

  test('takes whatever makes sense', () => {
    const rich = aTask('rich', {
      resources: { ...resources, gpus: 2, ports: { any: 2, fixed: [80] }, scalars: { licences: 0.5 } },
      retryRules: { exitCodes: [75], outOfMemory: { factor: 1.5, maximum: 4096 } },
      gang: { id: 'g', size: 4 },
      constraints: [{ type: 'unique', field: '@hostname', among: 'job' }],
      priority: -3,
    });
    expect(() => validateTask(rich, placements)).not.toThrow();
    expect(() => validateTask(aTask('plain'), placements)).not.toThrow();
  });
});
