import { builtIn, type Catalog } from './catalog.ts';
import { checkedBy } from './checked-by.ts';
import { PlanError } from './plan-error.ts';
import type { Part, PlanContext, PlanInput, Strategy } from './strategy.ts';

/** The strategy of this name; throws a {@link PlanError} `UNKNOWN_STRATEGY` that lists those there are. */
export const strategyNamed = (name: string, { strategies }: Catalog = builtIn): Strategy => {
  const strategy = strategies.find((candidate) => candidate.name === name);
  if (strategy !== undefined) return strategy;
  const known = strategies.map((candidate) => candidate.name).join(', ');
  throw new PlanError(
    'UNKNOWN_STRATEGY',
    `there is no strategy ${JSON.stringify(name)}; there are: ${known}`,
  );
};

/** A strategy by name, with what it is asked to do. */
export interface SplitChoice {
  readonly strategy: string;
  /** The strategy's own; it checks them. */
  readonly parameters: unknown;
}

/** A strategy that was looked up, with its parameters checked. */
export interface ReadyStrategy {
  readonly strategy: Strategy;
  readonly parameters: unknown;
}

/**
 * Looks a strategy up and checks its parameters, and how many inputs it is to cut.
 * @throws PlanError UNKNOWN_STRATEGY, INVALID_PARAMETERS
 */
export const readyStrategy = (
  split: SplitChoice,
  inputs: number,
  catalog: Catalog = builtIn,
): ReadyStrategy => {
  const strategy = strategyNamed(split.strategy, catalog);
  const parameters = checkedBy(strategy, `strategy ${strategy.name}`, split.parameters);
  const { least, most } = strategy.inputs;
  if (inputs >= least && inputs <= most) return { strategy, parameters };
  const expected = least === most ? `${least}` : `${least} to ${most}`;
  const text = `strategy ${strategy.name}: expected ${expected} inputs to cut, found ${inputs}`;
  throw new PlanError('INVALID_PARAMETERS', text);
};

/**
 * The parts into which the named strategy cuts a job: looks the strategy up, checks parameters and the number of
 * inputs, plans. Throws a {@link PlanError} before anything is read if one of these is wrong; for the rest see
 * {@link Strategy.plan}.
 */
export const planSplit = (
  split: SplitChoice,
  inputs: readonly PlanInput[],
  context: PlanContext,
  catalog: Catalog = builtIn,
): AsyncGenerator<Part> => {
  const { strategy, parameters } = readyStrategy(split, inputs.length, catalog);
  return strategy.plan(inputs, parameters, context);
};
