import { validateConstraints } from '../constraints/index.ts';
import type { TaskResources } from '../model/amounts.ts';
import { SchedulerError } from '../model/errors.ts';
import { resourceNames } from '../model/resources.ts';
import type { RetryRules, TaskSpec, TaskUnion } from '../model/task.ts';

// Mesos takes task ids of 255 bytes; an attempt's id is the task's with its number behind it.
const longestTaskId = 240;
const lastPort = 65_535;

type Check = (isRight: boolean, field: string, expected: string, found: unknown) => void;

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what Mesos refuses in an id.
const notInIds = /[\u0000-\u001f\u007f/\\]/;

// What useradd takes, and names with a domain; a leading - would be an option to whatever gets it.
const userName = /^[A-Za-z0-9_.][A-Za-z0-9_.@\\-]{0,254}\$?$/;
const isAbsolutePath = (path: unknown): boolean =>
  typeof path === 'string' && path.startsWith('/') && !path.includes('\0');

const isAmount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isWhole = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= least;
const isDuration = (value: unknown): boolean => isAmount(value) && value !== 0;

/**
 * Looks whether a task can be understood at all; whether any agent could run it is another question. `placements` are
 * the names of the placement policies that there are.
 * @throws SchedulerError INVALID_TASK, with the task, the field and what was expected of it
 */
export function validateTask(spec: TaskSpec, placements: ReadonlySet<string>): void {
  const check: Check = (isRight, field, expected, found) => {
    if (isRight) return;
    const words = found === undefined ? 'nothing' : JSON.stringify(found);
    throw new SchedulerError('INVALID_TASK', `task ${spec.id}: ${field}: expected ${expected}, got ${words}`);
  };
  checkId(check, spec.id);
  checkResources(check, spec.resources);
  check(isWhole(spec.retries, 0), 'retries', 'a whole number of at least 0', spec.retries);
  const { priority, maximumRunSeconds, expectedRunSeconds, placement } = spec;
  if (placement !== undefined) {
    check(placements.has(placement), 'placement', `one of ${[...placements].join(', ')}`, placement);
  }
  if (priority !== undefined) check(Number.isFinite(priority), 'priority', 'a number', priority);
  for (const [field, value] of Object.entries({ maximumRunSeconds, expectedRunSeconds })) {
    if (value !== undefined) check(isDuration(value), field, 'a number of seconds above 0', value);
  }
  checkRetryRules(check, spec.retryRules);
  checkUnion(check, 'gang', spec.gang);
  checkUnion(check, 'group', spec.group);
  checkExecution(check, spec);
  check(!(spec.gang && spec.group), 'gang', 'none for a task of a group', spec.gang);
  if (spec.constraints || spec.preferences || spec.tags) checkConstraints(spec);
}

function checkId(check: Check, id: unknown): void {
  const isGood =
    typeof id === 'string' &&
    id !== '' &&
    id !== '.' &&
    id !== '..' &&
    Buffer.byteLength(id) <= longestTaskId &&
    !notInIds.test(id);
  check(isGood, 'id', `1 to ${longestTaskId} bytes without /, \\ and control characters`, id);
}

function checkResources(check: Check, resources: TaskResources): void {
  const amount = 'a number that is not negative';
  for (const name of resourceNames) {
    check(isAmount(resources[name]), `resources.${name}`, amount, resources[name]);
  }
  const { gpus, scalars, ports, disks } = resources;
  if (gpus !== undefined) check(isWhole(gpus, 0), 'resources.gpus', 'a whole number', gpus);
  for (const [name, value] of Object.entries(scalars ?? {})) {
    check(isAmount(value), `resources.scalars.${name}`, amount, value);
  }
  if (ports?.any !== undefined)
    check(isWhole(ports.any, 0), 'resources.ports.any', 'a whole number', ports.any);
  for (const port of ports?.fixed ?? []) {
    check(isWhole(port, 0) && port <= lastPort, 'resources.ports.fixed', `ports up to ${lastPort}`, port);
  }
  for (const { size } of disks ?? []) check(isAmount(size), 'resources.disks', amount, size);
}

function checkExecution(check: Check, { container, runAs, group }: TaskSpec): void {
  if (runAs !== undefined) check(userName.test(runAs), 'runAs', 'the name of a user', runAs);
  if (!container) return;
  const { image, type, volumes = [] } = container;
  const isNamed = typeof image === 'string' && image.trim() === image && image !== '';
  check(isNamed, 'container.image', 'the name of an image', image);
  check(type === 'mesos' || type === 'docker', 'container.type', 'mesos or docker', type);
  for (const { path } of volumes) check(isAbsolutePath(path), 'container.volumes', 'absolute paths', path);
  // Its tasks share one executor, which Mesos's own containerizer alone can run.
  check(!group || type === 'mesos', 'container.type', 'mesos for a task of a group', type);
}

function checkRetryRules(check: Check, rules: RetryRules | undefined): void {
  for (const code of rules?.exitCodes ?? []) {
    check(isWhole(code, 0) && code <= 255, 'retryRules.exitCodes', 'exit codes from 0 to 255', code);
  }
  const memory = rules?.outOfMemory;
  if (!memory) return;
  const isGrowing = Number.isFinite(memory.factor) && memory.factor > 1;
  check(isGrowing, 'retryRules.outOfMemory.factor', 'a number above 1', memory.factor);
  check(isAmount(memory.maximum), 'retryRules.outOfMemory.maximum', 'a number of MiB', memory.maximum);
}

function checkUnion(check: Check, field: 'gang' | 'group', union: TaskUnion | undefined): void {
  if (union === undefined) return;
  check(typeof union.id === 'string' && union.id !== '', `${field}.id`, 'a text that is not empty', union.id);
  check(isWhole(union.size, 1), `${field}.size`, 'a whole number of at least 1', union.size);
}

function checkConstraints(spec: TaskSpec): void {
  try {
    validateConstraints(spec);
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    throw new SchedulerError(error.code, `task ${spec.id}: ${error.message.replace(`[${error.code}] `, '')}`);
  }
}
