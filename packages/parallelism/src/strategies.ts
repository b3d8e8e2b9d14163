import { PlanError } from './plan-error.ts';
import { records } from './records/records.ts';
import type { Part, PlanContext, PlanInput, Strategy } from './strategy.ts';

/** Every strategy there is. */
export const strategies: readonly Strategy[] = [records];

/** The strategy of this name; throws a {@link PlanError} `UNKNOWN_STRATEGY` that lists those there are. */
export const strategyNamed = (name: string): Strategy => {
  const strategy = strategies.find((candidate) => candidate.name === name);
  if (strategy !== undefined) return strategy;
  const known = strategies.map((candidate) => candidate.name).join(', ');
  throw new PlanError(
    'UNKNOWN_STRATEGY',
    `there is no strategy ${JSON.stringify(name)}; there are: ${known}`,
  );
};

/**
 * The parts into which the named strategy cuts `input`: looks the strategy up, checks the parameters, plans.
 * Throws a {@link PlanError} before anything is read if the name or the parameters are wrong; for the rest see
 * {@link Strategy.plan}.
 */
export const planSplit = (
  split: { readonly strategy: string; readonly parameters: unknown },
  input: PlanInput,
  context: PlanContext,
): AsyncGenerator<Part> => {
  const strategy = strategyNamed(split.strategy);
  const checked = strategy.parameters.safeParse(split.parameters);
  if (checked.success) return strategy.plan(input, checked.data, context);
  const problems = checked.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  const text = `strategy ${strategy.name}: ${problems.join('; ')}`;
  throw new PlanError('INVALID_PARAMETERS', text, { cause: checked.error });
};
