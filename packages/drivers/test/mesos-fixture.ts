import { MesosDriver, type MesosDriverOptions } from '@galaxy-mesos/drivers';
import { type Credential, type master, OperatorClient } from '@galaxy-mesos/mesos-client';
import type { RealMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { StartedDriver } from './driver-fixture.ts';

/** A cluster, the drivers that a test has started on it, and what its master says. */
export class MesosFixture {
  readonly cluster: RealMesos;
  #started: StartedDriver[] = [];

  constructor(cluster: RealMesos) {
    this.cluster = cluster;
  }

  /** A driver of this cluster that is not started; a framework of its own unless told otherwise. */
  driver(options: Partial<MesosDriverOptions> = {}): MesosDriver {
    return new MesosDriver({ master: this.cluster.url, frameworkName: 'test', ...options });
  }

  async start(options: Partial<MesosDriverOptions> = {}): Promise<StartedDriver<MesosDriver>> {
    const started = await StartedDriver.start(this.driver(options));
    this.#started.push(started);
    return started;
  }

  /** Ends all drivers that were started. */
  async stopDrivers(): Promise<void> {
    const drivers = this.#started.map(({ driver }) => driver);
    this.#started = [];
    for (const driver of drivers) await driver.stop('teardown').catch(() => {});
  }

  /** A call to the operator API of the master. */
  async ask<Type extends 'GET_FRAMEWORKS' | 'GET_TASKS'>(
    type: Type,
    credential?: Credential,
  ): Promise<Answers[Type]> {
    await using client = new OperatorClient('master', {
      url: this.cluster.url,
      ...(credential && { credential }),
    });
    return (await client.call({ type })) as Answers[Type];
  }
}

interface Answers {
  readonly GET_FRAMEWORKS: master.Response.GetFrameworks;
  readonly GET_TASKS: master.Response.GetTasks;
}
