import { Matcher } from '../matching/matcher.ts';
import { builtInPolicies, type PlacementPolicy } from '../matching/placement-policy.ts';
import { SchedulerError } from '../model/errors.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { TaskId, TaskSpec } from '../model/task.ts';
import { validateTask } from './validate-task.ts';

/** Looks whether tasks that are submitted can be taken. */
export class Admission {
  readonly #placements: readonly PlacementPolicy[];
  readonly #names: ReadonlySet<string>;
  readonly #isKnown: (taskId: TaskId) => boolean;
  /** Of tasks that were admitted, and that the core was not told of yet. */
  readonly #admitted = new Set<TaskId>();

  /** `placements` are those besides the built-in ones; `isKnown` says whether the core has, or had, a task. */
  constructor(placements: readonly PlacementPolicy[], isKnown: (taskId: TaskId) => boolean) {
    this.#placements = placements;
    this.#names = new Set([...builtInPolicies, ...placements].map(({ name }) => name));
    this.#isKnown = isKnown;
  }

  /** @throws RangeError if the policy names a placement that there is not, or a weight that is not above 0. */
  checkPolicy(policy: SchedulingPolicy): void {
    new Matcher(policy, this.#placements);
  }

  /**
   * Takes all of them or none; {@link leave} is to be called once the core was told.
   * @throws SchedulerError `INVALID_TASK` or `DUPLICATE_TASK`
   */
  enter(specs: readonly TaskSpec[]): void {
    for (const spec of specs) validateTask(spec, this.#names);
    const ids = new Set(specs.map(({ id }) => id));
    const known = specs.find(({ id }) => this.#admitted.has(id) || this.#isKnown(id) || !ids.delete(id));
    if (known) throw new SchedulerError('DUPLICATE_TASK', `there is a task ${known.id} already`);
    for (const { id } of specs) this.#admitted.add(id);
  }

  leave(specs: readonly TaskSpec[]): void {
    for (const { id } of specs) this.#admitted.delete(id);
  }
}
