import type { AgentFacts } from '../model/agent.ts';
import type { Grouping } from './grouping.ts';

/** The groups there are under a grouping: the values that known agents have. */
export class FieldGroups {
  readonly grouping: Grouping;
  /** Those that are told when a value comes or goes. */
  readonly users = new Set<TagGroups>();
  readonly #agentsByValue = new Map<string, number>();

  constructor(grouping: Grouping) {
    this.grouping = grouping;
  }

  get size(): number {
    return this.#agentsByValue.size;
  }

  has(value: string): boolean {
    return this.#agentsByValue.has(value);
  }

  add(agent: AgentFacts): void {
    this.#change(agent, 1);
  }

  remove(agent: AgentFacts): void {
    this.#change(agent, -1);
  }

  #change(agent: AgentFacts, difference: 1 | -1): void {
    const { read, eligible } = this.grouping;
    const value = read(agent);
    if (value === undefined || (eligible && !eligible(agent))) return;
    const before = this.#agentsByValue.get(value) ?? 0;
    const after = before + difference;
    if (after > 0) this.#agentsByValue.set(value, after);
    else this.#agentsByValue.delete(value);
    if (before === 0) for (const user of this.users) user.appeared(value);
    else if (after === 0) for (const user of this.users) user.vanished(value);
  }
}

/** How many tasks with one tag are in each group. */
export class TagGroups {
  readonly fields: FieldGroups;
  /** Changes whenever a group that had no task gets one. */
  settled: number;
  readonly #tick: () => number;
  readonly #counts = new Map<string, number>();
  /** How many groups of known agents have so many tasks; groups that have none are not counted. */
  readonly #histogram: number[] = [];
  #occupied = 0;
  /** No occupied group of known agents has fewer tasks. */
  #lowestBound = 1;

  constructor(fields: FieldGroups, tick: () => number) {
    this.fields = fields;
    this.#tick = tick;
    this.settled = tick();
    fields.users.add(this);
  }

  count(value: string): number {
    return this.#counts.get(value) ?? 0;
  }

  /** The number of tasks in the group that has fewest; groups that are expected and not known have none. */
  lowest(expectedGroups = 0): number {
    if (Math.max(this.fields.size, expectedGroups) > this.#occupied || this.#occupied === 0) return 0;
    while (!this.#histogram[this.#lowestBound]) this.#lowestBound++;
    return this.#lowestBound;
  }

  change(value: string, difference: number): void {
    const before = this.count(value);
    const after = before + difference;
    if (after > 0) this.#counts.set(value, after);
    else this.#counts.delete(value);
    if (before === 0) this.settled = this.#tick();
    if (!this.fields.has(value)) return;
    this.#count(before, -1);
    this.#count(after, 1);
  }

  appeared(value: string): void {
    this.#count(this.count(value), 1);
  }

  vanished(value: string): void {
    this.#count(this.count(value), -1);
  }

  #count(tasks: number, difference: 1 | -1): void {
    if (tasks === 0) return;
    this.#histogram[tasks] = (this.#histogram[tasks] ?? 0) + difference;
    this.#occupied += difference;
    if (difference > 0 && tasks < this.#lowestBound) this.#lowestBound = tasks;
  }
}
