import type { TaskChange } from '../ports/store.ts';
import type { SchedulerNotice } from '../runtime/notice.ts';
import type { SchedulerOptions } from '../runtime/options.ts';
import { Scheduler } from '../runtime/scheduler.ts';
import { ManualClock, untilIdle } from './manual-clock.ts';
import { MemoryTaskStore } from './memory-task-store.ts';
import { ScriptedDriver } from './scripted-driver.ts';

/** Keeps a log of what is written, shared with that of the driver's calls, and can fail or take its time. */
class WatchedStore extends MemoryTaskStore {
  readonly log: string[];
  beforeCommit: () => void | Promise<void> = () => {};

  constructor(log: string[]) {
    super();
    this.log = log;
  }

  override async commit(changes: readonly TaskChange[]): Promise<void> {
    await this.beforeCommit();
    await super.commit(changes);
    this.log.push(...changes.map(({ type }) => `wrote ${type}`));
  }
}

/** A scheduler between a scripted driver and a store, with a log of what both were asked, in order. */
export async function schedulerUnderTest(options: Partial<SchedulerOptions> = {}) {
  const log: string[] = [];
  const store = new WatchedStore(log);
  const driver = new ScriptedDriver();
  driver.onCall = ({ call }) => void log.push(call);
  const clock = new ManualClock();
  const notices: SchedulerNotice[] = [];
  const listener = (notice: SchedulerNotice) => void notices.push(notice);
  const scheduler = new Scheduler({ driver, store, clock, options, listener });
  await scheduler.start();
  await untilIdle();
  return { scheduler, driver, store, clock, notices, log };
}
