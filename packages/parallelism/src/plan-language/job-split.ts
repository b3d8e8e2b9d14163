import { detectFormat } from '@galaxy-mesos/formats';
import type { Split, SplitStep } from '@galaxy-mesos/galaxy-jobs';
import { builtIn, type Catalog } from '../catalog.ts';
import { type ConditionFacts, parseCondition } from '../condition/condition.ts';
import { PlanError } from '../plan-error.ts';
import { type ReadyStrategy, readyStrategy } from '../strategies.ts';
import type { PlanContext, PlanInput } from '../strategy.ts';

/** An input of a job, with what conditions may ask of it. */
export interface JobInput extends PlanInput {
  /** Of all its files together. */
  readonly bytes: number;
}

/** What conditions may ask of where a job runs. */
export type SplitFacts = Pick<PlanContext, 'mesos' | 'cores' | 'shared'>;

/** A step with all that it names looked up. */
export interface ReadyStep extends ReadyStrategy {
  readonly inputs: readonly JobInput[];
}

/**
 * How the job is cut: the steps of the first alternative whose condition holds; none if it runs whole.
 * @throws PlanError if a condition cannot be answered, or a step of the alternative is wrong
 */
export async function chooseSteps(
  { alternatives }: Split,
  inputs: readonly JobInput[],
  facts: SplitFacts,
  catalog: Catalog = builtIn,
): Promise<readonly ReadyStep[]> {
  const known = factsOf(inputs, facts);
  for (const { when, by } of alternatives) {
    if (when === undefined || (await parseCondition(when)).holds(known))
      return readySteps(by, inputs, catalog);
  }
  return [];
}

/**
 * The steps of all alternatives, chosen or not.
 * @throws PlanError if a condition cannot be read, or a step is wrong
 */
export async function everyStep(
  { alternatives }: Split,
  inputs: readonly JobInput[],
  catalog: Catalog = builtIn,
): Promise<readonly (readonly ReadyStep[])[]> {
  for (const { when } of alternatives) if (when !== undefined) await parseCondition(when);
  return alternatives.map(({ by }) => readySteps(by, inputs, catalog));
}

function factsOf(inputs: readonly JobInput[], { mesos, cores, shared = true }: SplitFacts): ConditionFacts {
  const byName = inputs.map(({ name, bytes, format, paths }): [string, ConditionFacts] => [
    name,
    {
      bytes: BigInt(bytes),
      format: format ?? detectFormat(paths[0])?.format.name ?? '',
      files: BigInt(paths.length),
    },
  ]);
  return {
    mesos,
    shared,
    inputs: Object.fromEntries(byName),
    ...(cores !== undefined && { cores: BigInt(Math.floor(cores)) }),
  };
}

function readySteps(steps: readonly SplitStep[], inputs: readonly JobInput[], catalog: Catalog): ReadyStep[] {
  const ready = steps.map((step) => ({
    ...readyStrategy(step, step.inputs.length, catalog),
    inputs: step.inputs.map((name) => inputNamed(name, step, inputs)),
  }));
  const names = ready.flatMap((step) => step.inputs.map(({ name }) => name));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return ready;
  const text = `the input ${twice} is cut twice; to cut a file in two ways, give it to the job under two names`;
  throw new PlanError('INVALID_PARAMETERS', text);
}

function inputNamed(name: string, { strategy }: SplitStep, inputs: readonly JobInput[]): JobInput {
  const input = inputs.find((candidate) => candidate.name === name);
  if (input) return input;
  const known = inputs.map((candidate) => candidate.name).join(', ') || 'none';
  throw new PlanError(
    'INVALID_PARAMETERS',
    `strategy ${strategy}: no input is named ${JSON.stringify(name)}; there are: ${known}`,
  );
}
