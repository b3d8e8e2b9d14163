import type { AgentReport } from '../../../src/pools/news.ts';
import type { Agenda } from './agenda.ts';
import type { SimTasks, TaskKind } from './sim-tasks.ts';

interface Work {
  readonly kind: TaskKind;
  readonly count: number;
}

/** An agent process, which may outlive its batch job. */
export interface SimAgent {
  readonly agentId: string;
  readonly pilot: string;
  readonly cpus: number;
  report: AgentReport;
  work?: Work | undefined;
}

/** The master: its agents, and the tasks on them. */
export class SimAgents {
  readonly all = new Map<string, SimAgent>();
  /** What a master says of them, kept beside. */
  readonly reports = new Map<string, AgentReport>();
  readonly #free = new Set<SimAgent>();
  readonly #agenda: Agenda;
  readonly #tasks: SimTasks;
  #ids = 0;

  constructor(agenda: Agenda, tasks: SimTasks) {
    this.#agenda = agenda;
    this.#tasks = tasks;
  }

  register(pilot: string, cpus: number): SimAgent {
    const agentId = `A${++this.#ids}`;
    const flags = { isConnected: true, isActive: true, isDraining: false };
    const agent: SimAgent = { agentId, pilot, cpus, report: { agentId, pilot, tasks: 0, ...flags } };
    this.all.set(agentId, agent);
    this.reports.set(agentId, agent.report);
    this.#free.add(agent);
    return agent;
  }

  /** The agent is gone, and what ran on it is lost. */
  remove(agent: SimAgent): void {
    if (!this.all.delete(agent.agentId)) {
      return;
    }
    this.reports.delete(agent.agentId);
    this.#free.delete(agent);
    this.#lose(agent);
  }

  disconnect(agent: SimAgent): void {
    this.#change(agent, { isConnected: false });
  }

  deactivate(agentId: string): void {
    const agent = this.all.get(agentId);
    if (agent !== undefined) {
      this.#change(agent, { isActive: false });
    }
  }

  reactivate(agentId: string): void {
    const agent = this.all.get(agentId);
    if (agent !== undefined) {
      this.#change(agent, { isActive: true });
    }
  }

  drain(agentId: string): void {
    const agent = this.all.get(agentId);
    if (agent !== undefined) {
      this.#lose(agent);
      this.#change(agent, { isActive: false, isDraining: true, tasks: 0 });
    }
  }

  markGone(agentId: string): void {
    const agent = this.all.get(agentId);
    if (agent !== undefined) {
      this.remove(agent);
    }
  }

  /** Agents that take offers get what waits. */
  launch(): void {
    for (const agent of this.#free) {
      const taken = this.#tasks.take(agent.cpus);
      if (taken === undefined) {
        // An agent too small for what waits must not keep bigger ones from it.
        continue;
      }
      const work = { kind: taken.kind, count: taken.count };
      agent.work = work;
      this.#change(agent, { tasks: taken.count });
      this.#agenda.after(taken.milliseconds, () => {
        if (agent.work === work) {
          this.#tasks.finish(work.kind, work.count);
          agent.work = undefined;
          this.#change(agent, { tasks: 0 });
        }
      });
    }
  }

  #lose(agent: SimAgent): void {
    if (agent.work !== undefined) {
      this.#tasks.lose(agent.work.kind, agent.work.count);
      agent.work = undefined;
    }
  }

  #change(agent: SimAgent, change: Partial<AgentReport>): void {
    if (this.all.get(agent.agentId) !== agent) {
      return;
    }
    agent.report = { ...agent.report, ...change };
    this.reports.set(agent.agentId, agent.report);
    const { isActive, isConnected, tasks } = agent.report;
    if (isActive && isConnected && tasks === 0) {
      this.#free.add(agent);
    } else {
      this.#free.delete(agent);
    }
  }
}
