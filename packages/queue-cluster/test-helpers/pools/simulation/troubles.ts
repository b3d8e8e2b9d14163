import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Scenario } from './scenario.ts';
import type { SimAgents } from './sim-agents.ts';
import type { SimQueue } from './sim-queue.ts';

const hourMs = 3_600_000;

/** What goes wrong in the world around the launcher. */
export class Troubles {
  /** Whether the master does not answer; a while after, its agents are not back yet. */
  isMasterAway = false;
  areAgentsAway = false;
  preemptions = 0;
  nodeFailures = 0;
  cancels = 0;
  outages = 0;
  closures = 0;
  zombies = 0;
  isOver = false;
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #queues: readonly SimQueue[];
  readonly #agents: SimAgents;

  constructor(
    scenario: Scenario,
    agenda: Agenda,
    chance: Chance,
    queues: readonly SimQueue[],
    agents: SimAgents,
  ) {
    this.#agenda = agenda;
    this.#chance = chance;
    this.#queues = queues;
    this.#agents = agents;
    this.#often(scenario.preemptionsPerHour, () => this.#preempt());
    this.#often(scenario.nodeFailuresPerHour, () => this.#failNode());
    this.#often(scenario.cancelsPerHour, () => this.#cancel());
    this.#often(scenario.outagesPerDay / 24, () => this.#outage());
    this.#often(scenario.closuresPerDay / 24, () => this.#close());
    this.#often(scenario.masterFailoversPerDay / 24, () => this.#failOver());
  }

  /** From now on all goes well. */
  end(): void {
    this.isOver = true;
    for (const queue of this.#queues) {
      queue.isClosed = false;
    }
  }

  #often(perHour: number, run: () => void): void {
    if (perHour > 0) {
      this.#agenda.after(this.#chance.wait(hourMs / perHour), () => {
        if (!this.isOver) {
          run();
          this.#often(perHour, run);
        }
      });
    }
  }

  #someJob() {
    const queue = this.#chance.of(this.#queues);
    const job = queue && this.#chance.of(queue.running());
    return queue && job && { queue, job };
  }

  #preempt(): void {
    const found = this.#someJob();
    if (found !== undefined) {
      this.preemptions += 1;
      found.queue.end(found.job, 'preempted');
    }
  }

  /** The queue loses a node; now and then it is only the queue that does, and the agent lives on. */
  #failNode(): void {
    const found = this.#someJob();
    if (found === undefined) {
      return;
    }
    this.nodeFailures += 1;
    const { agent } = found.job;
    const isCutOff = agent !== undefined && this.#chance.happens(0.3);
    found.queue.end(found.job, 'node-failed', isCutOff);
    if (isCutOff) {
      this.zombies += 1;
      if (this.#chance.happens(0.5)) {
        this.#agents.disconnect(agent);
      }
    }
  }

  #cancel(): void {
    const found = this.#someJob();
    if (found !== undefined) {
      this.cancels += 1;
      found.queue.end(found.job, 'cancelled');
    }
  }

  #outage(): void {
    const queue = this.#chance.of(this.#queues);
    if (queue !== undefined) {
      this.outages += 1;
      queue.isDown = true;
      this.#agenda.after(this.#chance.wait(hourMs / 2), () => {
        queue.isDown = false;
      });
    }
  }

  #close(): void {
    const queue = this.#chance.of(this.#queues);
    if (queue !== undefined) {
      this.closures += 1;
      queue.isClosed = true;
      this.#agenda.after(this.#chance.wait(3 * hourMs), () => {
        queue.isClosed = false;
      });
    }
  }

  #failOver(): void {
    this.isMasterAway = true;
    this.areAgentsAway = true;
    this.#agenda.after(90_000, () => {
      this.isMasterAway = false;
    });
    this.#agenda.after(180_000, () => {
      this.areAgentsAway = false;
    });
  }
}
