import type { SimulatedAgent } from '../agent/simulated-agent.ts';
import type { Network } from '../network.ts';
import type { ClusterSettings } from '../options.ts';
import type { Random } from '../random.ts';
import type { VirtualTime } from '../time/virtual-time.ts';
import type { TaskStatus } from '../vocabulary.ts';
import type { AgentEntry } from './agent-entry.ts';
import { Allocator } from './allocator.ts';
import { type Framework, isOver, type MasterTask } from './framework.ts';
import { OfferTable } from './offer-table.ts';
import type { Registry } from './registry.ts';

/** What a master is given. */
export interface MasterParts {
  readonly id: string;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly random: Random;
  readonly settings: ClusterSettings;
  readonly registry: Registry;
}

/** All that a master has in memory, and what its parts have in common. */
export class MasterState {
  readonly parts: MasterParts;
  readonly frameworks = new Map<string, Framework>();
  readonly removedFrameworks = new Set<string>();
  /** Agents that have registered. */
  readonly entries = new Map<string, AgentEntry>();
  /** Agents of an earlier master that have not registered with this one yet. */
  readonly recovered = new Map<string, SimulatedAgent>();
  readonly offers: OfferTable;
  readonly allocator: Allocator;
  /** False once the process is dead: what it had planned does not happen any more. */
  isAlive = true;

  constructor(parts: MasterParts) {
    this.parts = parts;
    const { id, time, random, settings } = parts;
    this.offers = new OfferTable(id, (entry) => this.allocator.consider(entry));
    this.allocator = new Allocator({
      time,
      random,
      offers: this.offers,
      entries: this.entries,
      frameworks: this.frameworks,
      interval: settings.allocationSeconds * 1000,
    });
  }

  /** As long as the master lives. */
  after(milliseconds: number, action: () => void): () => void {
    return this.parts.time.cancellable(milliseconds, () => {
      if (this.isAlive) action();
    });
  }

  /** Something that the master says of a task by itself: never to be acknowledged. */
  tellOf(framework: Framework, words: Omit<TaskStatus, 'timestamp' | 'source' | 'uuid'>): void {
    const { time } = this.parts;
    const status = { timestamp: time.date, source: 'SOURCE_MASTER', ...words } as const;
    framework.tell({ type: 'UPDATE', status });
  }

  /** Takes a task out of the books. */
  forget(task: MasterTask): void {
    task.framework.tasks.delete(task.launch.taskId);
    task.entry.tasks.delete(task);
    if (!isOver(task)) this.offers.release(task);
  }

  /** Enters a task in the books, with its resources unless it is over. */
  enter(task: MasterTask): void {
    task.framework.tasks.set(task.launch.taskId, task);
    task.entry.tasks.add(task);
    if (!isOver(task)) this.offers.use(task);
  }

  rescindOffers(entry: AgentEntry): void {
    for (const offer of [...entry.offers]) {
      const framework = this.frameworks.get(offer.frameworkId);
      if (framework) this.offers.rescind(offer, framework);
    }
  }

  /** To be sent to an agent; lost if it cannot be reached by then. */
  toAgent(entry: AgentEntry, type: string, taskId: string, frameworkId: string, arrive: () => void): void {
    const message = { hop: 'master-to-agent', type, agentId: entry.id, taskId, frameworkId } as const;
    this.parts.network.carry(message, () => {
      if (entry.agent.isConnected) arrive();
    });
  }
}
