import type { JobOutcome, TaskFailure } from '@galaxy-mesos/job-runner';

/** More failures than this are only counted: they mostly have one cause. */
const shown = 3;
const stderrLines = 10;

/** What a person needs to know of tasks that failed: which, why, its last words, where to look. */
export function failureReport({ failures, counts }: Extract<JobOutcome, { state: 'error' }>): string {
  const lines = failures.slice(0, shown).flatMap(describe);
  if (failures.length > shown) lines.push(`… and ${failures.length - shown} more tasks failed`);
  lines.push(`${counts.finished} of ${counts.total} tasks are done`);
  return lines.join('\n');
}

function describe({
  task,
  attempts,
  exitCode,
  message,
  reason,
  hostname,
  sandbox,
  stderr,
}: TaskFailure): string[] {
  const ending = [
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
    ...(message === undefined || exitCode !== undefined ? [] : [message]),
    ...(reason === undefined || exitCode !== undefined ? [] : [reason]),
    ...(attempts > 1 ? [`after ${attempts} attempts`] : []),
  ];
  const last = stderr.trimEnd().split('\n').slice(-stderrLines);
  return [
    `${task} failed${ending.length > 0 ? `: ${ending.join(', ')}` : ''}`,
    ...(last.join('') === ''
      ? ['  nothing on stderr']
      : ['  its stderr ends with:', ...last.map((line) => `    ${line}`)]),
    ...(sandbox === undefined
      ? []
      : [`  sandbox: ${sandbox}${hostname === undefined ? '' : ` on ${hostname}`}`]),
  ];
}
