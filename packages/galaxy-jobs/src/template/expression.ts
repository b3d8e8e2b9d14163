import type { SourceText } from '../xml.ts';
import { expressionTokens, refusal, type Token, understood } from './expression-tokens.ts';

/** A comparison sign of Python. */
export type Comparator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | 'not in';

/** What stands behind `#if`: the subset of Python's expressions that is understood. Plain data. */
export type Expression =
  | { readonly type: 'name'; readonly path: readonly string[]; readonly line: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'number'; readonly value: number; readonly isFloat: boolean }
  | { readonly type: 'constant'; readonly value: boolean | null }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'not'; readonly operand: Expression }
  | { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  /** As in Python, `a < b < c` is one comparison: `a < b and b < c`. */
  | {
      readonly type: 'comparison';
      readonly first: Expression;
      readonly rest: readonly { readonly comparator: Comparator; readonly operand: Expression }[];
      readonly line: number;
    }
  | { readonly type: 'str'; readonly operand: Expression; readonly line: number };

const comparators: readonly string[] = ['==', '!=', '<', '>', '<=', '>='];

/** Deeper nesting is no tool but an attack on the stack. */
const maximumDepth = 100;

/**
 * Reads the expression that begins at `start` in the template.
 * @returns the expression and the offset of what ended it: the line's end, `#` or `:`
 * @throws ToolError naming what is beyond the subset, with its line
 */
export function parseExpression(source: SourceText, start: number): { expression: Expression; end: number } {
  const reader = new ExpressionReader(source, expressionTokens(source, start));
  const expression = reader.disjunction();
  return { expression, end: reader.expectEnd() };
}

class ExpressionReader {
  readonly #source: SourceText;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(source: SourceText, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  disjunction(): Expression {
    let left = this.#conjunction();
    while (this.#takeWord('or')) left = { type: 'or', left, right: this.#conjunction() };
    return left;
  }

  expectEnd(): number {
    const token = this.#peek();
    if (token.type !== 'end') throw this.#unexpected(token);
    return token.offset;
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.#takeWord('and')) left = { type: 'and', left, right: this.#negation() };
    return left;
  }

  #negation(): Expression {
    if (!this.#takeWord('not')) return this.#comparison();
    return this.#deeper(() => ({ type: 'not', operand: this.#negation() }));
  }

  #comparison(): Expression {
    const { offset } = this.#peek();
    const first = this.#primary();
    const rest: { comparator: Comparator; operand: Expression }[] = [];
    for (;;) {
      const comparator = this.#takeComparator();
      if (comparator === undefined) break;
      rest.push({ comparator, operand: this.#primary() });
    }
    if (rest.length === 0) return first;
    return { type: 'comparison', first, rest, line: this.#source.lineAt(offset) };
  }

  #takeComparator(): Comparator | undefined {
    const token = this.#peek();
    if (token.type === 'sign' && comparators.includes(token.value)) {
      this.#index += 1;
      return token.value as Comparator;
    }
    if (this.#takeWord('in')) return 'in';
    if (!this.#takeWord('not')) return undefined;
    if (this.#takeWord('in')) return 'not in';
    throw this.#unexpected(this.#peek());
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.type === 'name') return this.#name(token);
    if (token.type === 'text') return { type: 'text', value: token.value };
    if (token.type === 'number') return numberOf(token.value, 1);
    if (token.type === 'word') return this.#word(token);
    if (token.value === '-' && this.#peek().type === 'number') return numberOf(this.#next().value, -1);
    if (token.value === '(') return this.#deeper(() => this.#parenthesised());
    if (token.value === '[') return this.#deeper(() => ({ type: 'list', items: this.#items(']') }));
    throw this.#unexpected(token);
  }

  #name(token: Token): Expression {
    const next = this.#peek();
    const isAttached = next.offset === token.offset + token.value.length + 1;
    if (isAttached && next.type === 'sign' && '(['.includes(next.value)) {
      const what = next.value === '(' ? 'calling' : 'indexing';
      const text = `${what} $${token.value} is not supported; ${understood}`;
      throw refusal(this.#source, token.offset, 'UNSUPPORTED', text);
    }
    return { type: 'name', path: token.value.split('.'), line: this.#source.lineAt(token.offset) };
  }

  #word(token: Token): Expression {
    const constants = new Map<string, boolean | null>([
      ['True', true],
      ['False', false],
      ['None', null],
    ]);
    const constant = constants.get(token.value);
    if (constant !== undefined) return { type: 'constant', value: constant };
    const isCall = this.#peek().value === '(' && this.#peek().type === 'sign';
    if (token.value !== 'str' || !isCall) throw this.#unexpected(token);
    this.#index += 1;
    const operand = this.#deeper(() => this.disjunction());
    this.#expectSign(')');
    return { type: 'str', operand, line: this.#source.lineAt(token.offset) };
  }

  /** An expression in parentheses is itself; with a comma it is a tuple, which serves as a list. */
  #parenthesised(): Expression {
    if (this.#takeSign(')')) return { type: 'list', items: [] };
    const first = this.disjunction();
    if (this.#takeSign(')')) return first;
    this.#expectSign(',');
    return { type: 'list', items: [first, ...this.#items(')')] };
  }

  #items(close: string): Expression[] {
    const items: Expression[] = [];
    for (;;) {
      if (this.#takeSign(close)) return items;
      items.push(this.disjunction());
      if (this.#takeSign(close)) return items;
      this.#expectSign(',');
    }
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > maximumDepth) {
      const text = `an expression nested deeper than ${maximumDepth} is not supported; cut it up`;
      throw refusal(this.#source, this.#peek().offset, 'UNSUPPORTED', text);
    }
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #peek(): Token {
    return this.#tokens[this.#index] ?? { type: 'end', value: '', offset: this.#source.text.length };
  }

  #next(): Token {
    const token = this.#peek();
    if (token.type === 'end') throw this.#unexpected(token);
    this.#index += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    return this.#take('word', word);
  }

  #takeSign(sign: string): boolean {
    return this.#take('sign', sign);
  }

  #take(type: Token['type'], value: string): boolean {
    const token = this.#peek();
    const isIt = token.type === type && token.value === value;
    if (isIt) this.#index += 1;
    return isIt;
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) throw this.#unexpected(this.#peek());
  }

  #unexpected(token: Token) {
    if (token.type === 'end') {
      return refusal(this.#source, token.offset, 'INVALID_TOOL', 'an expression ends too early; complete it');
    }
    const written = token.type === 'name' ? `$${token.value}` : token.value;
    const isBareName =
      token.type === 'word' && !['then', 'else', 'is', 'lambda', 'if', 'for'].includes(written);
    const hint = isBareName ? `write $${written} if it is an input, else ` : '';
    const text = `"${written}" in an expression is not supported; ${hint}${understood}`;
    return refusal(this.#source, token.offset, 'UNSUPPORTED', text);
  }
}

function numberOf(text: string, sign: 1 | -1): Expression {
  return { type: 'number', value: sign * Number(text), isFloat: /[.eE]/.test(text) };
}
