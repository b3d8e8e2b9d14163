// A scheduler in a process of its own, to be killed: node scheduler-process.ts SETTINGS (JSON, `ProcessSettings`).
// Submits the tasks unless they are in the store, runs all to their end, prints a line at each point that it passes.
// `crashAt` makes it kill itself at one of them.
import { subscribe } from 'node:diagnostics_channel';
import { isTerminal, type TaskChange } from '@galaxy-mesos/scheduler';
import { Runtime } from './compose.ts';
import type { Point, ProcessSettings } from './process-settings.ts';
import { tapDriver, tapStore } from './taps.ts';

const settings = JSON.parse(process.argv[2] ?? '') as ProcessSettings;
const passed = new Map<Point, number>();

function pass(point: Point): void {
  const count = (passed.get(point) ?? 0) + 1;
  passed.set(point, count);
  // Lines to a pipe are written before this returns.
  console.log(point);
  const { crashAt } = settings;
  if (crashAt?.point === point && crashAt.occurrence === count) process.kill(process.pid, 'SIGKILL');
}

/** Attempts of which a launch is under way. */
let launching: readonly string[] = [];

const bodyOf = (message: unknown): string =>
  String((message as { request?: { body?: unknown } }).request?.body ?? '');

subscribe('undici:request:bodySent', (message) => {
  const body = bodyOf(message);
  if (!launching.some((id) => body.includes(id))) return;
  launching = [];
  pass('sent');
});

const intends = (change: TaskChange): boolean => change.type === 'attempted';

const runtime = await Runtime.open({
  master: settings.master,
  store: settings.store,
  ...(settings.options && { options: settings.options }),
  openOptions: {
    wait: true,
    onWaiting: () => console.log('waiting'),
    ...(settings.leaseSeconds !== undefined && { leaseSeconds: settings.leaseSeconds }),
  },
  tapStore: (store) =>
    tapStore(store, async (commit, changes) => {
      await commit();
      if (changes.some(intends)) pass('intent');
      if (changes.some(({ type }) => type === 'updated')) pass('committed');
    }),
  tapDriver: (driver) =>
    tapDriver(driver, {
      launch: async (send, launches) => {
        launching = launches.map(({ attemptId }) => attemptId);
        await send();
        pass('accepted');
      },
      acknowledge: async (send) => {
        await send();
        pass('acknowledged');
      },
      event: (event, hear) => {
        if (event.type === 'subscribed') pass('subscribed');
        if (event.type === 'update') pass(isTerminal(event.update.state) ? 'ended' : 'update');
        hear(event);
      },
    }),
  listener: (notice) => {
    if (notice.type === 'stopped')
      console.log(`stopped ${JSON.stringify(notice.error)} ${notice.error.message}`);
  },
});

const known = await runtime.scheduler.start();
if (known.length === 0) await runtime.scheduler.submit(settings.tasks);
await runtime.scheduler.settled().catch((error: unknown) => {
  console.log(`rejected ${error}`);
  process.exit(1);
});
console.log('settled');
await runtime.close();
