import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ToolError } from '../tool-error.ts';
import { SourceText } from '../xml.ts';
import { type Expression, parseExpression } from './expression.ts';

function parse(text: string): Expression {
  return parseExpression(new SourceText([{ text, line: 1 }]), 0).expression;
}

function problemOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ToolError) return error.message;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

/** Writes an expression with every parenthesis there can be, so that only one reading is possible. */
function write(expression: Expression): string {
  switch (expression.type) {
    case 'name':
      return `$${expression.path.join('.')}`;
    case 'text':
      return `"${expression.value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
    case 'number':
      return String(expression.value);
    case 'constant':
      return expression.value === null ? 'None' : expression.value ? 'True' : 'False';
    case 'list':
      return `[${expression.items.map(write).join(', ')}]`;
    case 'not':
      return `(not ${write(expression.operand)})`;
    case 'and':
    case 'or':
      return `(${write(expression.left)} ${expression.type} ${write(expression.right)})`;
    case 'comparison':
      return `(${write(expression.first)}${expression.rest.map((one) => ` ${one.comparator} ${write(one.operand)}`).join('')})`;
    case 'str':
      return `str(${write(expression.operand)})`;
  }
}

const identifier = fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/);
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.record({
      type: fc.constant('name'),
      path: fc.array(identifier, { minLength: 1, maxLength: 3 }),
      line: fc.constant(1),
    }),
    fc.record({ type: fc.constant('text'), value: fc.string() }),
    fc.record({ type: fc.constant('number'), value: fc.nat(), isFloat: fc.constant(false) }),
    fc.record({ type: fc.constant('constant'), value: fc.constantFrom(true, false, null) }),
    fc.record({ type: fc.constant('list'), items: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('not'), operand: tie('tree') }),
    fc.record({ type: fc.constantFrom('and', 'or'), left: tie('tree'), right: tie('tree') }),
    fc.record({
      type: fc.constant('comparison'),
      first: tie('tree'),
      rest: fc.array(
        fc.record({
          comparator: fc.constantFrom('==', '!=', '<', '>', '<=', '>=', 'in', 'not in'),
          operand: tie('tree'),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      line: fc.constant(1),
    }),
    fc.record({ type: fc.constant('str'), operand: tie('tree'), line: fc.constant(1) }),
  ) as fc.Arbitrary<Expression>,
}));

test('an expression that is written out reads back the same', () => {
  fc.assert(
    fc.property(tree, (expression) => {
      expect(parse(write(expression))).toEqual(expression);
    }),
  );
});

test('whatever the text, it is read or refused with a ToolError', () => {
  const pieces = [
    '$a',
    '(',
    ')',
    '[',
    ']',
    ',',
    '==',
    'not',
    'in',
    'and',
    '"',
    "'",
    '\\',
    '1',
    '.',
    '-',
    ' ',
    'str',
  ];
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (written) => {
      try {
        parse(written);
      } catch (error) {
        expect(error).toBeInstanceOf(ToolError);
      }
    }),
  );
});

test('and binds closer than or, not closer than and, comparisons closest', () => {
  expect(parse('not $a == 1 and $b or $c')).toEqual(parse('((not ($a == 1)) and $b) or $c'));
});

test('an expression ends at the end of its line, at # and at : but not within brackets', () => {
  const source = new SourceText([{ text: '$a == (1,\n 2) : $b', line: 1 }]);
  expect(parseExpression(source, 0).end).toBe(14);
  expect(parseExpression(new SourceText([{ text: '$a == "#"#x', line: 1 }]), 0).end).toBe(9);
  expect(parse('$a \\\n == 1')).toEqual(parse('$a == 1'));
});

test('what is beyond the subset is refused by name', () => {
  expect(problemOf('$a + 1')).toContain('"+" in an expression is not supported');
  expect(problemOf('$a.is_of_type("x")')).toContain('calling $a.is_of_type is not supported');
  expect(problemOf('$a[0]')).toContain('indexing $a is not supported');
  expect(problemOf('len($a)')).toContain('"len" in an expression is not supported');
  expect(problemOf('a == 1')).toContain('write $a if it is an input');
  expect(problemOf('$a is None')).toContain('"is" in an expression is not supported');
  expect(problemOf('$a then b else c')).toContain('"then" in an expression is not supported');
  expect(problemOf("'''a'''")).toContain('triple quotes');
  expect(problemOf(`\${a} == 1`)).toContain('write $name');
  expect(problemOf('')).toContain('ends too early');
  expect(problemOf('$a ==')).toContain('ends too early');
  expect(problemOf('('.repeat(5000))).toContain('nested deeper');
});
