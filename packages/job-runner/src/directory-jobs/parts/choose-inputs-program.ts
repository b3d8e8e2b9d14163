// The program that looks into the inputs of a job with a directory, as the user whose job it is: what that user may not
// read is not told, and what never ends keeps nobody else waiting. What is wrong with the ways in which outputs are
// joined is told as well, before hours have gone into the parts.
import { dataOfError, loadCatalog } from '@galaxy-mesos/parallelism';
import { Parent } from '../../child/parent.ts';
import { mergeOf } from './check-merges.ts';
import { chooseInputs } from './choose-inputs.ts';
import type { ChoiceOrder, ChoiceTold } from './choose-inputs-here.ts';

async function choose({ outputs, modules, ...order }: ChoiceOrder): Promise<ChoiceTold> {
  const catalog = await loadCatalog(modules);
  for (const output of outputs) mergeOf(output, catalog);
  return { chosen: await chooseInputs(order) };
}

const parent = new Parent();
const told = await choose((await parent.order()) as ChoiceOrder).catch(
  (error: unknown): ChoiceTold => ({ error: dataOfError(error) }),
);
await parent.tell(told);
process.exit();
