import { parseInteger, parseNumber } from '../numbers.ts';
import {
  booleanAttribute,
  checkVocabulary,
  describe,
  listAttribute,
  type Problems,
  type Vocabulary,
} from '../problems.ts';
import type { BooleanInput, DataInput, SelectInput, SelectOption, TextInput, ToolInput } from '../tool.ts';
import { childOf, plainText, type XmlElement } from '../xml.ts';
import { parseValidators, rangeOf } from './parse-validators.ts';

/** Attributes that only say how Galaxy shows an input. */
const shown = ['name', 'argument', 'type', 'label', 'help', 'display', 'size', 'area', 'refresh_on_change'];

type ParamReader = (element: XmlElement, name: string, label: string, problems: Problems) => ToolInput;

/** The types of `<param>` that are understood, and what each may contain. */
const params = new Map<string, { readonly vocabulary: Vocabulary; readonly read: ParamReader }>([
  ['data', { vocabulary: vocabulary(['format', 'optional']), read: readData }],
  ['text', { vocabulary: vocabulary(['value', 'optional'], ['validator']), read: readText }],
  ['hidden', { vocabulary: vocabulary(['value']), read: readHidden }],
  ['integer', { vocabulary: numberVocabulary(), read: readInteger }],
  ['float', { vocabulary: numberVocabulary(), read: readFloat }],
  ['boolean', { vocabulary: vocabulary(['truevalue', 'falsevalue', 'checked', 'value']), read: readBoolean }],
  ['select', { vocabulary: vocabulary(['multiple', 'optional'], ['option']), read: readSelect }],
]);

/** Reads one `<param>`. */
export function parseParam(element: XmlElement, problems: Problems): ToolInput | undefined {
  const name = inputName(element, problems);
  const type = element.attributes.get('type') ?? '';
  const known = params.get(type);
  if (known === undefined) {
    const advice = `the types understood are ${Array.from(params.keys()).join(', ')}`;
    problems.unsupported(element.line, `type="${type}" of ${describe(element)}`, advice);
    return undefined;
  }
  checkVocabulary(element, known.vocabulary, problems);
  return known.read(element, name, labelOf(element), problems);
}

/** The name of an input; Galaxy takes it from `argument` (`--min-length` becomes `min_length`) if need be. */
export function inputName(element: XmlElement, problems: Problems): string {
  const argument = element.attributes.get('argument') ?? '';
  const name = element.attributes.get('name') ?? argument.replace(/^-+/, '').replaceAll('-', '_');
  if (!/^[A-Za-z_]\w*$/.test(name) || name.startsWith('__')) {
    problems.invalid(
      element.line,
      `the name "${name}" of <${element.tag}> must be letters, digits and _, and not begin with a digit or __`,
    );
  }
  return name;
}

/** What people call an input: its label or, failing that, its name. */
export function labelOf(element: XmlElement): string {
  const { attributes } = element;
  const label = attributes.get('label') ?? attributes.get('title') ?? plainText(childOf(element, 'label'));
  return label === '' ? (attributes.get('name') ?? '') : label;
}

function vocabulary(attributes: readonly string[], children: readonly string[] = []): Vocabulary {
  return {
    attributes: [...shown, ...attributes],
    children: [...children, 'label', 'help'],
    advice: {
      '@multiple': 'take one dataset, and run the tool once for each',
      options: 'list the options as <option value="...">',
      '@dynamic_options': 'list the options as <option value="...">',
      sanitizer: 'the usual sanitising of Galaxy is applied; write the tool so that it can do with that',
    },
  };
}

function numberVocabulary(): Vocabulary {
  return vocabulary(['value', 'min', 'max', 'optional'], ['validator']);
}

function readData(element: XmlElement, name: string, label: string): DataInput {
  const formats = listAttribute(element, 'format');
  const optional = booleanAttribute(element, 'optional', false);
  return { type: 'data', name, label, formats: formats.length > 0 ? formats : ['data'], optional };
}

function readText(element: XmlElement, name: string, label: string, problems: Problems): TextInput {
  return {
    type: 'text',
    name,
    label,
    value: element.attributes.get('value') ?? '',
    optional: booleanAttribute(element, 'optional', false),
    validators: parseValidators(element, 'text', problems),
  };
}

function readHidden(element: XmlElement, name: string, label: string): ToolInput {
  return { type: 'hidden', name, label, value: element.attributes.get('value') ?? '' };
}

function readInteger(element: XmlElement, name: string, label: string, problems: Problems): ToolInput {
  return { type: 'integer', name, label, ...numberParts(element, 'integer', parseInteger, problems) };
}

function readFloat(element: XmlElement, name: string, label: string, problems: Problems): ToolInput {
  return { type: 'float', name, label, ...numberParts(element, 'float', parseNumber, problems) };
}

function numberParts(
  element: XmlElement,
  type: 'integer' | 'float',
  parse: (text: string) => number | undefined,
  problems: Problems,
) {
  const text = element.attributes.get('value') ?? '';
  const value = text === '' ? undefined : parse(text);
  if (text !== '' && value === undefined) {
    problems.invalid(element.line, `value="${text}" of ${describe(element)} must be of type ${type}`);
  }
  const optional = booleanAttribute(element, 'optional', false);
  const validators = [...rangeOf(element, problems), ...parseValidators(element, type, problems)];
  return { value, optional, validators };
}

function readBoolean(element: XmlElement, name: string, label: string): BooleanInput {
  return {
    type: 'boolean',
    name,
    label,
    truevalue: element.attributes.get('truevalue') ?? 'true',
    falsevalue: element.attributes.get('falsevalue') ?? 'false',
    checked: booleanAttribute(element, 'checked', booleanAttribute(element, 'value', false)),
  };
}

function readSelect(element: XmlElement, name: string, label: string, problems: Problems): SelectInput {
  const elements = element.children.filter((child) => child.tag === 'option');
  const options = elements.flatMap((option) => readOption(option, problems));
  if (options.length === 0 && element.children.every((child) => child.tag !== 'options')) {
    problems.invalid(element.line, `${describe(element)} has no <option>`);
  }
  const multiple = booleanAttribute(element, 'multiple', false);
  const optional = booleanAttribute(element, 'optional', multiple);
  return { type: 'select', name, label, options, multiple, optional };
}

function readOption(element: XmlElement, problems: Problems): SelectOption[] {
  checkVocabulary(element, { attributes: ['value', 'selected'], children: [] }, problems);
  const value = element.attributes.get('value');
  if (value === undefined) {
    problems.invalid(element.line, '<option> needs a value');
    return [];
  }
  const label = plainText(element);
  const selected = booleanAttribute(element, 'selected', false);
  return [{ value, label: label === '' ? value : label, selected }];
}
