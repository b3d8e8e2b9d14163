import { MesosDriver, type MesosDriverOptions } from '@galaxy-mesos/drivers';
import { AgentClient, MasterClient } from '@galaxy-mesos/mesos-client';
import type { RealMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { StartedDriver } from './driver-fixture.ts';

/** A {@link MesosDriver} that was started. */
export type StartedMesosDriver = StartedDriver<MesosDriver>;

/** A cluster, the drivers that a test has started on it, and what its master and agents say. */
export class MesosFixture {
  readonly cluster: RealMesos;
  #started: MesosDriver[] = [];

  constructor(cluster: RealMesos) {
    this.cluster = cluster;
  }

  /** A driver of this cluster that is not started; a framework of its own unless told otherwise. */
  driver(options: Partial<MesosDriverOptions> = {}): MesosDriver {
    return new MesosDriver({ master: this.cluster.url, frameworkName: 'test', ...options });
  }

  async start(options: Partial<MesosDriverOptions> = {}): Promise<StartedMesosDriver> {
    const started = await StartedDriver.start(this.driver(options));
    this.#started.push(started.driver);
    return started;
  }

  /** Another driver for the framework of one that was started. */
  startLater({ driver }: StartedMesosDriver): Promise<StartedMesosDriver> {
    return this.start(driver.frameworkId === undefined ? {} : { frameworkId: driver.frameworkId });
  }

  /** Ends all drivers that were started, the last first; one that was taken over cannot be ended. */
  async stopDrivers(): Promise<void> {
    for (const driver of this.#started.splice(0).reverse()) await driver.stop('teardown').catch(() => {});
  }

  /** The ids of the frameworks that the master has, connected or not. */
  async frameworkIds(): Promise<string[]> {
    await using client = new MasterClient({ master: this.cluster.url });
    const { frameworks = [] } = await client.call({ type: 'GET_FRAMEWORKS' });
    return frameworks.flatMap(({ framework_info }) => framework_info.id?.value ?? []);
  }

  /**
   * Waits until the first agent has nothing of a task that still has to be acknowledged; before that it counts
   * as terminated, after that as completed.
   */
  async untilCompleted(attemptId: string): Promise<void> {
    const agent = this.cluster.agents[0]?.url ?? '';
    await using client = new AgentClient({ agent });
    for (let look = 0; look < 600; look += 1) {
      const { completed_tasks = [] } = await client.call({ type: 'GET_TASKS' });
      if (completed_tasks.some(({ task_id }) => task_id.value === attemptId)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`Waited in vain for the last acknowledgement of ${attemptId}`);
  }
}
