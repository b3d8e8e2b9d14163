import { type ClusterDriver, Scheduler, type TaskSpec, type TaskStore } from '@galaxy-mesos/scheduler';
import { secondsOf } from './measure.ts';

/** Tasks that do nothing, so that what is measured is all that happens around them. */
export const trueTasks = (count: number, cpus: number): readonly TaskSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `task-${index}`,
    name: `task ${index}`,
    command: 'true',
    environment: {},
    resources: { cpus, mem: 32, disk: 0 },
    retries: 0,
  }));

/** Seconds from the first task handed in to the last one finished; connecting does not count. */
export async function timeTasks(
  specs: readonly TaskSpec[],
  { driver, store }: { readonly driver: ClusterDriver; readonly store: TaskStore },
): Promise<number> {
  let finished = 0;
  const { promise: subscribed, resolve } = Promise.withResolvers<void>();
  const scheduler = new Scheduler({
    driver,
    store,
    listener: (notice) => {
      if (notice.type === 'subscribed') resolve();
      if (notice.type === 'task' && notice.state === 'finished') finished += 1;
    },
  });
  await scheduler.start();
  await subscribed;
  const seconds = await secondsOf(async () => {
    await scheduler.submit(specs);
    await scheduler.settled();
  });
  await scheduler.close('teardown');
  if (finished !== specs.length) throw new Error(`${finished} of ${specs.length} tasks finished`);
  return seconds;
}
