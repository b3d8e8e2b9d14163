import { problem, ToolError } from '../tool-error.ts';
import type { Comparator, Expression } from './expression.ts';
import { equals, isTruthy, order, type PythonValue, toText } from './python.ts';

/** Gives the value of a `$name.member`, or throws. */
export type Resolve = (path: readonly string[], line: number) => Exclude<PythonValue, readonly PythonValue[]>;

/**
 * Works out an expression as Python would.
 * @throws ToolError `RENDER_FAILED` where Python would raise an error
 */
export function evaluate(expression: Expression, resolve: Resolve): PythonValue {
  switch (expression.type) {
    case 'name':
      return resolve(expression.path, expression.line);
    case 'text':
    case 'constant':
      return expression.value;
    case 'number':
      return expression.isFloat ? { type: 'python-float', value: expression.value } : expression.value;
    case 'list':
      return expression.items.map((item) => evaluate(item, resolve));
    case 'not':
      return !isTruthy(evaluate(expression.operand, resolve));
    case 'and':
    case 'or': {
      const left = evaluate(expression.left, resolve);
      const isDecided = isTruthy(left) === (expression.type === 'or');
      return isDecided ? left : evaluate(expression.right, resolve);
    }
    case 'comparison':
      return compareAll(expression, resolve);
    case 'str':
      return text(evaluate(expression.operand, resolve), expression.line);
  }
}

function text(value: PythonValue, line: number): string {
  if (isList(value)) throw failure('str() of a list is not supported; name one value', line);
  return toText(value);
}

function compareAll(expression: Extract<Expression, { type: 'comparison' }>, resolve: Resolve): boolean {
  let left = evaluate(expression.first, resolve);
  for (const { comparator, operand } of expression.rest) {
    const right = evaluate(operand, resolve);
    if (!compare(left, comparator, right, expression.line)) return false;
    left = right;
  }
  return true;
}

function compare(left: PythonValue, comparator: Comparator, right: PythonValue, line: number): boolean {
  if (comparator === '==') return equals(left, right);
  if (comparator === '!=') return !equals(left, right);
  if (comparator === 'in') return contains(right, left, line);
  if (comparator === 'not in') return !contains(right, left, line);
  const difference = order(left, right);
  if (difference === undefined) {
    const advice = 'compare numbers with numbers and texts with texts; str() makes a text';
    throw failure(`"${comparator}" has on its two sides what has no order: ${advice}`, line);
  }
  if (comparator === '<') return difference < 0;
  if (comparator === '>') return difference > 0;
  return comparator === '<=' ? difference <= 0 : difference >= 0;
}

function contains(container: PythonValue, item: PythonValue, line: number): boolean {
  if (isList(container)) return container.some((one) => equals(item, one));
  if (typeof container === 'string' && typeof item === 'string') return container.includes(item);
  throw failure('"in" needs a list behind it, or a text before and behind it; str() makes a text', line);
}

function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

/** An error at a line of the tool that only these values bring about. */
export function failure(message: string, line?: number): ToolError {
  return new ToolError([problem('RENDER_FAILED', message, line)]);
}
