import { type FieldReader, fieldReader } from '../constraints/agent-field.ts';
import { type CompiledConstraints, compileConstraints, type TagCounts } from '../constraints/index.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { Constraint, Preference } from '../model/constraint.ts';
import type { AgentFilter, AgentFilters } from './agent-filter.ts';

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

/** The field that agents must have for tasks to be counted by it. */
const neededField = (constraint: Constraint): string[] =>
  isCounted(constraint) && 'among' in constraint ? [constraint.field] : [];

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
  /** What looks at the agent alone; absent: all agents will do. */
  readonly filter: AgentFilter | undefined;
  readonly #balancedFields: readonly FieldReader[];

  constructor({ constraints, preferences }: Terms, filters: AgentFilters) {
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
    this.filter = filterOf(ofAgent, constraints.flatMap(neededField), this.all, filters);
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
}

function filterOf(
  constraints: readonly Constraint[],
  fields: readonly string[],
  all: CompiledConstraints,
  filters: AgentFilters,
): AgentFilter | undefined {
  if (constraints.length === 0 && fields.length === 0) return undefined;
  return filters.get(JSON.stringify([constraints, fields]), (agent) => all.allowsAgent(agent));
}
