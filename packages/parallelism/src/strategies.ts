import { blocks } from './blocks/blocks.ts';
import { checkedBy } from './checked-by.ts';
import { pairs } from './pairs/pairs.ts';
import { PlanError } from './plan-error.ts';
import { records } from './records/records.ts';
import { regions } from './regions/regions.ts';
import { replicate } from './replicate/replicate.ts';
import { scatter } from './scatter/scatter.ts';
import type { Part, PlanContext, PlanInput, Strategy } from './strategy.ts';
import { sweep } from './sweep/sweep.ts';

/** Every strategy there is. */
export const strategies: readonly Strategy[] = [records, blocks, regions, scatter, replicate, sweep, pairs];

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
export const readyStrategy = (split: SplitChoice, inputs: number): ReadyStrategy => {
  const strategy = strategyNamed(split.strategy);
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
): AsyncGenerator<Part> => {
  const { strategy, parameters } = readyStrategy(split, inputs.length);
  return strategy.plan(inputs, parameters, context);
};
