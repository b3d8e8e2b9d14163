import { afterAll, beforeAll } from 'vitest';
import {
  type RealMesos,
  type RealMesosOptions,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { FrameworkInfo, Offer, Resource } from '../../src/gen/mesos.ts';
import type { SchedulerSessionOptions, WireFormat } from '../../src/index.ts';
import { useClosing } from '../../test-helpers/closing.ts';
import { framework, type TestScheduler } from '../../test-helpers/framework.ts';

/** Every call of a scheduler is tried in both. */
export const formats = ['json', 'protobuf'] as const satisfies readonly WireFormat[];

/** For `expect.poll`: what comes within milliseconds may take long on a machine that is busy. */
export const patient = { timeout: 30_000 } as const;

/** Gone, tasks and all, as soon as its session is closed: tests leave nothing to one another. */
export const momentary: FrameworkInfo = { ...framework, failover_timeout: 0 };

/** A cluster for all tests of the `describe` that this is called in, and schedulers closed after each of them. */
export function useCluster(options: RealMesosOptions) {
  let started: RealMesos | undefined;
  beforeAll(async () => {
    started = await startMesos(options);
  });
  afterAll(() => started?.stop());
  const { closing, scheduler, subscribed } = useClosing();
  const cluster = (): RealMesos => {
    if (!started) throw new Error('the cluster is not there before the first test');
    return started;
  };
  type Options = Partial<SchedulerSessionOptions>;
  return {
    cluster,
    closing,
    scheduler: (more: Options = {}): TestScheduler =>
      scheduler(cluster().url, { framework: momentary, ...more }),
    subscribed: (more: Options = {}): Promise<TestScheduler> =>
      subscribed(cluster().url, { framework: momentary, ...more }),
  };
}

/** So much of a scalar resource. */
export function scalar(name: string, value: number, more: Partial<Resource> = {}): Resource {
  return { name, type: 'SCALAR', scalar: { value }, ...more };
}

/** Enough for a shell command. */
export const smallResources = [scalar('cpus', 0.1), scalar('mem', 32)] as const;

/** The role that an offer is made to. */
export const roleOf = (offer: Offer): string | undefined => offer.allocation_info?.role;
