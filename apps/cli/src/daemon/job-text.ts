import { isEnded, type JobView, type TaskView } from '@galaxy-mesos/galaxy-jobs';
import { leftOutLines } from '../left-out-lines.ts';
import { duration } from '../progress-line.ts';
import { plainText, table } from './table.ts';

/** A moment as people read it, in the time zone of the machine. */
function moment(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How long a job has run, or ran; empty before it does. */
function runningTime({ startedAt, endedAt, state }: JobView, now: number): string {
  if (startedAt === undefined) return '';
  const end = endedAt ?? (isEnded(state) ? startedAt : now);
  return duration((end - startedAt) / 1000);
}

/** How far a job is: of one task nothing, of several how many are done. */
const progress = ({ tasks }: JobView): string => (tasks.total > 1 ? `${tasks.finished}/${tasks.total}` : '');

/** Jobs as a table. */
export const jobTable = (views: readonly JobView[], now: number): string =>
  table([
    ['JOB', 'STATE', 'DONE', 'SUBMITTED', 'TIME', 'USER', 'NAME'],
    ...views.map((view) => [
      ...[view.id, view.state, progress(view), moment(view.createdAt), runningTime(view, now)],
      ...[plainText(view.user ?? view.owner ?? ''), plainText(view.name)],
    ]),
  ]);

/** One line for each change of a job. */
export function jobLine(view: JobView, time: number): string {
  const parts = [
    ...[moment(time), view.id, view.state, progress(view)],
    ...(view.exitCode === undefined ? [] : [`exit code ${view.exitCode}`]),
    plainText(view.message ?? ''),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

/** A job with all that is known of it; `reasons` are why its tasks wait. */
export function jobReport(
  view: JobView,
  tasks: readonly TaskView[],
  reasons: readonly string[],
  now: number,
): string {
  const { cpus, mem, disk, gpus = 0 } = view.resources;
  const amounts = [
    `${cpus} ${cpus === 1 ? 'core' : 'cores'}`,
    `${mem} MiB`,
    disk > 0 && `${disk} MiB disk`,
    gpus > 0 && `${gpus} ${gpus === 1 ? 'gpu' : 'gpus'}`,
  ];
  const facts: readonly (readonly [string, string | undefined])[] = [
    ...([
      ['job', view.id],
      ['name', view.name],
      ['state', view.state],
    ] as const),
    ['message', view.message],
    ...leftOutLines(view.failedParts).map((line, index) => [index === 0 ? 'result' : '', line] as const),
    ...reasons.map((reason) => ['waits', reason] as const),
    ['exit code', view.exitCode?.toString()],
    ...([
      ['owner', view.owner],
      ['user', view.user],
      ['queue', view.queue],
    ] as const),
    ['priority', view.priority === 0 ? undefined : String(view.priority)],
    ['each task', amounts.filter(Boolean).join(', ')],
    ['container', view.container && `${view.container.image} (${view.container.runtime})`],
    ['submitted', moment(view.createdAt)],
    ['started', view.startedAt === undefined ? undefined : moment(view.startedAt)],
    ['ended', view.endedAt === undefined ? undefined : moment(view.endedAt)],
    ['time', runningTime(view, now) || undefined],
    ['done', progress(view) || undefined],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(10)} ${plainText(value)}`],
  );
  return [...lines, ...(tasks.length > 0 ? ['', taskTable(tasks)] : [])].join('\n');
}

/** Tasks with their attempts, one line for each. */
const taskTable = (tasks: readonly TaskView[]): string =>
  table([
    ['TASK', 'STATE', 'ATTEMPT', 'AGENT', 'EXIT', 'MESSAGE'],
    ...tasks.flatMap(({ id, state, attempts }) =>
      attempts.length === 0
        ? [[id, state, '', '', '', '']]
        : attempts.map((attempt, index) => [
            index === 0 ? id : '',
            index === attempts.length - 1 ? state : '',
            ...[`${attempt.number} ${attempt.state}`, plainText(attempt.hostname)],
            ...[attempt.exitCode?.toString() ?? '', plainText(attempt.message ?? attempt.reason ?? '')],
          ]),
    ),
  ]);
