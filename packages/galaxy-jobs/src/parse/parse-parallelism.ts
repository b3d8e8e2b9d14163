import type { SplitPlan } from '../document/plan-document.ts';
import { parseInteger } from '../numbers.ts';
import { checkVocabulary, type Problems } from '../problems.ts';
import type { ToolOutput, ToolParallelism } from '../tool.ts';
import type { XmlElement } from '../xml.ts';
import { namesIn } from './names-in.ts';
import { failedPartsOf, type KnownNames, parseStrategies } from './parse-strategy.ts';

/** Galaxy's number of parts for a tool that says nothing. */
const defaultParts = 20;

const attributes = [
  ...['method', 'split_inputs', 'shared_inputs', 'split_mode', 'split_size', 'merge_outputs'],
  ...['pickone_outputs', 'failed_parts'],
];

type Cut = Pick<ToolParallelism, 'splitInputs' | 'sharedInputs' | 'mergeOutputs' | 'pickOneOutputs'>;

/**
 * Reads `<parallelism>` with Galaxy's meaning and defaults, and our `<strategy>` elements in it.
 * @param dataInputs full names of the tool's data inputs
 */
export function parseParallelism(
  element: XmlElement | undefined,
  dataInputs: readonly string[],
  outputs: readonly ToolOutput[],
  problems: Problems,
): ToolParallelism | undefined {
  if (element === undefined) return undefined;
  checkVocabulary(element, { attributes, children: ['strategy', 'merge'] }, problems);
  const names = { inputs: dataInputs, outputs: outputs.map(({ name }) => name) };
  const failedParts = failedPartsOf(element, problems);
  const plan = parseStrategies(element, names, failedParts, problems);
  const method = element.attributes.get('method');
  const splitMode = element.attributes.get('split_mode') ?? 'number_of_parts';
  const splitSize = splitSizeOf(element, splitMode, problems);
  if (splitMode !== 'number_of_parts' && splitMode !== 'to_size') {
    const understood = 'use number_of_parts or to_size';
    problems.unsupported(element.line, `split_mode="${splitMode}" of <parallelism>`, understood);
    return undefined;
  }
  const cut = cutOf(element, method, names, plan, problems);
  const isKnown = method === 'basic' || method === 'multi';
  return cut && { method: isKnown ? method : undefined, splitMode, splitSize, ...cut, failedParts, plan };
}

function cutOf(
  element: XmlElement,
  method: string | undefined,
  names: KnownNames,
  plan: SplitPlan | undefined,
  problems: Problems,
): Cut | undefined {
  if (method === 'basic') return readBasic(element, names, problems);
  if (method === 'multi') return readMulti(element, names, problems);
  // Galaxy then does not split the tool; our strategies say all that is needed.
  if (method === undefined && plan) {
    return { splitInputs: [], sharedInputs: names.inputs, mergeOutputs: names.outputs, pickOneOutputs: [] };
  }
  problems.invalid(
    element.line,
    `<parallelism> needs method="basic" or method="multi", not "${method ?? ''}", or a <strategy> in it`,
  );
  return undefined;
}

function splitSizeOf(element: XmlElement, mode: string, problems: Problems): number {
  const text = element.attributes.get('split_size');
  if (text === undefined && mode === 'number_of_parts') return defaultParts;
  const size = parseInteger(text ?? '');
  if (size !== undefined && size >= 1) return size;
  problems.invalid(element.line, `split_size="${text ?? ''}" of <parallelism> must be a whole number from 1`);
  return defaultParts;
}

function readBasic(
  element: XmlElement,
  { inputs, outputs }: KnownNames,
  problems: Problems,
): Cut | undefined {
  if (inputs.length === 1 && outputs.length === 1) {
    return { splitInputs: inputs, sharedInputs: [], mergeOutputs: outputs, pickOneOutputs: [] };
  }
  problems.invalid(
    element.line,
    `method="basic" needs exactly one data input and one output, not ${inputs.length} and ${outputs.length}; write method="multi"`,
  );
  return undefined;
}

function readMulti(
  element: XmlElement,
  { inputs, outputs }: KnownNames,
  problems: Problems,
): Cut | undefined {
  const splitInputs = namesIn(element, 'split_inputs', inputs, problems);
  if (splitInputs.length === 0) {
    const text = '<parallelism method="multi"> needs split_inputs, the name of a data input';
    problems.invalid(element.line, text);
    return undefined;
  }
  const sharedInputs = inputs.filter((name) => !splitInputs.includes(name));
  checkShared(element, splitInputs, sharedInputs, problems);
  const mergeOutputs = namesIn(element, 'merge_outputs', outputs, problems);
  const pickOneOutputs = namesIn(element, 'pickone_outputs', outputs, problems);
  const both = mergeOutputs.filter((name) => pickOneOutputs.includes(name));
  if (both.length > 0) {
    const text = `${both.join(', ')} is in merge_outputs and in pickone_outputs of <parallelism>; choose one`;
    problems.invalid(element.line, text);
  }
  const left = outputs.filter((name) => ![...mergeOutputs, ...pickOneOutputs].includes(name));
  if (left.length > 0) {
    const text = `merge_outputs of <parallelism> leaves out ${left.join(', ')}: name every output there or in pickone_outputs`;
    problems.invalid(element.line, text);
  }
  return { splitInputs, sharedInputs, mergeOutputs, pickOneOutputs };
}

/** Left out, all other inputs are shared; written, it must name each of them and none that is split. */
function checkShared(
  element: XmlElement,
  splitInputs: readonly string[],
  others: readonly string[],
  problems: Problems,
): void {
  if (!element.attributes.has('shared_inputs')) return;
  const shared = namesIn(element, 'shared_inputs', [...splitInputs, ...others], problems);
  for (const name of splitInputs.filter((input) => shared.includes(input))) {
    problems.invalid(element.line, `the input "${name}" is in split_inputs and in shared_inputs; choose one`);
  }
  const left = others.filter((name) => !shared.includes(name));
  if (left.length > 0) {
    problems.invalid(
      element.line,
      `shared_inputs of <parallelism> leaves out ${left.join(', ')}: name it, or none`,
    );
  }
}
