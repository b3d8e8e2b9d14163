import type { SplitPlan } from '../document/plan-document.ts';
import { defaultArity, greatestArity, type OutputMerge, type Split, type SplitStep } from '../job.ts';
import { parseInteger } from '../numbers.ts';
import type { Problems } from '../problems.ts';
import type { XmlElement } from '../xml.ts';
import { namesIn } from './names-in.ts';

/** Names that elements may give. */
export interface KnownNames {
  /** Full names of data inputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

type Alternative = Split['alternatives'][number];

/**
 * Reads the `<strategy>` and `<merge>` elements of `<parallelism>`, which are no words of Galaxy's: it passes them over.
 * Each strategy is one way to cut, the first whose `when` holds is taken; one inside another cuts its parts again. All
 * other attributes are parameters, as they are in JSON, and else as texts.
 */
export function parseStrategies(
  parallelism: XmlElement,
  names: KnownNames,
  failedParts: 'fail' | 'skip' | undefined,
  problems: Problems,
): SplitPlan | undefined {
  const strategies = parallelism.children.filter(({ tag }) => tag === 'strategy');
  const merges = parallelism.children.filter(({ tag }) => tag === 'merge');
  if (strategies.length === 0) {
    const [stray] = merges;
    if (stray) problems.invalid(stray.line, '<merge> of <parallelism> needs a <strategy> beside it');
    return undefined;
  }
  const alternatives = strategies.map((element) => alternativeOf(element, names, problems));
  return {
    split: { alternatives, ...(failedParts && { failedParts }) },
    mergesByOutput: mergesOf(merges, names, problems),
  };
}

/** What becomes of a job of which parts fail, if the tool says it. */
export function failedPartsOf(element: XmlElement, problems: Problems): 'fail' | 'skip' | undefined {
  const said = element.attributes.get('failed_parts');
  if (said === undefined || said === 'fail' || said === 'skip') return said;
  problems.invalid(element.line, `failed_parts="${said}" of <parallelism>: expected fail or skip`);
  return undefined;
}

function alternativeOf(element: XmlElement, names: KnownNames, problems: Problems): Alternative {
  const { attributes, children, line } = element;
  const when = attributes.get('when');
  // Of a strategy that has a name it is a parameter.
  const whole = attributes.has('name') ? undefined : attributes.get('whole');
  if (whole !== undefined) {
    const others = [...attributes.keys()].filter((name) => name !== 'whole' && name !== 'when');
    if (whole !== 'true' || others.length > 0 || children.length > 0) {
      problems.invalid(
        line,
        '<strategy whole="true"> without "name" runs the job as one task; it takes "when" and nothing else',
      );
    }
  }
  return {
    ...(when !== undefined && { when }),
    by: whole === undefined ? stepsOf(element, ['when'], names, problems) : [],
  };
}

const ownAttributes = ['name', 'input', 'inputs'];

function stepsOf(
  element: XmlElement,
  besides: readonly string[],
  names: KnownNames,
  problems: Problems,
): SplitStep[] {
  const { attributes, children, line } = element;
  const [inner, ...others] = children;
  if (others.length > 0 || (inner && inner.tag !== 'strategy')) {
    problems.invalid(line, '<strategy> has at most one element in it, another <strategy>');
  }
  const [one, several] = ['input', 'inputs'].map((name) => namesIn(element, name, names.inputs, problems));
  if (attributes.has('input') && attributes.has('inputs')) {
    problems.invalid(line, '<strategy> has both "input" and "inputs"; give one of them');
  }
  const step = {
    strategy: requiredName(element, problems),
    inputs: [...(one ?? []), ...(several ?? [])],
    parameters: parametersOf(element, [...ownAttributes, ...besides]),
  };
  return [step, ...(inner ? stepsOf(inner, [], names, problems) : [])];
}

function requiredName(element: XmlElement, problems: Problems): string {
  const name = element.attributes.get('name') ?? '';
  if (name === '') problems.invalid(element.line, `<${element.tag}> needs the attribute "name"`);
  return name;
}

const parametersOf = ({ attributes }: XmlElement, except: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    [...attributes]
      .filter(([name]) => !except.includes(name))
      .map(([name, text]) => [name, jsonOrText(text)]),
  );

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function mergesOf(
  elements: readonly XmlElement[],
  { outputs }: KnownNames,
  problems: Problems,
): Record<string, OutputMerge[]> {
  const merges: Record<string, OutputMerge[]> = {};
  for (const element of elements) {
    const names = namesIn(element, 'output', outputs, problems);
    if (names.length === 0) problems.invalid(element.line, '<merge> needs the attribute "output"');
    const merge = element.attributes.has('reduce')
      ? reductionOf(element, problems)
      : namedMerge(element, problems);
    for (const name of names) merges[name] = [...(merges[name] ?? []), merge];
  }
  return merges;
}

function namedMerge(element: XmlElement, problems: Problems): OutputMerge {
  const merge = requiredName(element, problems);
  const parameters = parametersOf(element, ['output', 'name']);
  return { merge, ...(Object.keys(parameters).length > 0 && { parameters }) };
}

function reductionOf({ attributes, line }: XmlElement, problems: Problems): OutputMerge {
  const reduce = attributes.get('reduce') ?? '';
  const missing = ['{parts}', '{output}'].filter((name) => !reduce.includes(name));
  if (missing.length > 0) problems.invalid(line, `reduce of <merge> must mention ${missing.join(' and ')}`);
  const text = attributes.get('arity');
  const arity = text === undefined ? defaultArity : parseInteger(text);
  if (arity !== undefined && arity >= 2 && arity <= greatestArity) return { reduce, arity };
  problems.invalid(
    line,
    `arity="${text ?? ''}" of <merge> must be a whole number from 2 to ${greatestArity}`,
  );
  return { reduce, arity: defaultArity };
}
