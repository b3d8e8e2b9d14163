import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { type ErrorData, errorOfData } from '@galaxy-mesos/parallelism';
import { ChildProgram } from '../../child/child-program.ts';
import type { FileOwner } from '../../deliver-as.ts';
import type { ChosenInputs } from './choose-inputs.ts';

/** What the program that chooses inputs is asked. */
export type ChoiceOrder = Pick<Job, 'inputs' | 'split'>;

/** What it says. */
export type ChoiceTold = { readonly chosen: ChosenInputs } | { readonly error: ErrorData };

/**
 * `chooseInputs` in a program of its own.
 * @param owner as whom it reads; absent: as the user of this process
 * @throws PlanError, FormatError and what else the program says, or the reason of the signal
 */
export async function chooseInputsHere(
  { inputs, split }: ChoiceOrder,
  signal: AbortSignal,
  owner: FileOwner | undefined,
): Promise<ChosenInputs> {
  const order = { inputs, ...(split && { split }) };
  const program = new ChildProgram('directory-jobs/parts/choose-inputs-program', order, {
    does: 'looks into inputs',
    signal,
    owner,
  });
  for await (const told of program.told()) {
    const answer = told as ChoiceTold;
    if ('error' in answer) throw errorOfData(answer.error);
    return answer.chosen;
  }
  throw new Error('the program that looks into inputs has not said what it found');
}
