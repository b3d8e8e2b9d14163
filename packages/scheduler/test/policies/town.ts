import type { SchedulingPolicy, TaskSpec } from '@galaxy-mesos/scheduler';
import { defaultPolicy } from '../../src/model/policy.ts';
import { MatcherFixture } from '../../src/testing/matcher-fixture.ts';

/** What an agent of a {@link Town} is: cores, and memory in MiB (default 1000 for each core). */
export interface TownAgent {
  readonly cpus: number;
  readonly mem?: number;
  /** The second in which it is to be gone for good. */
  readonly goesAt?: number;
}

/** A task that a {@link Town} is given. */
export type TownTask = Partial<TaskSpec> & { readonly cpus?: number; readonly runs?: number };

const memoryOf = ({ cpus, mem = cpus * 1000 }: TownAgent): number => mem;

/**
 * A few agents that run what a matcher puts there, second by second: what is free is offered each second, and a task
 * ends after so many seconds as it was said to run, or never.
 */
export class Town {
  readonly cluster: MatcherFixture;
  /** By task, the second in which it was first placed. */
  readonly started = new Map<string, number>();
  readonly #agents: ReadonlyMap<string, TownAgent>;
  readonly #runs = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  #second = 0;

  constructor(agents: Readonly<Record<string, TownAgent>>, policy: Partial<SchedulingPolicy> = {}) {
    this.#agents = new Map(Object.entries(agents));
    this.cluster = new MatcherFixture({ ...defaultPolicy, ...policy });
    const known = [...this.#agents].map(([id, agent]) => ({
      ...this.#facts(id),
      total: { cpus: agent.cpus, mem: memoryOf(agent), disk: 0 },
    }));
    this.cluster.matcher.agents(known, false);
  }

  get second(): number {
    return this.#second;
  }

  /** Where tasks run at the moment. */
  get running(): Record<string, string> {
    return Object.fromEntries(
      [...this.cluster.running.values()].map(({ spec, agentId }) => [spec.id, agentId]),
    );
  }

  /** The task waits; it asks for a core and runs for ever, where nothing else is said. */
  add(id: string, { cpus = 1, runs = Number.POSITIVE_INFINITY, ...spec }: TownTask = {}): void {
    this.#runs.set(id, runs);
    this.cluster.add(id, { resources: { cpus, mem: 0, disk: 0 }, ...spec });
  }

  /** A second passes: tasks end, what is free is offered, and tasks are placed. */
  pass(): void {
    const { cluster } = this;
    this.#second++;
    cluster.now = this.#second * 1000;
    for (const [attemptId, { spec }] of [...cluster.running]) {
      if ((this.#ends.get(attemptId) ?? 0) <= this.#second) this.end(spec.id);
    }
    for (const id of this.#agents.keys()) this.#offer(id);
    cluster.match();
    for (const [attemptId, { spec }] of cluster.running) {
      if (this.#ends.has(attemptId)) continue;
      this.#ends.set(attemptId, this.#second + (this.#runs.get(spec.id) ?? Number.POSITIVE_INFINITY));
      if (!this.started.has(spec.id)) this.started.set(spec.id, this.#second);
    }
  }

  /** Seconds pass until `isOver`, at most so many; answers how many did. */
  passUntil(isOver: () => boolean, most: number, eachSecond: (second: number) => void = () => {}): number {
    let passed = 0;
    for (; passed < most && !isOver(); passed++) {
      eachSecond(this.#second + 1);
      this.pass();
    }
    return passed;
  }

  /** A task that runs has ended. */
  end(taskId: string): void {
    for (const [attemptId, { spec }] of [...this.cluster.running]) {
      if (spec.id === taskId) this.cluster.end(attemptId);
    }
  }

  #facts(id: string) {
    const goesAt = this.#agents.get(id)?.goesAt;
    return {
      ...{ id, hostname: id, attributes: {} },
      ...(goesAt !== undefined && { unavailability: { start: goesAt * 1000 } }),
    };
  }

  #offer(id: string): void {
    const agent = this.#agents.get(id);
    if (!agent) return;
    const left = { cpus: agent.cpus, mem: memoryOf(agent), disk: 0 };
    const taken = [
      ...[...this.cluster.running.values()]
        .filter((task) => task.agentId === id)
        .map(({ spec }) => spec.resources),
      ...[...this.cluster.offers.values()]
        .filter((offer) => offer.agent.id === id)
        .map((offer) => offer.resources),
    ];
    for (const { cpus, mem } of taken) {
      left.cpus -= cpus;
      left.mem -= mem;
    }
    if (left.cpus > 0 || left.mem > 0) this.cluster.offer(this.#facts(id), left);
  }
}
