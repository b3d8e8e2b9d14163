import { type Random, seededRandom } from '../mesos-fuzz/mutations.ts';

/** An agent of a mix, with what it has in all; nothing runs there yet. */
export interface MixAgent {
  readonly id: string;
  readonly cpus: number;
  /** MiB. */
  readonly mem: number;
  readonly zone: string;
  readonly rack: string;
}

/**
 * What must hold of where a task is put: nothing, as many tasks of its job in every zone (of so many), no other task
 * of its job on the agent, or an agent of one rack.
 */
export type MixRule = 'none' | `spread:${number}` | 'unique' | `rack:${string}`;

/** A task of a mix. */
export interface MixTask {
  readonly id: string;
  readonly job: string;
  readonly cpus: number;
  /** MiB. */
  readonly mem: number;
  readonly rule: MixRule;
}

/** What contenders are given: agents, and tasks in the order in which they come. */
export interface Mix {
  readonly agents: readonly MixAgent[];
  readonly tasks: readonly MixTask[];
}

const zones = 8;
const agentsPerRack = 40;
const coresPerAgent = 8;
const memoryPerCore = 1000;

/** Agents that are all alike but for zone and rack. */
export const equalAgents = (count: number, cpus = coresPerAgent): MixAgent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `agent-${index}`,
    cpus,
    mem: cpus * memoryPerCore,
    zone: `zone-${index % zones}`,
    rack: `rack-${Math.floor(index / agentsPerRack)}`,
  }));

const task = (index: number, cpus: number, more: Partial<MixTask> = {}): MixTask => ({
  id: `task-${index}`,
  job: 'job',
  cpus,
  mem: cpus * memoryPerCore,
  rule: 'none',
  ...more,
});

/** Fisher and Yates's shuffle, in place. */
function shuffle<Item>(items: Item[], random: Random): Item[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random(last + 1);
    const [a, b] = [items[last], items[other]];
    if (a !== undefined && b !== undefined) [items[last], items[other]] = [b, a];
  }
  return items;
}

/**
 * The kinds of tasks with which Fenzo's authors took their figures: of all cores a fifth is asked for by tasks of one
 * core, two fifths by tasks of half an agent, two fifths by tasks of three quarters. Together they would fill all.
 */
export function threeShapes(agentCount: number, seed: number): Mix {
  const cores = agentCount * coresPerAgent;
  const counts: readonly (readonly [cpus: number, count: number])[] = [
    [coresPerAgent / 2, Math.floor((cores * 0.4) / (coresPerAgent / 2))],
    [coresPerAgent * 0.75, Math.floor((cores * 0.4) / (coresPerAgent * 0.75))],
  ];
  const large = counts.flatMap(([cpus, count]) => Array.from({ length: count }, () => cpus));
  const rest = cores - large.reduce((sum, cpus) => sum + cpus, 0);
  const all = shuffle([...large, ...Array.from({ length: rest }, () => 1)], seededRandom(seed));
  return { agents: equalAgents(agentCount), tasks: all.map((cpus, index) => task(index, cpus)) };
}

const jobSize = 20;

/**
 * Jobs of 20 tasks with a hard constraint each, in turns: spread over the zones, spread over the zones, no two on an
 * agent, on one rack. Together they ask for half of all cores.
 */
export function constrained(agentCount: number, seed: number): Mix {
  const random = seededRandom(seed);
  const agents = equalAgents(agentCount);
  const racks = Math.ceil(agentCount / agentsPerRack);
  const tasks: MixTask[] = [];
  for (let cores = 0, jobs = 0; cores < (agentCount * coresPerAgent) / 2; jobs += 1) {
    const cpus = 1 + random(3);
    const rules: readonly MixRule[] = [
      `spread:${zones}`,
      `spread:${zones}`,
      'unique',
      `rack:rack-${random(racks)}`,
    ];
    const rule = rules[jobs % rules.length] ?? 'none';
    for (let number = 0; number < jobSize; number += 1)
      tasks.push(task(tasks.length, cpus, { job: `job-${jobs}`, rule }));
    cores += cpus * jobSize;
  }
  return { agents, tasks };
}

/** Agents of many sizes and tasks of many shapes, cores and memory apart; they ask for more than there is. */
export function randomLoad(agentCount: number, seed: number): Mix {
  const random = seededRandom(seed);
  const agents = equalAgents(agentCount).map((agent) => {
    const cpus = 4 * (1 + random(8));
    return { ...agent, cpus, mem: cpus * 1024 * (2 + random(3)) };
  });
  const cores = agents.reduce((sum, { cpus }) => sum + cpus, 0);
  const shapes = Array.from({ length: 12 }, () => ({
    cpus: (1 + random(12)) / 2,
    mem: 256 * (1 + random(64)),
  }));
  const tasks: MixTask[] = [];
  for (let asked = 0; asked < cores * 1.5; ) {
    const shape = shapes[random(shapes.length)];
    if (!shape) throw new Error('there are no shapes');
    tasks.push(task(tasks.length, shape.cpus, { mem: shape.mem }));
    asked += shape.cpus;
  }
  return { agents, tasks };
}

/** Tasks that fit on no agent: all of one shape, or each of its own. */
export const unplaceable = (agentCount: number, count: number, shapes: 'same' | 'different'): Mix => ({
  agents: equalAgents(agentCount),
  tasks: Array.from({ length: count }, (_, index) =>
    task(index, coresPerAgent + 1 + (shapes === 'same' ? 0 : index / 1000)),
  ),
});

/** Many tasks of three shapes for agents of which only `roomy` have room for a task at all, for eight each. */
export function backlog(agentCount: number, roomy: number, pending: number, seed: number): Mix {
  const random = seededRandom(seed);
  const agents = equalAgents(agentCount).map((agent, index) =>
    index % Math.floor(agentCount / roomy) === 0 ? agent : { ...agent, cpus: 0.5, mem: 500 },
  );
  const shapes = [1, 2, 4];
  return {
    agents,
    tasks: Array.from({ length: pending }, (_, index) => task(index, shapes[random(shapes.length)] ?? 1)),
  };
}
