import type { SimulatedDriver } from '../driver/simulated-driver.ts';
import type { AgentEntry } from '../master/agent-entry.ts';
import type { Framework } from '../master/framework.ts';
import type { Random } from '../random.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';
import type { VirtualClock } from '../time/virtual-clock.ts';

/** What a fault scenario plays on: a cluster, a scheduler on it, and what only the test can do to that. */
export interface Stage {
  readonly cluster: SimulatedCluster;
  /** Where chance comes from. */
  readonly random: Random;
  /** Of the scheduler that runs now. */
  readonly driver: () => SimulatedDriver;
  readonly clock: () => VirtualClock;
  /** `kill -9` of the scheduler that runs now: {@link SimulatedDriver.crash}, and its store takes nothing more from it. */
  readonly killScheduler: () => void;
  /** Starts a scheduler on the store of the one before; `withoutFrameworkId`: the store has lost the id. */
  readonly startScheduler: (options?: { readonly withoutFrameworkId?: boolean }) => void;
  /** Starts another scheduler as the same framework, while the first one runs or seems to. */
  readonly startRival: () => void;
  /** Whether commits to the store fail from now on. */
  readonly failStore: (isFailing: boolean) => void;
}

/** Lets something happen after so many seconds. */
export const later = ({ cluster }: Stage, seconds: number, action: () => void): void =>
  cluster.time.after(seconds * 1000, () => {
    // It may start a scheduler, which needs turns of the event loop.
    cluster.time.heardOutside();
    action();
  });

/** Lets something happen again and again until a moment, the first time after `everySeconds`. */
export function repeatedly(stage: Stage, everySeconds: number, forSeconds: number, action: () => void): void {
  const end = stage.cluster.time.now + forSeconds * 1000;
  const once = () => {
    if (stage.cluster.time.now > end) return;
    action();
    later(stage, everySeconds, once);
  };
  later(stage, everySeconds, once);
}

/** Agents that are there and run something, in random order; all that are there if none does. */
export function busyAgents({ cluster, random }: Stage, count: number): readonly AgentEntry[] {
  const entries = [...(cluster.master?.state.entries.values() ?? [])].filter(
    ({ isConnected }) => isConnected,
  );
  const busy = entries.filter(({ tasks }) => tasks.size > 0);
  const found = busy.length > 0 ? busy : entries;
  random.shuffle(found);
  return found.slice(0, count);
}

/** The framework of the scheduler, as the master knows it. */
export function frameworkOf({ cluster, driver }: Stage): Framework | undefined {
  return cluster.master?.state.frameworks.get(driver().session.frameworkId ?? '');
}
