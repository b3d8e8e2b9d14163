import { problem, ToolError, type ToolErrorCode } from '../tool-error.ts';
import type { SourceText } from '../xml.ts';

/** The least part of an expression that means something. `offset` is its place in the template. */
export interface Token {
  readonly type: 'name' | 'word' | 'text' | 'number' | 'sign' | 'end';
  /** The path of a name with its dots, the content of a text without its quotes, else as written. */
  readonly value: string;
  readonly offset: number;
}

/** Signs that are understood, the longer before those that they begin with. */
const signs = ['==', '!=', '<=', '>=', '<', '>', '(', ')', '[', ']', ',', '-'];

const patterns = {
  blank: /[ \t\f]+|\\\r?\n/y,
  line: /[\r\n]+/y,
  name: /\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/y,
  word: /[A-Za-z_]\w*/y,
  number: /(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?/y,
  text: /'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*"/y,
};

/** The escapes in texts that are understood; others mean different things in different Pythons. */
const escapes = new Map([
  ['\\\\', '\\'],
  ["\\'", "'"],
  ['\\"', '"'],
  ['\\n', '\n'],
  ['\\r', '\r'],
  ['\\t', '\t'],
]);

/**
 * Cuts the expression that begins at `start` into tokens. As in Cheetah it ends outside brackets at the end of
 * the line, at `#` or at `:`; the last token, of type `end`, says where.
 * @throws ToolError for what no expression of the subset contains
 */
export function expressionTokens(source: SourceText, start: number): readonly Token[] {
  const tokens: Token[] = [];
  let offset = start;
  let depth = 0;
  for (;;) {
    offset += blankLength(source.text, offset, depth > 0);
    const character = source.text[offset];
    const isEnd = character === undefined || (depth === 0 && '\r\n#:'.includes(character));
    if (isEnd) return [...tokens, { type: 'end', value: '', offset }];
    const { token, length } = readToken(source, offset);
    if (token.type === 'sign' && '(['.includes(token.value)) depth += 1;
    if (token.type === 'sign' && ')]'.includes(token.value)) depth -= 1;
    tokens.push(token);
    offset += length;
  }
}

function blankLength(text: string, offset: number, inBrackets: boolean): number {
  let length = 0;
  for (;;) {
    const found =
      match(patterns.blank, text, offset + length) ??
      (inBrackets ? match(patterns.line, text, offset + length) : undefined);
    if (found === undefined) return length;
    length += found.length;
  }
}

function readToken(source: SourceText, offset: number): { token: Token; length: number } {
  const { text } = source;
  const name = match(patterns.name, text, offset);
  if (name !== undefined)
    return { token: { type: 'name', value: name.slice(1), offset }, length: name.length };
  const quoted = match(patterns.text, text, offset);
  if (quoted !== undefined) return quotedToken(source, quoted, offset);
  for (const type of ['word', 'number'] as const) {
    const found = match(patterns[type], text, offset);
    if (found !== undefined) return { token: { type, value: found, offset }, length: found.length };
  }
  const sign = signs.find((one) => text.startsWith(one, offset));
  if (sign !== undefined) return { token: { type: 'sign', value: sign, offset }, length: sign.length };
  throw unknownToken(source, offset);
}

function quotedToken(source: SourceText, quoted: string, offset: number): { token: Token; length: number } {
  if (source.text.startsWith(quoted.charAt(0).repeat(3), offset)) {
    throw refusal(
      source,
      offset,
      'UNSUPPORTED',
      'a text in triple quotes is not supported; use single quotes',
    );
  }
  const value = quoted.slice(1, -1).replaceAll(/\\./gs, (written) => {
    const plain = escapes.get(written);
    if (plain !== undefined) return plain;
    throw refusal(
      source,
      offset,
      'UNSUPPORTED',
      `the escape ${written} in ${quoted} is not supported; leave it out`,
    );
  });
  return { token: { type: 'text', value, offset }, length: quoted.length };
}

function unknownToken(source: SourceText, offset: number): ToolError {
  const { text } = source;
  if (text.startsWith(`\${`, offset)) {
    return refusal(source, offset, 'INVALID_TOOL', `Cheetah takes no \${name} in an expression; write $name`);
  }
  const sign = text.slice(offset, offset + 2).trim();
  return refusal(source, offset, 'UNSUPPORTED', `"${sign}" in an expression is not supported; ${understood}`);
}

/** What to tell a writer whose expression goes beyond the subset. */
export const understood =
  'use names, texts, numbers, == != < > <= >=, in, and, or, not, parentheses and str()';

/** An error with one problem at a place in the template. */
export function refusal(source: SourceText, offset: number, code: ToolErrorCode, text: string): ToolError {
  return new ToolError([problem(code, text, source.lineAt(offset))]);
}

/** What `pattern` (sticky) matches at `offset`, if anything. */
export function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}
