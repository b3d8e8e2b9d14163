import { parseNumber } from '../numbers.ts';
import { booleanAttribute, checkVocabulary, describe, type Problems } from '../problems.ts';
import type { Validator } from '../tool.ts';
import { childOf, plainText, type XmlElement } from '../xml.ts';

const attributes = ['type', 'message', 'min', 'max', 'exclude_min', 'exclude_max', 'negate', 'expression'];

/** Which validators an input of each type may have. */
const allowed = {
  text: ['empty_field', 'length', 'regex'],
  integer: ['in_range'],
  float: ['in_range'],
} as const;

/** Reads the `<validator>` children of an input; those of other kinds are refused by name. */
export function parseValidators(
  param: XmlElement,
  type: keyof typeof allowed,
  problems: Problems,
): readonly Validator[] {
  const elements = param.children.filter((child) => child.tag === 'validator');
  return elements.flatMap((element) => {
    checkVocabulary(element, { attributes, children: ['expression'] }, problems);
    const kind = element.attributes.get('type') ?? '';
    const known: readonly string[] = allowed[type];
    const validator = known.includes(kind) ? readValidator(element, kind, problems) : undefined;
    if (!known.includes(kind)) {
      problems.unsupported(
        element.line,
        `${describe(element)} of ${describe(param)}`,
        `an input of type ${type} can have ${known.join(', ')}`,
      );
    }
    return validator === undefined ? [] : [validator];
  });
}

/** The bounds that `min` and `max` of a number say without a validator. */
export function rangeOf(param: XmlElement, problems: Problems): readonly Validator[] {
  const min = bound(param, 'min', problems);
  const max = bound(param, 'max', problems);
  if (min === undefined && max === undefined) return [];
  const range = { type: 'in_range', excludeMin: false, excludeMax: false } as const;
  return [{ ...range, min, max, negate: false, message: undefined }];
}

function readValidator(element: XmlElement, kind: string, problems: Problems): Validator | undefined {
  const common = {
    negate: booleanAttribute(element, 'negate', false),
    message: element.attributes.get('message'),
  };
  if (kind === 'empty_field') return { type: 'empty_field', ...common };
  if (kind === 'regex') return readRegex(element, common, problems);
  const min = bound(element, 'min', problems);
  const max = bound(element, 'max', problems);
  if (kind === 'length') return { type: 'length', min, max, ...common };
  const excludeMin = booleanAttribute(element, 'exclude_min', false);
  const excludeMax = booleanAttribute(element, 'exclude_max', false);
  return { type: 'in_range', min, max, excludeMin, excludeMax, ...common };
}

function bound(element: XmlElement, name: string, problems: Problems): number | undefined {
  const text = element.attributes.get(name);
  if (text === undefined || text === '') return undefined;
  const value = parseNumber(text);
  if (value === undefined) {
    problems.invalid(element.line, `${name}="${text}" of ${describe(element)} must be a number`);
  }
  return value;
}

function readRegex(
  element: XmlElement,
  common: { negate: boolean; message: string | undefined },
  problems: Problems,
): Validator | undefined {
  const inChild = childOf(element, 'expression');
  const pattern = element.attributes.get('expression') ?? plainText(inChild ?? element);
  if (isSharedWithPython(pattern)) return { type: 'regex', pattern, ...common };
  problems.unsupported(
    element.line,
    `the expression ${pattern} of ${describe(element)}`,
    'use only what expressions in Python and JavaScript have in common',
  );
  return undefined;
}

/** Whether a pattern means the same here as in Python, where Galaxy would run it. */
function isSharedWithPython(pattern: string): boolean {
  const pythonOnly = /\\[AZWDSbBN]|\(\?(?![:=!])|[*+?}]\+|\$(?!$)|\\\d/;
  if (pythonOnly.test(pattern)) return false;
  try {
    new RegExp(pattern, 'uy');
    return true;
  } catch {
    return false;
  }
}
