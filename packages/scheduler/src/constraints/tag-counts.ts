import type { AgentFacts, AgentId } from '../model/agent.ts';
import type { Tag } from '../model/constraint.ts';
import type { Grouping } from './grouping.ts';
import { FieldGroups, TagGroups } from './tag-groups.ts';

/** What of a task is counted while it is on an agent. */
export interface CountedTask {
  readonly tags?: readonly Tag[] | undefined;
  /** Whether it bears the constraint `exclusive`. */
  readonly exclusive?: boolean | undefined;
}

interface AgentEntry {
  readonly id: AgentId;
  /** The last that was heard; kept after the agent is lost, as its tasks may still run. */
  facts: AgentFacts | undefined;
  present: boolean;
  tasks: number;
  exclusive: number;
  readonly tags: Map<Tag, number>;
}

interface TagEntry {
  total: number;
  loosened: number;
  readonly agents: Map<AgentEntry, number>;
  readonly groups: Map<string, TagGroups>;
}

const sameFields = (a: AgentFacts | undefined, b: AgentFacts): boolean => {
  if (a === b) return true;
  if (!a || a.hostname !== b.hostname || a.region !== b.region || a.zone !== b.zone) return false;
  const names = Object.keys(b.attributes);
  return (
    names.length === Object.keys(a.attributes).length &&
    names.every((name) => a.attributes[name] === b.attributes[name])
  );
};

/** The group that tasks on an agent are in; its id is known before anything else is. */
const groupOf = (id: AgentId, facts: AgentFacts | undefined, { read, byAgent }: Grouping) =>
  facts ? read(facts) : byAgent ? id : undefined;

const add = <Key>(counts: Map<Key, number>, key: Key, difference: number) => {
  const after = (counts.get(key) ?? 0) + difference;
  if (after > 0) counts.set(key, after);
  else counts.delete(key);
};

/**
 * Where the tagged tasks are. Placing and removing a task and every question cost the same whatever the number of
 * agents and tasks; only the first question for a grouping looks at all agents. Of tags that no task bears,
 * nothing is kept.
 */
export class TagCounts {
  readonly #agents = new Map<AgentId, AgentEntry>();
  readonly #tags = new Map<Tag, TagEntry>();
  readonly #fields = new Map<string, FieldGroups>();
  #ticks = 0;
  #factsVersion = 0;
  readonly #tick = () => ++this.#ticks;

