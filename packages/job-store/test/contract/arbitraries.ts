import {
  type Attempt,
  attemptStates,
  type TaskChange,
  type TaskSpec,
  taskStates,
} from '@galaxy-mesos/scheduler';
import fc from 'fast-check';
import { attempt, spec } from './store-fixture.ts';

// Every character there is, and halves of characters, too.
const text = fc.string({ unit: 'binary' });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const texts = fc.array(text, { maxLength: 3 });
const dictionary = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(text, value, { maxKeys: 3, noNullPrototype: true });
const some = <T, K extends keyof T>(model: { [P in keyof T]: fc.Arbitrary<T[P]> }, requiredKeys: K[]) =>
  fc.record(model, { requiredKeys });

const agentConstraint = fc.oneof(
  some({ type: fc.constant('equals' as const), field: text, value: text, not: fc.boolean() }, [
    'type',
    'field',
    'value',
  ]),
  some({ type: fc.constant('in' as const), field: text, values: texts, not: fc.boolean() }, [
    'type',
    'field',
    'values',
  ]),
  some({ type: fc.constant('matches' as const), field: text, pattern: text, not: fc.boolean() }, [
    'type',
    'field',
    'pattern',
  ]),
  fc.record({ type: fc.constant('gpu-model' as const), models: texts }),
  fc.record({ type: fc.constant('unique' as const), field: text, among: text }),
  fc.record({ type: fc.constant('max-per' as const), field: text, among: text, maximum: number }),
  some(
    { type: fc.constant('group-by' as const), field: text, among: text, maximumSkew: number, groups: number },
    ['type', 'field', 'among'],
  ),
  fc.record({ type: fc.constant('near' as const), field: text, to: text }),
  fc.record({ type: fc.constant('away-from' as const), field: text, from: text }),
);
const constraint = fc.oneof(agentConstraint, fc.constant({ type: 'exclusive' as const }));

const resources = some(
  {
    cpus: number,
    mem: number,
    disk: number,
    gpus: number,
    scalars: dictionary(number),
    ports: some({ any: number, fixed: fc.array(number, { maxLength: 3 }) }, []),
    sets: dictionary(texts),
    volumes: fc.array(
      some({ persistenceId: text, containerPath: text, readOnly: fc.boolean() }, [
        'persistenceId',
        'containerPath',
      ]),
      { maxLength: 2 },
    ),
    disks: fc.array(fc.record({ size: number, containerPath: text }), { maxLength: 2 }),
    reservation: fc.oneof(fc.constant('unreserved' as const), fc.record({ labels: dictionary(text) })),
    revocable: fc.boolean(),
  },
  ['cpus', 'mem', 'disk'],
);
const union = fc.record({ id: text, size: number });

/** A member of every name of the type: one that is forgotten here does not compile. */
const specModel: { [Name in keyof Required<TaskSpec>]: fc.Arbitrary<Required<TaskSpec>[Name]> } = {
  id: fc.string({ unit: 'grapheme' }),
  name: text,
  command: text,
  environment: dictionary(text),
  resources,
  retries: number,
  maximumRunSeconds: number,
  retryRules: some(
    {
      exitCodes: fc.array(number, { maxLength: 3 }),
      outOfMemory: fc.record({ factor: number, maximum: number }),
    },
    [],
  ),
  expectedRunSeconds: number,
  role: text,
  user: text,
  queue: text,
  priority: number,
  tags: texts,
  constraints: fc.array(constraint, { maxLength: 3 }),
  preferences: fc.array(some({ constraint: agentConstraint, weight: number }, ['constraint']), {
    maxLength: 2,
  }),
  placement: text,
  gang: union,
  group: union,
  container: some(
    {
      image: text,
      type: fc.constantFrom('mesos' as const, 'docker' as const),
      volumes: fc.array(some({ path: text, readOnly: fc.boolean() }, ['path']), { maxLength: 2 }),
    },
    ['image', 'type'],
  ),
  runAs: text,
};

/** Whatever a task may be. */
export const anySpec: fc.Arbitrary<TaskSpec> = fc.record(specModel, {
  requiredKeys: ['id', 'name', 'command', 'environment', 'resources', 'retries'],
});

const details = fc.record(
  {
    startedAt: number,
    endedAt: number,
    exitCode: fc.integer({ min: 0, max: 255 }),
    sandbox: text,
    message: text,
    reason: text,
  },
  { requiredKeys: [] },
);

/** Part of a history of tasks; {@link commitsOf} makes sense of it. */
export const step = fc.record({
  kind: fc.constantFrom('added', 'attempted', 'updated', 'moved', 'removed', 'registered'),
  task: fc.nat(6),
  attempt: fc.nat(3),
  attemptState: fc.constantFrom(...attemptStates),
  state: fc.constantFrom(...taskStates),
  details,
  spec: anySpec,
  newCommit: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The changes that steps stand for, where they make sense: no task twice, nothing of a task that is not there. */
export function commitsOf(steps: readonly Step[]): TaskChange[][] {
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
    return { type: 'added', spec: spec(taskId, { ...step.spec, id: taskId }) };
  }
  if (step.kind === 'removed') {
    tasks.delete(taskId);
    return { type: 'removed', taskId };
  }
  if (step.kind === 'moved') return { type: 'moved', taskId, state: step.state };
  const known = attempts[step.attempt % Math.max(1, attempts.length)];
  if (step.kind === 'updated' && known) {
    const { id, number: which } = known;
    return {
      type: 'updated',
      attempt: { ...attempt(taskId, which, step.details), id, state: step.attemptState },
    };
  }
  const made = attempt(taskId, attempts.length + 1, step.details);
  attempts.push(made);
  return { type: 'attempted', attempt: made };
}
