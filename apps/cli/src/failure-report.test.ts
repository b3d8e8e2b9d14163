import type { TaskFailure } from '@galaxy-mesos/job-runner';
import { describe, expect, it } from 'vitest';
import { failureReport } from './failure-report.ts';

const counts = { total: 9, waiting: 4, active: 0, finished: 4, failed: 1 };
const failed: TaskFailure = {
  ...{ task: 'part 2 of 9', attempts: 1, state: 'TASK_FAILED', exitCode: 7, stderr: 'one\ntwo\n' },
  ...{ message: 'Command exited with status 7', hostname: 'node3', sandbox: '/work/attempts/x-1' },
};
const report = (...failures: Partial<TaskFailure>[]): string =>
  failureReport({ state: 'error', counts, failures: failures.map((part) => ({ ...failed, ...part })) });

/** A task that never ran. */
const neverRan = (task: string, message: string): TaskFailure => ({ task, attempts: 0, message, stderr: '' });

describe('failureReport', () => {
  it('tells which task, its exit code, its last words and where its sandbox is', () => {
    expect(report({})).toBe(
      [
        'part 2 of 9 failed: exit code 7',
        '  its stderr ends with:',
        '    one',
        '    two',
        '  sandbox: /work/attempts/x-1 on node3',
        '4 of 9 tasks are done',
      ].join('\n'),
    );
  });

  it('tells how often a task was tried', () => {
    expect(report({ attempts: 3 })).toContain('exit code 7, after 3 attempts\n');
  });

  it.each([
    [137, 'SIGKILL'],
    [139, 'SIGSEGV'],
    [143, 'SIGTERM'],
  ])('names the signal that exit code %d stands for', (exitCode, name) => {
    expect(report({ exitCode })).toContain(`exit code ${exitCode} (${name})\n`);
  });

  it('takes exit codes that no signal has as they are', () => {
    expect(report({ exitCode: 255 })).toContain('exit code 255\n');
  });

  it('tells what the cluster said where the command did not end by itself, and what to do about memory', () => {
    const { exitCode: _none, ...killed } = failed;
    const reason = 'REASON_CONTAINER_LIMITATION_MEMORY';
    const text = failureReport({
      state: 'error',
      counts,
      failures: [{ ...killed, reason, message: '201 MiB used', stderr: '' }],
    });
    expect(text).toContain(`part 2 of 9 failed: 201 MiB used, ${reason}\n  it wrote nothing on stderr\n`);
    expect(text).toContain('\n  give each task more memory with --mem, or resources.mem of its document\n');
  });

  it('shows no more than ten lines of stderr, none of them endless, none that move the cursor', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const text = report({ stderr: [...lines, 'x'.repeat(4000), '\u001b[2J\u0007bell\r'].join('\n') });
    expect(text).toContain('    line 22\n');
    expect(text).not.toContain('line 21\n');
    expect(text).toContain(`    ${'x'.repeat(300)} …\n    ?[2J?bell?\n`);
  });

  it('reads line ends of Windows as such', () => {
    expect(report({ stderr: 'a\r\nb\r\n' })).toContain('    a\n    b\n');
  });

  it('counts the failures that it does not show', () => {
    expect(report({}, {}, {})).not.toContain('more task');
    expect(report({}, {}, {}, {})).toContain('… and 1 more task failed\n');
    expect(report({}, {}, {}, {}, {})).toContain('… and 2 more tasks failed\n');
  });

  it('tells once what is the same for all tasks that never ran', () => {
    const same = ['part 1 of 9', 'part 2 of 9', 'part 3 of 9'].map((task) => neverRan(task, 'too large'));
    const failures = [...same, neverRan('part 4 of 9', 'other'), failed];
    const text = failureReport({ state: 'error', counts, failures });
    expect(text.split('\n').slice(0, 3)).toEqual([
      ...['part 1 of 9 failed: too large', 'part 4 of 9 failed: other', 'part 2 of 9 failed: exit code 7'],
    ]);
    expect(text).toContain('… and 2 more tasks failed\n');
  });
});
