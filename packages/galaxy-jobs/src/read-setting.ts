import { parseInteger, parseNumber } from './numbers.ts';
import type { BooleanInput, FloatInput, IntegerInput, SelectInput, TextInput, ToolInput } from './tool.ts';
import { brokenRule } from './validate.ts';
import type { ToolValue } from './values.ts';

/** The value that a setting stands for, or what is wrong with it, as the end of a sentence about the input. */
export type SettingResult = { readonly value: ToolValue } | { readonly wrong: string };

/** An input whose value a person writes as a text. */
export type SettingInput = Exclude<
  ToolInput,
  { type: 'data' } | { type: 'section' } | { type: 'conditional' }
>;

const yes = ['true', 'yes'];
const no = ['false', 'no'];

/**
 * Reads what a person set an input to.
 * @param text `undefined` if nothing was set: the input's default counts
 */
export function readSetting(input: SettingInput, text: string | undefined): SettingResult {
  switch (input.type) {
    case 'hidden':
      return { value: { type: 'hidden', value: text ?? input.value } };
    case 'text':
      return readText(input, text ?? input.value);
    case 'integer':
      return readNumber(input, text, parseInteger, 'a whole number');
    case 'float':
      return readNumber(input, text, parseNumber, 'a number');
    case 'boolean':
      return readBoolean(input, text);
    case 'select':
      return readSelect(input, text);
  }
}

function readText(input: TextInput, value: string): SettingResult {
  const wrong = value === '' && input.optional ? undefined : brokenRule(value, input.validators);
  return wrong === undefined ? { value: { type: 'text', value } } : { wrong: `is "${value}": ${wrong}` };
}

function readNumber(
  input: IntegerInput | FloatInput,
  text: string | undefined,
  parse: (text: string) => number | undefined,
  expected: string,
): SettingResult {
  if (text === undefined && input.value === undefined && !input.optional) {
    return { wrong: `has no default: set it to ${expected}` };
  }
  if (text === '' && input.optional) return { value: { type: input.type, value: null } };
  const value = text === undefined ? input.value : parse(text);
  if (value === undefined) {
    return text === undefined
      ? { value: { type: input.type, value: null } }
      : { wrong: `must be ${expected}, not "${text}"` };
  }
  const wrong = brokenRule(value, input.validators);
  return wrong === undefined ? { value: { type: input.type, value } } : { wrong: `is ${value}: ${wrong}` };
}

function readBoolean(input: BooleanInput, text: string | undefined): SettingResult {
  const { truevalue, falsevalue } = input;
  const word = text?.toLowerCase();
  if (word !== undefined && ![...yes, ...no].includes(word)) {
    return { wrong: `must be true, false, yes or no, not "${text}"` };
  }
  const value = word === undefined ? input.checked : yes.includes(word);
  return { value: { type: 'boolean', value, truevalue, falsevalue } };
}

function readSelect(input: SelectInput, text: string | undefined): SettingResult {
  if (text === undefined) return defaultOption(input);
  const options = input.options.map((option) => option.value);
  const chosen = input.multiple ? text.split(',').filter((item) => item !== '') : [text];
  const unknown = chosen.filter((item) => !options.includes(item));
  if (unknown.length > 0) {
    const shown = input.options.map(({ value, label }) => (label === value ? value : `${value} (${label})`));
    return { wrong: `must be one of ${shown.join(', ')}, not "${unknown.join(',')}"` };
  }
  if (!input.multiple) return { value: { type: 'select', value: text } };
  if (chosen.length === 0 && !input.optional) return { wrong: `needs one or more of ${options.join(',')}` };
  return { value: { type: 'select', value: chosen } };
}

/** What is selected counts; else, if something must be, the first option, as in Galaxy's own form. */
function defaultOption(input: SelectInput): SettingResult {
  const selected = input.options.filter((option) => option.selected).map((option) => option.value);
  if (input.multiple) {
    if (selected.length > 0 || input.optional) return { value: { type: 'select', value: selected } };
    return { wrong: `needs one or more of ${input.options.map((option) => option.value).join(',')}` };
  }
  const fallback = input.optional ? null : (input.options[0]?.value ?? null);
  return { value: { type: 'select', value: selected[0] ?? fallback } };
}
