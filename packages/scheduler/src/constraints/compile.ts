import type { AgentFacts } from '../model/agent.ts';
import type { Constraint, Preference } from '../model/constraint.ts';
import { type AgentCheck, type AgentConstraint, agentCheck, isAgentConstraint } from './agent-check.ts';
import { agentRules, type RuleGroups } from './agent-rules.ts';
import { type CountedCheck, type CountedConstraint, countedCheck } from './counted-check.ts';
import type { TagCounts } from './tag-counts.ts';
import { type ConstrainedTask, validateConstraints } from './validate.ts';

/** What a task asks of agents, made ready to be asked of thousands. All questions cost the same on any cluster. */
export interface CompiledConstraints {
  /** Looks at the agent alone: the answer holds until the agent changes. */
  allowsAgent(agent: AgentFacts): boolean;
  /**
   * Whether an agent that {@link CompiledConstraints.allowsAgent} may be used at this moment: by the tasks that are
   * out, and unless another has the agent for itself.
   */
  allowsNow(agent: AgentFacts, counts: TagCounts): boolean;
  /**
   * Changes whenever an agent that {@link CompiledConstraints.allowsNow} refused may be allowed since, for another
   * reason than that a task on that very agent ended. Placements mostly leave it as it is: a refusal that was noted
   * for it is still right, where an approval is not.
   */
  loosened(counts: TagCounts): number;
  /** How well the preferences are kept on the agent at this moment, by weight: 1 if all are, or there are none. */
  preference(agent: AgentFacts, counts: TagCounts): number;
  /** The first constraint that forbids the agent now; also `exclusive` where it is that of a task that is there. */
  failing(agent: AgentFacts, counts: TagCounts): Constraint | undefined;
  /** What of it a master can check; empty: any agent may do. */
  readonly rules: RuleGroups;
}

interface CompiledPreference {
  readonly weight: number;
  degree(agent: AgentFacts, counts: TagCounts): number;
}

const isCounted = (constraint: Constraint): constraint is CountedConstraint =>
  constraint.type !== 'exclusive' && !isAgentConstraint(constraint);

const compilePreference = (
  { constraint, weight = 1 }: Preference,
  agentConstraints: readonly AgentConstraint[],
): CompiledPreference => {
  if (!isAgentConstraint(constraint))
    return { weight, degree: countedCheck(constraint, agentConstraints).degree };
  const check = agentCheck(constraint);
  return { weight, degree: (agent) => (check(agent) ? 1 : 0) };
};

class Compiled implements CompiledConstraints {
  readonly rules: RuleGroups;
  readonly #agentChecks: readonly { readonly constraint: Constraint; readonly check: AgentCheck }[];
  readonly #countedChecks: readonly CountedCheck[];
  readonly #preferences: readonly CompiledPreference[];
  readonly #totalWeight: number;
  readonly #exclusive: boolean;
  readonly #loosenedBy: readonly ((counts: TagCounts) => number)[];
  #seen: number[] = [];
  #loosened = 0;

  constructor(constraints: readonly Constraint[], preferences: readonly Preference[]) {
    const ofAgent = constraints.filter(isAgentConstraint);
    this.#countedChecks = constraints
      .filter(isCounted)
      .map((constraint) => countedCheck(constraint, ofAgent));
    const needed = this.#countedChecks.filter(({ needsField }) => needsField);
    this.#agentChecks = [
      ...ofAgent.map((constraint) => ({ constraint, check: agentCheck(constraint) })),
      ...needed.map(({ constraint, grouping }) => ({
        constraint,
        check: (agent: AgentFacts) => grouping.read(agent) !== undefined,
      })),
    ];
    this.#exclusive = constraints.some(({ type }) => type === 'exclusive');
    const rules = agentRules(ofAgent, [...new Set(needed.map(({ constraint }) => constraint.field))]);
    this.rules = rules.some((group) => group.length === 0) ? [] : rules;
    this.#preferences = preferences.map((preference) => compilePreference(preference, ofAgent));
    this.#totalWeight = this.#preferences.reduce((sum, { weight }) => sum + weight, 0);
    this.#loosenedBy = [
      (counts) => counts.factsVersion,
      ...this.#countedChecks.flatMap(({ loosenedBy }) => loosenedBy),
    ];
  }

  allowsAgent(agent: AgentFacts): boolean {
    for (const { check } of this.#agentChecks) if (!check(agent)) return false;
    return true;
  }

  allowsNow(agent: AgentFacts, counts: TagCounts): boolean {
    if (this.#isTaken(agent, counts)) return false;
    for (const check of this.#countedChecks) if (check.degree(agent, counts) < 1) return false;
    return true;
  }

  loosened(counts: TagCounts): number {
    let changed = false;
    for (const [index, read] of this.#loosenedBy.entries()) {
      const now = read(counts);
      if (this.#seen[index] === now) continue;
      this.#seen[index] = now;
      changed = true;
    }
    if (changed) this.#loosened++;
    return this.#loosened;
  }

  preference(agent: AgentFacts, counts: TagCounts): number {
    if (this.#preferences.length === 0) return 1;
    let kept = 0;
    for (const { weight, degree } of this.#preferences) kept += weight * degree(agent, counts);
    return kept / this.#totalWeight;
  }

  failing(agent: AgentFacts, counts: TagCounts): Constraint | undefined {
    const failed =
      this.#agentChecks.find(({ check }) => !check(agent)) ??
      this.#countedChecks.find((check) => check.degree(agent, counts) < 1);
    if (failed) return failed.constraint;
    return this.#isTaken(agent, counts) ? { type: 'exclusive' } : undefined;
  }

  #isTaken({ id }: AgentFacts, counts: TagCounts): boolean {
    return this.#exclusive ? counts.tasksOn(id) > 0 : counts.heldExclusively(id);
  }
}

/**
 * Compiles what a task asks of agents; to be done once for all tasks that ask for the same.
 * @throws SchedulerError INVALID_TASK, with the name of the field and what was expected of it
 */
export function compileConstraints(task: ConstrainedTask): CompiledConstraints {
  validateConstraints(task);
  return new Compiled(task.constraints ?? [], task.preferences ?? []);
}
