import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentFacts } from '../model/agent.ts';
import { MatcherFixture } from '../testing/matcher-fixture.ts';

const agentCount = 4;
const minute = 60_000;

const anyAgent = fc.nat(agentCount - 1);
const anyRack = fc.constantFrom('r1', 'r1', 'r1', 'r2');
const anyTask = fc.record({ cpus: fc.integer({ min: 1, max: 5 }), rack: fc.option(anyRack) });

/** What happens before some agents are offered. */
const anyStep = fc.record({
  offered: fc.uniqueArray(anyAgent, { maxLength: agentCount }),
  wanted: fc.array(anyTask, { maxLength: 2 }),
  moved: fc.option(fc.record({ agent: anyAgent, rack: anyRack }), { freq: 3 }),
  /** Whether the driver tells of all agents. */
  told: fc.boolean(),
  /** An agent that is away from now on, for a minute; it is told of ever after. */
  gone: fc.option(anyAgent, { freq: 4 }),
  /** Whether a task ends. */
  ends: fc.boolean(),
});

type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

/** Agents of 2, 3, ... cores, and who waits: by rules that know nothing of what a matcher remembers. */
class World {
  readonly #cluster = new MatcherFixture({ headOfLine: { patience: Number.POSITIVE_INFINITY } });
  readonly #racks = Array.from({ length: agentCount }, () => 'r1');
  readonly #awayUntil = Array.from({ length: agentCount }, () => 0);
  readonly #waiting = new Map<string, { readonly cpus: number; readonly rack: string | null }>();
  #tasks = 0;

  /** Throws if an offer is given back that a waiting task could use. */
  take({ offered, wanted, moved, told, gone, ends }: Step): void {
    const cluster = this.#cluster;
    cluster.now += minute / 2;
    if (moved) this.#racks[moved.agent] = moved.rack;
    if (gone !== null) this.#awayUntil[gone] = cluster.now + minute;
    if (told) this.#tell();
    const [first] = cluster.running.keys();
    if (ends && first !== undefined) cluster.end(first);
    for (const task of wanted) this.#add(task);
    for (const agent of offered) cluster.offer(this.#factsOf(agent), { cpus: this.#free(agent) });
    cluster.match();
    for (const { spec } of cluster.running.values()) this.#waiting.delete(spec.id);
    for (const agent of offered) this.#check(agent);
  }

  #add({ cpus, rack }: { readonly cpus: number; readonly rack: string | null }): void {
    const id = `task-${this.#tasks++}`;
    this.#waiting.set(id, { cpus, rack });
    this.#cluster.add(id, {
      resources: { cpus, mem: 0, disk: 0 },
      ...(rack !== null && { constraints: [{ type: 'equals', field: 'rack', value: rack }] }),
    });
  }

  #tell(): void {
    const known = this.#racks.map((_, agent) => ({
      ...this.#factsOf(agent),
      total: { cpus: agent + 2, mem: 0, disk: 0 },
    }));
    this.#cluster.matcher.agents(known, false);
  }

  #isAway(agent: number): boolean {
    return (this.#awayUntil[agent] ?? 0) > this.#cluster.now;
  }

  #factsOf(agent: number): AgentFacts {
    const start = (this.#awayUntil[agent] ?? 0) - minute;
    return {
      id: `${agent}`,
      hostname: 'h',
      attributes: { rack: this.#racks[agent] ?? '' },
      ...(start >= 0 && { unavailability: { start, duration: minute } }),
    };
  }

  #free(agent: number): number {
    return [...this.#cluster.running.values()]
      .filter(({ agentId }) => agentId === `${agent}`)
      .reduce((left, { spec }) => left - spec.resources.cpus, agent + 2);
  }

  #check(agent: number): void {
    if (this.#isAway(agent)) return;
    for (const [id, { cpus, rack }] of this.#waiting) {
      if (rack !== null && rack !== this.#racks[agent]) continue;
      expect(cpus, `${id} on ${agent}`).toBeGreaterThan(this.#free(agent));
    }
  }
}

test('no offer is given back while a task waits that it has room for, however often the same is offered', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const world = new World();
      for (const step of steps) world.take(step);
    }),
    { numRuns: 300 },
  );
});
