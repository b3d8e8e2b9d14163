import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Effect } from '../runtime/decisions.ts';
import type { SchedulerNotice } from '../runtime/notice.ts';

/** What a scheduler counts at the moment it is asked. */
export interface SchedulerCounts {
  readonly waitingTasks: number;
  readonly heldTasks: number;
  readonly liveAttempts: number;
  readonly knownAgents: number;
  readonly avoidedAgents: number;
}

const prefix = 'galaxy_mesos_scheduler_';

const gaugeHelp: Readonly<Record<keyof SchedulerCounts, string>> = {
  waitingTasks: 'Tasks that wait for an offer',
  heldTasks: 'Tasks that wait until they are released',
  liveAttempts: 'Attempts that are out on the cluster',
  knownAgents: 'Agents of the cluster',
  avoidedAgents: 'Agents that are avoided because too many tasks failed there',
};

const gaugeNames: Readonly<Record<keyof SchedulerCounts, string>> = {
  waitingTasks: 'waiting_tasks',
  heldTasks: 'held_tasks',
  liveAttempts: 'live_attempts',
  knownAgents: 'known_agents',
  avoidedAgents: 'avoided_agents',
};

const durations = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** What a scheduler did so far and how it stands, for a Prometheus server. */
export class SchedulerMetrics {
  readonly #registry = new Registry();
  readonly #tasks = this.#counter('tasks_total', 'Times that a task came into a state', ['state']);
  readonly #attempts = this.#counter('attempts_total', 'Times that an attempt came into a state', ['state']);
  readonly #calls = this.#counter('calls_total', 'Calls to the cluster', ['call']);
  readonly #failedCalls = this.#counter('failed_calls_total', 'Calls that did not get through', ['call']);
  readonly #offers = this.#counter('offers_total', 'Offers, by what became of them', ['fate']);
  readonly #launches = this.#counter('launches_total', 'Attempts that were launched', []);
  readonly #connections = this.#counter('connections_total', 'Times that the cluster was (re)connected', []);
  readonly #deciding = this.#histogram('decision_seconds', 'How long deciding took, matching included');
  readonly #committing = this.#histogram('commit_seconds', 'How long writing to the store took');

  /** `counts` is asked whenever the metrics are read. */
  constructor(counts: () => SchedulerCounts) {
    for (const key of Object.keys(gaugeNames) as (keyof SchedulerCounts)[]) {
      new Gauge({
        name: prefix + gaugeNames[key],
        help: gaugeHelp[key],
        registers: [this.#registry],
        collect() {
          this.set(counts()[key]);
        },
      });
    }
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Takes in a notice. */
  noticed(notice: SchedulerNotice): void {
    if (notice.type === 'task') this.#tasks.inc({ state: notice.state });
    else if (notice.type === 'attempt') this.#attempts.inc({ state: notice.attempt.state });
    else if (notice.type === 'call-failed') this.#failedCalls.inc({ call: notice.call });
    else if (notice.type === 'subscribed') this.#connections.inc();
  }

  /** Takes in that so many offers came. */
  offered(count: number): void {
    this.#offers.inc({ fate: 'received' }, count);
  }

  /** Takes in a call to the cluster. */
  called(effect: Effect): void {
    this.#calls.inc({ call: effect.type });
    if (effect.type === 'launch') {
      this.#offers.inc({ fate: 'used' }, effect.offerIds.length);
      this.#launches.inc(effect.launches.length);
    } else if (effect.type === 'decline') this.#offers.inc({ fate: 'declined' }, effect.offerIds.length);
  }

  /** Takes in how long it took to decide, in milliseconds. */
  decided(milliseconds: number): void {
    this.#deciding.observe(milliseconds / 1000);
  }

  /** Takes in how long a commit took, in milliseconds. */
  committed(milliseconds: number): void {
    this.#committing.observe(milliseconds / 1000);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: prefix + name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name: prefix + name, help, buckets: durations, registers: [this.#registry] });
  }
}
