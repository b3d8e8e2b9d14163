import {
  cutInputNames,
  filesOfInput,
  hasPlaceholders,
  type Job,
  JobDescriptionError,
  placeholderFiller,
  placeholdersIn,
} from '@galaxy-mesos/galaxy-jobs';
import { builtIn, type Catalog } from '../catalog.ts';
import { PlanError } from '../plan-error.ts';
import type { Part, PlanContext } from '../strategy.ts';
import { chooseSteps, everyStep, type JobInput, type ReadyStep } from './job-split.ts';
import { planSteps, valueNamesOf } from './plan-steps.ts';
import { joinsOf, type StepJoin } from './step-joins.ts';

/** A part of a job, with its own command where values stand in it. */
export interface PlannedPart extends Part {
  readonly command?: string;
}

/** What a job comes to. */
export interface PlannedSplit {
  /** The job is one task, and nothing is joined. */
  readonly isWhole: boolean;
  /** By the names of the outputs, of each the outermost first; none for a job that is whole. */
  readonly joins: Readonly<Record<string, readonly StepJoin[]>>;
  /** See {@link Strategy.plan}. */
  readonly parts: AsyncGenerator<PlannedPart>;
}

/**
 * Plans a job: chooses an alternative, and how each output is joined, and tells the parts with their commands.
 * @throws PlanError if something of it is wrong; no file but tables of values is read before the parts are asked for
 */
export async function planJob(
  job: Job,
  context: PlanContext,
  catalog: Catalog = builtIn,
): Promise<PlannedSplit> {
  const inputs = job.inputs.map(jobInput);
  const steps = job.split ? await chooseSteps(job.split, inputs, context, catalog) : [];
  const names = await valueNamesOf(steps);
  refuseConfusion(job, names);
  refuseLeftOver(job, inputs, steps);
  const isWhole = steps.length === 0;
  const outputs = isWhole ? [] : job.outputs;
  const joins = outputs.map((output) => [output.name, joinsOf(output, steps, catalog)] as const);
  const used = placeholdersIn(job.command);
  if (job.split) await refuseUnfilled(await everyStep(job.split, inputs, catalog), used, names);
  const parts = planSteps(steps, context);
  return {
    isWhole,
    joins: Object.fromEntries(joins),
    parts: hasPlaceholders(job.command, names) ? withCommands(job.command, parts) : parts,
  };
}

/**
 * Looks at everything of a job's split that can be known to be wrong before an input is cut: strategies, parameters,
 * inputs, conditions, merges. Answers the names of the values that its command may use.
 * @throws PlanError
 */
export async function checkSplit(
  { split, inputs, outputs }: Pick<Job, 'split' | 'inputs' | 'outputs'>,
  catalog: Catalog = builtIn,
): Promise<ReadonlySet<string>> {
  const alternatives = split ? await everyStep(split, inputs.map(jobInput), catalog) : [];
  for (const steps of alternatives.filter(({ length }) => length > 0)) {
    for (const output of outputs) joinsOf(output, steps, catalog);
  }
  return new Set((await Promise.all(alternatives.map(valueNamesOf))).flat());
}

function jobInput(input: Job['inputs'][number]): JobInput {
  const [first, ...others] = filesOfInput(input);
  const bytes = others.reduce((sum, { size }) => sum + size, first.size);
  return { name: input.name, paths: [first.path, ...others.map((file) => file.path)], bytes };
}

async function* withCommands(command: string, parts: AsyncGenerator<Part>): AsyncGenerator<PlannedPart> {
  const fill = placeholderFiller(command);
  for await (const part of parts) {
    yield { ...part, command: filled(fill, new Map(Object.entries(part.values ?? {}))) };
  }
}

function filled(fill: ReturnType<typeof placeholderFiller>, values: ReadonlyMap<string, string>): string {
  try {
    return fill(values);
  } catch (error) {
    if (!(error instanceof JobDescriptionError)) throw error;
    throw new PlanError('INVALID_PARAMETERS', error.message, { cause: error });
  }
}

/** A value that has the name of a file would leave it open which of the two is meant. */
function refuseConfusion({ inputs, outputs }: Job, names: readonly string[]): void {
  const files = new Set([...inputs, ...outputs].map(({ name }) => name));
  const both = names.find((name) => files.has(name));
  if (both === undefined) return;
  const text = `{${both}} is a value of the strategy, and an input or output has this name; choose another one`;
  throw new PlanError('INVALID_PARAMETERS', text);
}

/** Of an input that is cut in another alternative the command knows one file, the part. */
function refuseLeftOver(job: Job, inputs: readonly JobInput[], steps: readonly ReadyStep[]): void {
  const cut = new Set(steps.flatMap((step) => step.inputs.map(({ name }) => name)));
  const cutSomewhere = cutInputNames(job);
  const left = inputs.find(({ name, paths }) => paths.length > 1 && cutSomewhere.has(name) && !cut.has(name));
  if (left === undefined) return;
  const text = `the input ${left.name} has ${left.paths.length} files, and nothing goes over them in the alternative that holds here; it must be cut in each, or in none`;
  throw new PlanError('INVALID_PARAMETERS', text);
}

/** A value of another alternative would reach the command as it is written, in its braces. */
async function refuseUnfilled(
  alternatives: readonly (readonly ReadyStep[])[],
  used: ReadonlySet<string>,
  filled: readonly string[],
): Promise<void> {
  const others = await Promise.all(alternatives.map(valueNamesOf));
  const left = others.flat().find((name) => used.has(name) && !filled.includes(name));
  if (left === undefined) return;
  const text = `the command mentions {${left}}, which the alternative that holds here does not give; each must`;
  throw new PlanError('INVALID_PARAMETERS', text);
}
