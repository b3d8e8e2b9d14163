import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeDaemon, jobEvent, jobView, Printed } from '../../test-helpers/fake-daemon.ts';
import { type EventDisplay, jsonDisplay, lineDisplay, tableDisplay, watchJobs } from './watch-jobs.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const running = jobView({ id: 'job-2', state: 'running', startedAt: 2000 });
const failed = jobView({ id: 'job-2', state: 'error', exitCode: 3, message: 'no\n\u001b[2Jroom' });

/** What a display shows of a job that runs at the beginning, and fails. */
async function watched(display: (output: Printed) => EventDisplay): Promise<string> {
  const printed = new Printed();
  const stop = new AbortController();
  const shown = display(printed);
  const watching = watchJobs(
    fakeDaemon({ views: [running], happens: ['connected', jobEvent(7, failed)] }),
    {
      ...shown,
      event: (event) => {
        shown.event(event);
        stop.abort();
      },
    },
    stop.signal,
  );
  await watching;
  return printed.text;
}

it('prints a line for each job that runs or waits, and for each change, harmless to a terminal', async () => {
  const lines = (await watched(lineDisplay))
    .split('\n')
    .map((line) => line.slice('2026-01-01 00:00:00'.length));
  expect(lines).toEqual(['  job-2  running', '  job-2  error  exit code 3  no [2Jroom', '']);
});

it('prints events as they come', async () => {
  expect(JSON.parse(await watched(jsonDisplay))).toEqual(jobEvent(7, failed));
});

it('draws a table anew in its place', async () => {
  const text = await watched((output) => tableDisplay(output, Date.now));
  const [first = '', second = ''] = text.split('\u001b[3A\r\u001b[0J');
  expect(first).toMatch(/^JOB +STATE .*\njob-2 +running .*\n1 running\n$/);
  expect(second).toMatch(/^JOB +STATE .*\njob-2 +error .*\n1 error\n$/);
});

it('fails with what goes wrong', async () => {
  const daemon = fakeDaemon({ happens: ['connected'] });
  // biome-ignore lint/correctness/useYield: it fails before it has any.
  daemon.jobs = async function* () {
    throw new Error('no daemon');
  };
  const watching = watchJobs(daemon, lineDisplay(new Printed()), new AbortController().signal);
  await expect(watching).rejects.toThrow('no daemon');
});
