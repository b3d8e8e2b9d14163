/**
 * What of an agent a constraint looks at: the name of an attribute, or one of `@hostname`, `@agent` (its id),
 * `@region` and `@zone` (as `region/zone`). An agent without it has no value.
 */
export type AgentField = string;

/** A name that tasks share, so that constraints can count them together: a job, a service, a replica set. */
export type Tag = string;

/**
 * What must hold of the agent that a task is put on. Constraints of the first four kinds look at the agent alone;
 * the others count the tasks that bear a tag and are out on the cluster at that moment, whether or not the task that
 * is being placed bears it itself.
 */
export type Constraint =
  /** The field has this value; with `not`, it has another or none. */
  | { readonly type: 'equals'; readonly field: AgentField; readonly value: string; readonly not?: boolean }
  /** The field has one of these values; with `not`, none of them. */
  | {
      readonly type: 'in';
      readonly field: AgentField;
      readonly values: readonly string[];
      readonly not?: boolean;
    }
  /** The whole value matches a regular expression of RE2, as Mesos has them; with `not`, it does not or there is none. */
  | { readonly type: 'matches'; readonly field: AgentField; readonly pattern: string; readonly not?: boolean }
  /** The agent's graphics processors are of one of these models: attribute `gpu_model`. */
  | { readonly type: 'gpu-model'; readonly models: readonly string[] }
  /** No task with the tag is on an agent with the same value. Agents without the field are not used. */
  | { readonly type: 'unique'; readonly field: AgentField; readonly among: Tag }
  /** At most so many tasks with the tag are on agents with the same value. */
  | { readonly type: 'max-per'; readonly field: AgentField; readonly among: Tag; readonly maximum: number }
  /**
   * Tasks with the tag are spread evenly: after this one is placed, its value has at most `maximumSkew` (default 1)
   * more of them than the value that has fewest. `groups` values are expected, where it is given: while fewer are
   * known, the others count as having none.
   */
  | {
      readonly type: 'group-by';
      readonly field: AgentField;
      readonly among: Tag;
      readonly maximumSkew?: number;
      readonly groups?: number;
    }
  /** A task with the tag is on an agent with the same value; while there is none at all, any agent will do. */
  | { readonly type: 'near'; readonly field: AgentField; readonly to: Tag }
  /** No task with the tag is on an agent with the same value. Agents without the field will do. */
  | { readonly type: 'away-from'; readonly field: AgentField; readonly from: Tag }
  /** The agent runs nothing else of this scheduler, and gets nothing else while this task is there. */
  | { readonly type: 'exclusive' };

/** A constraint that is better kept than not; `weight` (above 0, default 1) tells it from other preferences. */
export interface Preference {
  readonly constraint: Exclude<Constraint, { type: 'exclusive' }>;
  readonly weight?: number;
}
