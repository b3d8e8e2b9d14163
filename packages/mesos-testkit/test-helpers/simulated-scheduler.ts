import {
  Scheduler,
  type SchedulerNotice,
  type SchedulerOptions,
  type TaskSpec,
} from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import { SimulatedDriver, type SimulatedDriverOptions } from '../src/simulation/driver/simulated-driver.ts';
import { untilDone } from '../src/simulation/run.ts';
import type { SimulatedCluster } from '../src/simulation/simulated-cluster.ts';
import { VirtualClock } from '../src/simulation/time/virtual-clock.ts';

/** Tasks that need one core each. */
export const someTasks = (count: number, changes: Partial<TaskSpec> = {}): TaskSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `task-${index}`,
    name: `task-${index}`,
    command: 'true',
    environment: {},
    resources: { cpus: 1, mem: 64, disk: 0 },
    retries: 2,
    ...changes,
  }));

/** A real scheduler on a simulated cluster, in virtual time. */
export function simulatedScheduler(
  cluster: SimulatedCluster,
  {
    store = new MemoryTaskStore(),
    framework,
    options,
  }: {
    store?: MemoryTaskStore;
    framework?: SimulatedDriverOptions['framework'];
    options?: Partial<SchedulerOptions>;
  } = {},
) {
  const driver = new SimulatedDriver({ cluster, ...(framework && { framework }) });
  const clock = new VirtualClock(cluster.time);
  const notices: SchedulerNotice[] = [];
  const listener = (notice: SchedulerNotice) => void notices.push(notice);
  const scheduler = new Scheduler({ driver, store, clock, listener, ...(options && { options }) });
  return {
    driver,
    clock,
    store,
    scheduler,
    notices,
    start: () => untilDone(cluster.time, scheduler.start()),
    settled: (hours = 24) => untilDone(cluster.time, scheduler.settled(), { hours }),
    close: () => untilDone(cluster.time, scheduler.close('teardown')),
  };
}
