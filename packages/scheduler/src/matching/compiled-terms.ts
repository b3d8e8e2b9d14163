import type { AgentEntry } from '../cluster/cluster-agents.ts';
import { type FieldReader, fieldReader } from '../constraints/agent-field.ts';
import { type CompiledConstraints, compileConstraints, type TagCounts } from '../constraints/index.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { Constraint, Preference } from '../model/constraint.ts';

/** The constraints and preferences of a task. */
export interface Terms {
  readonly constraints: readonly Constraint[];
  readonly preferences: readonly Preference[];
}

/** Constraints under which an agent that was refused is allowed once tasks were put elsewhere. */
type Balancing = Extract<Constraint, { type: 'group-by' | 'near' }>;

const isBalancing = (constraint: Constraint): constraint is Balancing =>
  constraint.type === 'group-by' || constraint.type === 'near';

const isCounted = ({ type }: Constraint): boolean =>
  type === 'unique' || type === 'max-per' || type === 'away-from' || type === 'group-by' || type === 'near';

const looksAtAgent = (constraint: Constraint): boolean =>
  !isCounted(constraint) && constraint.type !== 'exclusive';

/**
 * The constraints and preferences of a shape, taken apart by when their answers change: what looks at the agent alone,
 * what is refused until a task ends (`unique`, `max-per`, `away-from`, `exclusive`), and what is refused until tasks
 * are put elsewhere (`group-by`, `near`). The last is the same for all agents with the same values in a few fields, so
 * that it is asked once for each group of agents, not for each agent.
 */
export class CompiledTerms {
  readonly constraints: readonly Constraint[];
  readonly all: CompiledConstraints;
  /** All but those that balance; absent: whoever is allowed at all is allowed at any time. */
  readonly repelling: CompiledConstraints | undefined;
  readonly balancing: CompiledConstraints | undefined;
  readonly anyPreference: boolean;
  /** Whether how well preferences are kept changes with every placement. */
  readonly preferencesCount: boolean;
  /** Whether what is refused now may be allowed later on. */
  readonly anyCounted: boolean;
  readonly #balancedFields: readonly FieldReader[];
  /** By number of the agent, twice its version, and one more if it is allowed. */
  #verdicts: Uint32Array | undefined;

  constructor({ constraints, preferences }: Terms) {
    const ofAgent = constraints.filter(looksAtAgent);
    const balancing = constraints.filter(isBalancing);
    const others = constraints.filter((constraint) => !isBalancing(constraint));
    this.constraints = constraints;
    this.all = compileConstraints({ constraints, preferences });
    this.repelling = others.length > ofAgent.length ? compileConstraints({ constraints: others }) : undefined;
    this.balancing =
      balancing.length > 0 ? compileConstraints({ constraints: [...ofAgent, ...balancing] }) : undefined;
    this.#balancedFields = [...new Set(balancing.map(({ field }) => field))].map(fieldReader);
    this.anyPreference = preferences.length > 0;
    this.preferencesCount = preferences.some(({ constraint }) => isCounted(constraint));
    this.anyCounted = constraints.length > ofAgent.length;
  }

  /** Whether the agent itself is allowed; remembered for as long as its facts stay the same, if `remember` says so. */
  allowsAgent(agent: AgentEntry, remember: boolean): boolean {
    if (!remember) return this.all.allowsAgent(agent.facts);
    const verdicts = this.#verdictsFor(agent.number);
    const known = verdicts[agent.number] as number;
    if (known >> 1 === agent.version) return (known & 1) === 1;
    const allowed = this.all.allowsAgent(agent.facts);
    verdicts[agent.number] = agent.version * 2 + (allowed ? 1 : 0);
    return allowed;
  }

  /** Forgets what was remembered of agents. */
  forgetVerdicts(): void {
    this.#verdicts = undefined;
  }

  /** The same for all agents that the balancing constraints treat alike. */
  groupOf(agent: AgentFacts): string {
    const [first, ...others] = this.#balancedFields;
    if (!first) return '';
    if (others.length === 0) return first(agent) ?? '';
    return JSON.stringify(this.#balancedFields.map((read) => read(agent) ?? null));
  }

  /** How well the agent keeps the preferences at the moment, in thousandths. */
  preference(agent: AgentFacts, counts: TagCounts): number {
    return this.anyPreference ? Math.round(this.all.preference(agent, counts) * 1000) : 0;
  }

  #verdictsFor(number: number): Uint32Array {
    const verdicts = this.#verdicts;
    if (verdicts && number < verdicts.length) return verdicts;
    const larger = new Uint32Array(Math.max(64, 2 ** Math.ceil(Math.log2(number + 1))));
    if (verdicts) larger.set(verdicts);
    this.#verdicts = larger;
    return larger;
  }
}
