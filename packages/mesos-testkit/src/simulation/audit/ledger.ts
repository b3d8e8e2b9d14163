import { type AgentTask, taskKey } from '../agent/agent-task.ts';
import type { SimulatedAgent } from '../agent/simulated-agent.ts';
import { describeBag } from '../resources/bag.ts';

/** Notes what must never happen at the moment at which it does. */
export class Ledger {
  /** Agents that were given more than they have, in words. */
  readonly overcommitted: string[] = [];
  /** Ids under which more than one task was started. */
  readonly startedTwice: string[] = [];
  readonly #started = new Set<string>();

  /** How many tasks were ever started. */
  get starts(): number {
    return this.#started.size;
  }

  /** A task is about to start on an agent. */
  started(agent: SimulatedAgent, { framework, launch }: AgentTask): void {
    if (agent.isTooSmallFor(launch.bag))
      this.overcommitted.push(
        `${agent.id} has ${describeBag(agent.total)}, of which ${describeBag(agent.used)} is in use, and ` +
          `${launch.taskId} is started with ${describeBag(launch.bag)}`,
      );
    const key = taskKey(framework.id, launch.taskId);
    if (this.#started.has(key)) this.startedTwice.push(launch.taskId);
    this.#started.add(key);
  }
}
