import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, describe } from 'vitest';
import { describeAgents } from './contract/agents.ts';
import { describeAttempts } from './contract/attempts.ts';
import { describeEnding } from './contract/ending.ts';
import { describeGroups } from './contract/groups.ts';
import { describeOffers } from './contract/offers.ts';
import { describePorts } from './contract/ports.ts';
import { describeReconnection } from './contract/reconnection.ts';
import { StartedDriver } from './driver-fixture.ts';

/** How the contract suite gets drivers, and what it must know of them. */
export interface DriverContractOptions {
  /** When the one agent that the drivers know is to be gone, in milliseconds since 1970. */
  readonly plannedEnd: number;
  /** Ends whatever `makeDriver` has brought up besides drivers; called after each test. */
  readonly cleanUp?: () => Promise<void>;
  /** Whether groups cannot be run where the suite runs, as without Mesos's own executor for them. */
  readonly withoutGroups?: boolean;
}

/** What the parts of the suite are given: the driver of the test, and a way to another one. */
export interface ContractContext {
  /** The driver of the running test. */
  readonly current: () => StartedDriver;
  /** Disconnects the driver of the test and starts a later one of the same framework in its place. */
  readonly reconnect: () => Promise<StartedDriver>;
  /** When the agent of the driver is to be gone. */
  readonly plannedEnd: number;
}

/**
 * States what every {@link ClusterDriver} does, and checks it on one. Each test gets a driver of its own from
 * `makeDriver`; one that is given the driver before it must make a later driver of the same framework.
 */
export const describeDriverContract = (
  name: string,
  makeDriver: (previous?: ClusterDriver) => Promise<ClusterDriver>,
  options: DriverContractOptions,
): void => {
  describe(`${name} as a ClusterDriver`, () => {
    let started: StartedDriver;
    const context: ContractContext = {
      plannedEnd: options.plannedEnd,
      current: () => started,
      reconnect: async () => {
        await started.driver.stop('disconnect');
        started = await StartedDriver.start(await makeDriver(started.driver));
        return started;
      },
    };

    beforeEach(async () => {
      started = await StartedDriver.start(await makeDriver());
    });

    afterEach(async () => {
      await started.driver.stop('teardown');
      await options.cleanUp?.();
    });

    describeAgents(context);
    describeOffers(context);
    describePorts(context);
    describeAttempts(context);
    describeEnding(context);
    describeReconnection(context);
    if (options.withoutGroups !== true) describeGroups(context);
  });
};
