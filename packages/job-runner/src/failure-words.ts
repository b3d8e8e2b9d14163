import type { Attempt, TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import type { TaskFailure } from './job-event.ts';
import type { BookedTask, TaskBook } from './task-book.ts';

const memoryReasons: ReadonlySet<string | undefined> = new Set([
  'REASON_CONTAINER_LIMITATION_MEMORY',
  'REASON_MEMORY_LIMIT',
]);

/** Our own words on a task's stderr. */
const ownLine = /^galaxy-mesos: (.+)$/;

/**
 * Why a job failed, in one sentence for people.
 *
 * @param statusWords what exit codes mean that are not the command's own
 * @param isDispensable whether a job goes on without a task, as long as others do not fail
 */
export function describeJobFailure(
  book: TaskBook,
  failures: readonly TaskFailure[],
  statusWords: ReadonlyMap<number, string> = new Map(),
  isDispensable: (taskId: TaskId) => boolean = () => false,
): string {
  const all = [...book.tasks].filter(({ state }) => state === 'failed');
  const needed = all.filter(({ spec }) => !isDispensable(spec.id));
  const failed = needed.length > 0 ? needed : all;
  const [first] = failed;
  if (!first) return 'it failed';
  const failure = failures.find(({ task }) => task === first.spec.name);
  const words = describeTaskFailure(first, failure?.stderr ?? '', statusWords);
  if (book.counts.total === 1) return words;
  const others = failed.length > 1 ? `; ${failed.length} tasks have failed in all` : '';
  return `${first.spec.name} ${words}${others}`;
}

/** Why a task failed, in words that follow its name. */
export function describeTaskFailure(
  { spec, attempts, message }: BookedTask,
  stderr: string,
  statusWords: ReadonlyMap<number, string> = new Map(),
): string {
  const last = attempts.at(-1);
  if (!last) return message ?? 'could not be run';
  if (memoryReasons.has(last.reason)) return `ran out of memory at ${memoryOfLast(spec, attempts)} MiB`;
  if (last.reason === 'REASON_MAX_COMPLETION_TIME_REACHED')
    return `exceeded its walltime of ${spec.maximumRunSeconds ?? 0} s`;
  if (last.state === 'TASK_FAILED' && last.exitCode !== undefined)
    return wordsForExit(statusWords.get(last.exitCode) ?? `ended with exit code ${last.exitCode}`, stderr);
  if (last.state === 'TASK_FAILED' || last.state === 'TASK_ERROR')
    return `failed: ${last.message ?? message ?? last.reason ?? last.state}`;
  const often = attempts.filter(isLost).length;
  const times = often === 1 ? 'once' : `${often} times`;
  return last.state === 'TASK_KILLED'
    ? `was killed ${times}, and not by request: ${last.message ?? 'nobody said why'}`
    : `was lost ${times}, at last on ${last.hostname} as ${last.state}`;
}

function wordsForExit(end: string, stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const own = lines.findLast((line) => ownLine.test(line));
  if (own) return own.replace(ownLine, '$1');
  const last = lines.at(-1);
  return `${end}${last === undefined ? '' : `: ${last.trim()}`}`;
}

const isLost = ({ state }: Attempt): boolean =>
  state !== 'TASK_FINISHED' && state !== 'TASK_FAILED' && state !== 'TASK_ERROR';

/** What the last attempt was given: each that ran out of memory before it made it more, as far as is allowed. */
function memoryOfLast({ resources, retryRules }: TaskSpec, attempts: readonly Attempt[]): number {
  const rule = retryRules?.outOfMemory;
  if (!rule) return resources.mem;
  const earlier = attempts.slice(0, -1).filter(({ reason }) => memoryReasons.has(reason)).length;
  const most = Math.max(rule.maximum, resources.mem);
  return Math.floor(Math.min(resources.mem * rule.factor ** earlier, most));
}
