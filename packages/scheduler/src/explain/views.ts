import type { CompiledConstraints } from '../constraints/index.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { AgentResources, TaskResources } from '../model/amounts.ts';
import type { Constraint, Tag } from '../model/constraint.ts';

/** What an agent holds out for one role, or held out last, without what was placed there since. */
export interface FreeResources {
  readonly role?: string | undefined;
  /** It was held out last and was given back; nobody knows whether it is still free. */
  readonly isGivenBack?: boolean | undefined;
  readonly resources: AgentResources;
}

/** What is looked at of an agent to say why a task is not there. */
export interface AgentView {
  readonly facts: AgentFacts;
  /** All that it has; absent where only its offers were heard of. */
  readonly total?: AgentResources | undefined;
  /** Empty while it holds out nothing, and has never done. */
  readonly free: readonly FreeResources[];
  /** How many attempts of this scheduler are on it. */
  readonly attempts: number;
  /** For people: whom all that it has is kept for. */
  readonly keptFor?: string | undefined;
  /** Whether nothing is put there for a while, because too much has failed there. */
  readonly avoided?: boolean | undefined;
}

/** Waiting tasks that ask for the same. */
export interface DemandView {
  /** How many tasks wait. */
  readonly waiting: number;
  readonly resources: TaskResources;
  /** Absent: offers for any role will do. */
  readonly role?: string | undefined;
  readonly constraints: readonly Constraint[];
  readonly tags: readonly Tag[];
  /** Absent: there are no constraints. */
  readonly compiled?: Pick<CompiledConstraints, 'failing'> | undefined;
  /** Milliseconds that a task is taken to run; absent: nobody knows. */
  readonly runMilliseconds?: number | undefined;
  /** Milliseconds that an agent must have left before its planned end while nobody knows. Default 0. */
  readonly lastStretch?: number | undefined;
  /** For people: whose quota is used up, such as `queue short`. */
  readonly overQuota?: string | undefined;
  /** Under which name agents are kept for it, as {@link AgentView.keptFor} has it. */
  readonly keeper?: string | undefined;
}
