import { checkVocabulary, describe, type Problems } from '../problems.ts';
import type {
  BooleanInput,
  ConditionalCase,
  ConditionalInput,
  SectionInput,
  SelectInput,
  ToolInput,
} from '../tool.ts';
import { childOf, type XmlElement } from '../xml.ts';
import { inputName, labelOf, parseParam } from './parse-param.ts';

/** Reads the inputs in `<inputs>`, `<section>` or `<when>`; what is not understood is refused by name. */
export function parseInputs(parent: XmlElement, problems: Problems): readonly ToolInput[] {
  const inputs = parent.children.flatMap((child) => {
    const input = child.tag === 'param' ? parseParam(child, problems) : parseGroup(child, parent, problems);
    return input === undefined ? [] : [{ input, line: child.line }];
  });
  const seen = new Set<string>();
  for (const { input, line } of inputs) {
    if (seen.has(input.name)) problems.invalid(line, `two inputs have the name "${input.name}"`);
    seen.add(input.name);
  }
  return inputs.map(({ input }) => input);
}

/** Every other group of inputs is refused by name. */
function parseGroup(element: XmlElement, parent: XmlElement, problems: Problems): ToolInput | undefined {
  if (element.tag === 'section') return parseSection(element, problems);
  if (element.tag === 'conditional') return parseConditional(element, problems);
  const advice = element.tag === 'repeat' ? 'give the tool a fixed number of inputs' : undefined;
  problems.unsupported(element.line, `${describe(element)} in ${describe(parent)}`, advice);
  return undefined;
}

function parseSection(element: XmlElement, problems: Problems): SectionInput {
  const attributes = ['name', 'title', 'label', 'help', 'expanded'];
  const inputs = { ...element, children: element.children.filter((child) => child.tag !== 'help') };
  checkVocabulary({ ...element, children: [] }, { attributes, children: [] }, problems);
  return {
    type: 'section',
    name: inputName(element, problems),
    label: labelOf(element),
    inputs: parseInputs(inputs, problems),
  };
}

function parseConditional(element: XmlElement, problems: Problems): ConditionalInput | undefined {
  checkVocabulary(element, { attributes: ['name', 'label'], children: ['param', 'when'] }, problems);
  const name = inputName(element, problems);
  const test = parseTest(element, problems);
  const whens = element.children.filter(({ tag }) => tag === 'when');
  const cases = whens.map((when) => parseWhen(when, problems, test));
  return test === undefined ? undefined : { type: 'conditional', name, label: labelOf(element), test, cases };
}

function parseWhen(
  when: XmlElement,
  problems: Problems,
  test: BooleanInput | SelectInput | undefined,
): ConditionalCase {
  checkVocabulary({ ...when, children: [] }, { attributes: ['value'], children: [] }, problems);
  const value = when.attributes.get('value') ?? '';
  const inputs = parseInputs(when, problems);
  if (test === undefined) return { value, inputs };
  const values = testValues(test);
  if (!values.includes(value)) {
    const expected = values.map((one) => `"${one}"`).join(', ');
    problems.invalid(when.line, `${describe(when)} is never reached: "${test.name}" can be ${expected}`);
  }
  if (inputs.some((input) => input.name === test.name)) {
    problems.invalid(when.line, `an input of ${describe(when)} has the name of the test, "${test.name}"`);
  }
  return { value, inputs };
}

function parseTest(element: XmlElement, problems: Problems): BooleanInput | SelectInput | undefined {
  const param = childOf(element, 'param');
  if (param === undefined || element.children.filter(({ tag }) => tag === 'param').length > 1) {
    problems.invalid(element.line, `${describe(element)} needs exactly one <param>, by which it is decided`);
    return undefined;
  }
  const test = parseParam(param, problems);
  if (test === undefined) return undefined;
  if (test.type === 'boolean') return test;
  if (test.type === 'select' && !test.multiple && !test.optional) return test;
  problems.unsupported(
    param.line,
    `${describe(param)} as the test of ${describe(element)}`,
    'make it a boolean, or a select of which exactly one option is chosen',
  );
  return undefined;
}

/** The texts that a conditional's cases are named by. */
function testValues(test: BooleanInput | SelectInput): readonly string[] {
  if (test.type === 'boolean') return [test.truevalue, test.falsevalue];
  return test.options.map((option) => option.value);
}
