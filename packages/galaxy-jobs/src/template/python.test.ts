import { describe, expect, test } from 'vitest';
import type { ToolValue } from '../values.ts';
import { SourceText } from '../xml.ts';
import { evaluate } from './evaluate.ts';
import { parseExpression } from './expression.ts';
import { isTruthy, type Wrapper } from './python.ts';

const values: Record<string, Exclude<ToolValue, { type: 'group' }> | Wrapper> = {
  text: { type: 'text', value: 'a>b' },
  empty: { type: 'text', value: '' },
  five: { type: 'integer', value: 5 },
  zero: { type: 'integer', value: 0 },
  half: { type: 'float', value: 0.5 },
  unset: { type: 'integer', value: null },
  yes: { type: 'boolean', value: true, truevalue: '--yes', falsevalue: '' },
  no: { type: 'boolean', value: false, truevalue: '--yes', falsevalue: '' },
  choice: { type: 'select', value: 'a' },
  several: { type: 'select', value: ['a', 'b'] },
  none: { type: 'select', value: [] },
  data: { type: 'data', dataset: { path: '/d', format: 'fasta', name: 'd' } },
  absent: { type: 'data', dataset: null },
  about: { type: 'about', value: 'a>b' },
};

function ask(text: string): boolean {
  const { expression } = parseExpression(new SourceText([{ text, line: 1 }]), 0);
  return isTruthy(
    evaluate(expression, (path) => {
      const value = values[path[0] ?? ''];
      if (value === undefined) throw new Error(`no ${path}`);
      return value;
    }),
  );
}

describe('the truth of values', () => {
  test.each(['$text', '$five', '$half', '$yes', '$choice', '$several', '$data', '$about'])(
    '%s is true',
    (text) => {
      expect(ask(text)).toBe(true);
    },
  );
  test.each(['$empty', '$zero', '$unset', '$no', '$none', '$absent', '""', '[]', 'None', '0'])(
    '%s is false',
    (text) => expect(ask(text)).toBe(false),
  );
});

describe('comparisons go as in Galaxy', () => {
  test.each([
    '$text == "a__gt__b"',
    '$text == $text',
    '$about == "a>b"',
    'str($about) == "a__gt__b"',
    '$five == 5',
    '$five == 5.0',
    '$five != "5"',
    'str($five) == "5"',
    '"5" == str($five)',
    'str($half) == "0.5"',
    'str(1.0) == "1.0"',
    '$unset == ""',
    '$unset == None',
    'str($unset) == ""',
    '$yes == "--yes"',
    '$yes == True',
    '$yes == "true"',
    '$no == ""',
    '$no == "no"',
    'str($no) == ""',
    '$choice == "a"',
    '"a" == $choice',
    '$choice in ["a", "b"]',
    '$choice not in ("b", "c")',
    'str($several) == "a,b"',
    '$none == ""',
    'str($none) == "None"',
    'str($absent) == "None"',
    '$data == $data',
    '$data != "/d"',
    'str($data) == "/d"',
    '1 < $five <= 5',
    '$half < $five',
    '"__gt__" in str($text)',
    '$zero or $five',
    'not ($zero and $five)',
    '(1, "a") == [1, "a"]',
    'True == 1',
  ])('%s', (text) => expect(ask(text)).toBe(true));

  test.each([
    '$five == "5"',
    '$choice == 1',
    '3 < $five < 4',
    '$five == $half',
    '$choice == $several',
    '[1] == [1, 2]',
  ])('not %s', (text) => expect(ask(text)).toBe(false));

  test.each([
    '$five < "6"',
    '$choice < "b"',
    '$unset > 1',
    '$data > 1',
    '1 in $five',
    '"a" in $choice',
    'str([1]) == ""',
  ])('%s has no answer', (text) => expect(() => ask(text)).toThrow('[RENDER_FAILED] line 1: '));
});