  /** Takes what is known of an agent, also anew; it may have tasks already. Costs next to nothing if nothing changed. */
  agentKnown(facts: AgentFacts): void {
    const entry = this.#entry(facts.id);
    if (entry.present && sameFields(entry.facts, facts)) return;
    this.#leaveGroups(entry);
    const before = entry.facts;
    entry.facts = facts;
    entry.present = true;
    for (const fields of this.#fields.values()) fields.add(facts);
    this.#moveTasks(entry, before);
    this.#factsVersion = this.#tick();
  }

  /** The agent can get no tasks any more, so that its groups need none; tasks that are still on it count on. */
  agentLost(agentId: AgentId): void {
    const entry = this.#agents.get(agentId);
    if (!entry?.present) return;
    this.#leaveGroups(entry);
    entry.present = false;
    this.#forgetIfEmpty(entry);
    this.#factsVersion = this.#tick();
  }

  placed(agentId: AgentId, task: CountedTask): void {
    const entry = this.#entry(agentId);
    entry.tasks++;
    if (task.exclusive) entry.exclusive++;
    for (const tag of new Set(task.tags)) this.#change(entry, tag, 1);
  }

  /** @throws RangeError if no such task was placed there */
  removed(agentId: AgentId, task: CountedTask): void {
    const entry = this.#agents.get(agentId);
    const tags = new Set(task.tags);
    if (!entry || entry.tasks === 0 || ![...tags].every((tag) => entry.tags.has(tag))) {
      throw new RangeError(`No task with the tags [${[...tags].join(', ')}] was placed on agent ${agentId}`);
    }
    entry.tasks--;
    if (task.exclusive) entry.exclusive--;
    for (const tag of tags) this.#change(entry, tag, -1);
    this.#forgetIfEmpty(entry);
  }

  tasksOn(agentId: AgentId): number {
    return this.#agents.get(agentId)?.tasks ?? 0;
  }

  /** Whether a task that bears `exclusive` is there: no other may join it, whatever its own constraints. */
  heldExclusively(agentId: AgentId): boolean {
    return (this.#agents.get(agentId)?.exclusive ?? 0) > 0;
  }

  /** Changes whenever what is known of any agent does. */
  get factsVersion(): number {
    return this.#factsVersion;
  }

  /** Changes whenever a task with the tag is removed. */
  loosened(tag: Tag): number {
    return this.#tags.get(tag)?.loosened ?? 0;
  }

  /** The tasks with the tag by group; `undefined` while there are none. */
  groups(tag: Tag, grouping: Grouping): TagGroups | undefined {
    const entry = this.#tags.get(tag);
    return entry && (entry.groups.get(grouping.key) ?? this.#group(entry, grouping));
  }

  #entry(id: AgentId): AgentEntry {
    let entry = this.#agents.get(id);
    if (!entry) {
      entry = { id, facts: undefined, present: false, tasks: 0, exclusive: 0, tags: new Map() };
      this.#agents.set(id, entry);
    }
    return entry;
  }

  #forgetIfEmpty(entry: AgentEntry): void {
    if (!entry.present && entry.tasks === 0) this.#agents.delete(entry.id);
  }

  #leaveGroups(entry: AgentEntry): void {
    if (!entry.present || !entry.facts) return;
    for (const fields of this.#fields.values()) fields.remove(entry.facts);
  }

  #moveTasks(entry: AgentEntry, before: AgentFacts | undefined): void {
    for (const [tag, count] of entry.tags) {
      for (const groups of this.#tags.get(tag)?.groups.values() ?? []) {
        const from = groupOf(entry.id, before, groups.fields.grouping);
        const to = groupOf(entry.id, entry.facts, groups.fields.grouping);
        if (from === to) continue;
        if (from !== undefined) groups.change(from, -count);
        if (to !== undefined) groups.change(to, count);
      }
    }
  }

  #change(entry: AgentEntry, tag: Tag, difference: 1 | -1): void {
    const tagged = this.#tagEntry(tag);
    tagged.total += difference;
    if (difference < 0) tagged.loosened = this.#tick();
    add(entry.tags, tag, difference);
    add(tagged.agents, entry, difference);
    for (const groups of tagged.groups.values()) {
      const value = groupOf(entry.id, entry.facts, groups.fields.grouping);
      if (value !== undefined) groups.change(value, difference);
    }
    if (tagged.total === 0) this.#forgetTag(tag, tagged);
  }

  #tagEntry(tag: Tag): TagEntry {
    let entry = this.#tags.get(tag);
    if (!entry) {
      // A number of its own for every time that the tag comes into use: what was seen at an earlier time is void.
      entry = { total: 0, loosened: this.#tick(), agents: new Map(), groups: new Map() };
      this.#tags.set(tag, entry);
    }
    return entry;
  }

  #forgetTag(tag: Tag, entry: TagEntry): void {
    this.#tags.delete(tag);
    for (const groups of entry.groups.values()) {
      const { fields } = groups;
      fields.users.delete(groups);
      // Groupings over all agents are few; those of the constraints of one job would pile up.
      if (fields.grouping.eligible && fields.users.size === 0) this.#fields.delete(fields.grouping.key);
    }
  }

  #group(entry: TagEntry, grouping: Grouping): TagGroups {
    const groups = new TagGroups(this.#fieldGroups(grouping), this.#tick);
    for (const [agent, count] of entry.agents) {
      const value = groupOf(agent.id, agent.facts, grouping);
      if (value !== undefined) groups.change(value, count);
    }
    entry.groups.set(grouping.key, groups);
    return groups;
  }

  #fieldGroups(grouping: Grouping): FieldGroups {
    let fields = this.#fields.get(grouping.key);
    if (!fields) {
      fields = new FieldGroups(grouping);
      this.#fields.set(grouping.key, fields);
      for (const { facts, present } of this.#agents.values()) if (present && facts) fields.add(facts);
    }
    return fields;
  }
}
