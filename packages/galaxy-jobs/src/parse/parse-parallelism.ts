import { parseInteger } from '../numbers.ts';
import { checkVocabulary, listAttribute, type Problems } from '../problems.ts';
import type { ToolOutput, ToolParallelism } from '../tool.ts';
import type { XmlElement } from '../xml.ts';

/** Galaxy's number of parts for a tool that says nothing. */
const defaultParts = 20;

const attributes = ['method', 'split_inputs', 'shared_inputs', 'split_mode', 'split_size', 'merge_outputs'];

interface Cut {
  readonly splitInput: string;
  readonly sharedInputs: readonly string[];
  readonly mergeOutputs: readonly string[];
}

/**
 * Reads `<parallelism>` with Galaxy's meaning and defaults.
 * @param dataInputs full names of the tool's data inputs
 */
export function parseParallelism(
  element: XmlElement | undefined,
  dataInputs: readonly string[],
  outputs: readonly ToolOutput[],
  problems: Problems,
): ToolParallelism | undefined {
  if (element === undefined) return undefined;
  const advice = { '@pickone_outputs': 'name every output in merge_outputs' };
  checkVocabulary(element, { attributes, children: [], advice }, problems);
  const method = element.attributes.get('method');
  const splitMode = element.attributes.get('split_mode') ?? 'number_of_parts';
  const splitSize = splitSizeOf(element, splitMode, problems);
  if (splitMode !== 'number_of_parts' && splitMode !== 'to_size') {
    const understood = 'use number_of_parts or to_size';
    problems.unsupported(element.line, `split_mode="${splitMode}" of <parallelism>`, understood);
    return undefined;
  }
  if (method !== 'basic' && method !== 'multi') {
    problems.invalid(
      element.line,
      `<parallelism> needs method="basic" or method="multi", not "${method ?? ''}"`,
    );
    return undefined;
  }
  const outputNames = outputs.map((output) => output.name);
  const read = method === 'basic' ? readBasic : readMulti;
  const cut = read(element, dataInputs, outputNames, problems);
  return cut === undefined ? undefined : { method, splitMode, splitSize, ...cut };
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
  dataInputs: readonly string[],
  outputs: readonly string[],
  problems: Problems,
): Cut | undefined {
  const [splitInput] = dataInputs;
  const hasOne = dataInputs.length === 1 && outputs.length === 1;
  if (splitInput !== undefined && hasOne) return { splitInput, sharedInputs: [], mergeOutputs: outputs };
  problems.invalid(
    element.line,
    `method="basic" needs exactly one data input and one output, not ${dataInputs.length} and ${outputs.length}; write method="multi"`,
  );
  return undefined;
}

function readMulti(
  element: XmlElement,
  dataInputs: readonly string[],
  outputs: readonly string[],
  problems: Problems,
): Cut | undefined {
  const splitInputs = namesIn(element, 'split_inputs', dataInputs, problems);
  const [splitInput] = splitInputs;
  if (splitInput === undefined) {
    problems.invalid(
      element.line,
      '<parallelism method="multi"> needs split_inputs, the name of a data input',
    );
    return undefined;
  }
  if (splitInputs.length > 1) {
    const what = `split_inputs="${splitInputs.join(',')}", more than one split input,`;
    problems.unsupported(element.line, what, 'split one input and share the others');
    return undefined;
  }
  const others = dataInputs.filter((name) => name !== splitInput);
  checkShared(element, splitInput, others, problems);
  const mergeOutputs = namesIn(element, 'merge_outputs', outputs, problems);
  const left = outputs.filter((name) => !mergeOutputs.includes(name));
  if (left.length > 0) {
    problems.invalid(
      element.line,
      `merge_outputs of <parallelism> leaves out ${left.join(', ')}: name every output`,
    );
  }
  return { splitInput, sharedInputs: others, mergeOutputs };
}

/** Left out, all other inputs are shared; written, it must name each of them and not the split one. */
function checkShared(
  element: XmlElement,
  splitInput: string,
  others: readonly string[],
  problems: Problems,
): void {
  if (!element.attributes.has('shared_inputs')) return;
  const shared = namesIn(element, 'shared_inputs', [splitInput, ...others], problems);
  if (shared.includes(splitInput)) {
    problems.invalid(
      element.line,
      `the input "${splitInput}" is in split_inputs and in shared_inputs; choose one`,
    );
  }
  const left = others.filter((name) => !shared.includes(name));
  if (left.length > 0) {
    problems.invalid(
      element.line,
      `shared_inputs of <parallelism> leaves out ${left.join(', ')}: name it, or none`,
    );
  }
}

function namesIn(
  element: XmlElement,
  attribute: string,
  known: readonly string[],
  problems: Problems,
): readonly string[] {
  const names = listAttribute(element, attribute);
  for (const name of names) {
    if (known.includes(name)) continue;
    const expected = known.length === 0 ? 'none' : known.join(', ');
    problems.invalid(element.line, `${attribute} of <parallelism> names "${name}"; there are: ${expected}`);
  }
  return names;
}
