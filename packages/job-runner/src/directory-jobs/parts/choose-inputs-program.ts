// The program that looks into the inputs of a job with a directory, as the user whose job it is: what that user may not
// read is not told, and what never ends keeps nobody else waiting.
import { dataOfError } from '@galaxy-mesos/parallelism';
import { Parent } from '../../child/parent.ts';
import { chooseInputs } from './choose-inputs.ts';
import type { ChoiceOrder, ChoiceTold } from './choose-inputs-here.ts';

const parent = new Parent();
const told: ChoiceTold = await chooseInputs((await parent.order()) as ChoiceOrder).then(
  (chosen) => ({ chosen }),
  (error: unknown) => ({ error: dataOfError(error) }),
);
await parent.tell(told);
process.exit();
