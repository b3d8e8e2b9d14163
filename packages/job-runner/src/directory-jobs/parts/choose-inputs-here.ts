import { type Job, splitSchema } from '@galaxy-mesos/galaxy-jobs';
import { errorDataSchema, errorOfData } from '@galaxy-mesos/parallelism';
import { z } from 'zod';
import { ChildProgram } from '../../child/child-program.ts';
import type { FileOwner } from '../../deliver-as.ts';
import type { ChosenInputs } from './choose-inputs.ts';

/** What the program that chooses inputs is asked. */
export interface ChoiceOrder extends Pick<Job, 'inputs' | 'split' | 'outputs'> {
  /** Contributors' modules, see `loadCatalog` of the package parallelism. */
  readonly modules: readonly string[];
}

const namedSchema = z.object({ name: z.string().min(1) });

/**
 * What it says. It may be somebody else's by then, see `planNewsSchema`: what files there are, and where parts have
 * them, is not for it to say.
 */
const choiceToldSchema = z.union([
  z.strictObject({
    chosen: z.strictObject({
      inputs: z.array(namedSchema).readonly(),
      split: splitSchema,
      indexes: z.array(namedSchema).readonly(),
    }),
  }),
  z.strictObject({ error: errorDataSchema }),
]);

/** See {@link choiceToldSchema}. */
export type ChoiceTold = z.infer<typeof choiceToldSchema>;

/**
 * `chooseInputs` in a program of its own, which looks at how outputs are joined, too.
 * @param owner as whom it reads; absent: as the user of this process
 * @throws PlanError, FormatError and what else the program says, or the reason of the signal
 */
export async function chooseInputsHere(
  { inputs, outputs, split, modules }: ChoiceOrder,
  signal: AbortSignal,
  owner: FileOwner | undefined,
): Promise<ChosenInputs> {
  const order: ChoiceOrder = { inputs, outputs, modules, ...(split && { split }) };
  const program = new ChildProgram('directory-jobs/parts/choose-inputs-program', order, {
    does: 'looks into inputs',
    signal,
    owner,
  });
  for await (const told of program.told()) return chosenOf(told, inputs);
  throw new Error('the program that looks into inputs has not said what it found');
}

/** @throws what the program says, or Error if it is no choice among the inputs */
export function chosenOf(told: unknown, inputs: Job['inputs']): ChosenInputs {
  const { data: answer } = choiceToldSchema.safeParse(told);
  if (!answer) throw new Error('the program that looks into inputs has said something that is no choice');
  if ('error' in answer) throw errorOfData(answer.error);
  const { split, ...chosen } = answer.chosen;
  if (chosen.inputs.length !== inputs.length)
    throw new Error('the program that looks into inputs knows others');
  const named = inputs.map((input, index) => ({ ...input, name: chosen.inputs[index]?.name ?? input.name }));
  const indexes = new Set(chosen.indexes.map(({ name }) => name));
  return { inputs: named, split, indexes: named.filter(({ name }) => indexes.has(name)) };
}
