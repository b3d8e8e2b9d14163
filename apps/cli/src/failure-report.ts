import type { JobOutcome, TaskFailure } from '@galaxy-mesos/job-runner';

/** More failures than this are only counted: they mostly have one cause. */
const shown = 3;
const stderrLines = 10;

/** What a person needs to know of tasks that failed: which, why, its last words, where to look. */
export function failureReport({ failures, counts }: Extract<JobOutcome, { state: 'error' }>): string {
  const alike = failures.filter(
    ({ attempts, message }) => attempts === 0 && message === failures[0]?.message,
  );
  // Tasks that never ran have nothing of their own to tell.
  const told = alike.length > 1 ? [...alike.slice(0, 1), ...failures.slice(alike.length)] : failures;
  const lines = told.slice(0, shown).flatMap(describe);
  if (failures.length > shown)
    lines.push(`… and ${failures.length - Math.min(shown, told.length)} more tasks failed`);
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
  return [
    `${task} failed${ending.length > 0 ? `: ${ending.join(', ')}` : ''}`,
    ...(attempts === 0 ? [] : lastWords(stderr)),
    ...(sandbox === undefined
      ? []
      : [`  sandbox: ${sandbox}${hostname === undefined ? '' : ` on ${hostname}`}`]),
  ];
}

function lastWords(stderr: string): string[] {
  const text = stderr.trimEnd();
  if (text === '') return ['  it wrote nothing on stderr'];
  const lines = text.split('\n').slice(-stderrLines);
  return ['  its stderr ends with:', ...lines.map((line) => `    ${line}`)];
}
