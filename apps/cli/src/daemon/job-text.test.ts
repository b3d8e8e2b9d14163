import { expect, it } from 'vitest';
import { jobView } from '../../test-helpers/fake-daemon.ts';
import { jobReport, jobTable } from './job-text.ts';
import { table } from './table.ts';

it('puts text in columns, numbers to the right', () => {
  expect(
    table([
      ['NAME', 'N'],
      ['a', '1'],
      ['long name', '100'],
    ]),
  ).toBe('NAME         N\na            1\nlong name  100');
});

it('lists jobs with what matters of each', () => {
  const tasks = { total: 8, waiting: 0, active: 5, finished: 3, failed: 0, cancelled: 0 };
  const split = jobView({ id: 'job-2', state: 'running', startedAt: 0, tasks, user: 'ada\u001b[2J' });
  const [heading, line] = jobTable([split], 90_000).split('\n');
  expect(heading).toMatch(/^JOB +STATE +DONE +SUBMITTED +TIME +USER +NAME$/);
  expect(line).toMatch(/^job-2 +running +3\/8 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +1 min 30 s +ada \[2J +count$/);
});

it('reports of a job what is known, and each attempt at its tasks', () => {
  const view = jobView({
    ...{ state: 'error', exitCode: 3, message: 'it failed', startedAt: 1000, endedAt: 3000, user: 'ada' },
    ...{
      container: { image: 'busybox', runtime: 'docker' },
      resources: { cpus: 2, mem: 512, disk: 1, gpus: 1 },
    },
  });
  const attempt = { state: 'TASK_FAILED', agentId: 'a', hostname: 'node-1', launchedAt: 1 };
  const attempts = [
    { ...attempt, id: 't-1', number: 1, reason: 'REASON_X' },
    { ...attempt, id: 't-2', number: 2, exitCode: 3, message: 'gone\nwrong' },
  ];
  const task = { id: 'job-1-0', jobId: 'job-1', name: 'whole', state: 'failed', attempts } as const;
  const lines = jobReport(view, [task], [], 9000).split('\n');
  expect(lines).toContain('message    it failed');
  expect(lines).toContain('exit code  3');
  expect(lines).toContain('each task  2 cores, 512 MiB, 1 MiB disk, 1 gpu');
  expect(lines).toContain('container  busybox (docker)');
  expect(lines).toContain('time       2 s');
  expect(lines.some((line) => line.startsWith('queue'))).toBe(false);
  expect(lines.slice(-3)).toEqual([
    'TASK     STATE   ATTEMPT        AGENT   EXIT  MESSAGE',
    'job-1-0          1 TASK_FAILED  node-1        REASON_X',
    '         failed  2 TASK_FAILED  node-1     3  gone wrong',
  ]);
  const failedParts = { total: 1, parts: [{ index: 2, label: 'chr3', message: 'ended with exit code 7' }] };
  expect(jobReport(jobView({ state: 'ok', failedParts }), [], [], 9000)).toMatch(
    /\nresult +left out: 1 part that failed\n +part 3, chr3: ended with exit code 7\n/,
  );
  const waiting = { ...task, state: 'waiting', attempts: [] } as const;
  const untried = jobReport(jobView(), [waiting], ['there is no agent'], 9000);
  expect(untried).toMatch(/\nwaits +there is no agent\n/);
  expect(untried).toMatch(/\njob-1-0 +waiting$/);
});
