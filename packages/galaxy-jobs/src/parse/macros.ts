import { describe, type Problems } from '../problems.ts';
import { plainText, type TextPiece, type XmlElement } from '../xml.ts';

interface Macros {
  readonly tokens: ReadonlyMap<string, string>;
  readonly elements: ReadonlyMap<string, XmlElement>;
}

/** Tokens may name tokens; more rounds than this means that they name one another in a circle. */
const maximumRounds = 10;

/**
 * Puts a tool's inline macros in place: `<expand macro="x"/>` by the children of `<xml name="x">`, and
 * `@TOKEN@` by the text of `<token name="@TOKEN@">`. Imports, parameters of macros, and `<yield>` are refused.
 */
export function expandMacros(root: XmlElement, problems: Problems): XmlElement {
  const macros = readMacros(root, problems);
  const rest = root.children.filter((child) => child.tag !== 'macros');
  const children = expandChildren(rest, macros, [], problems);
  return replaceTokens({ ...root, children }, macros.tokens);
}

function readMacros(root: XmlElement, problems: Problems): Macros {
  const tokens = new Map<string, string>();
  const elements = new Map<string, XmlElement>();
  for (const child of root.children
    .filter(({ tag }) => tag === 'macros')
    .flatMap(({ children }) => children)) {
    const name = child.attributes.get('name') ?? '';
    if (name === '' && child.tag !== 'import')
      problems.invalid(child.line, `${describe(child)} needs a name`);
    else if (child.tag === 'token') tokens.set(name, tokenText(child));
    else if (child.tag === 'xml' || (child.tag === 'macro' && child.attributes.get('type') === 'xml')) {
      refuseParameters(child, ['name', 'type'], problems);
      elements.set(name, child);
    } else if (child.tag === 'import') {
      const file = plainText(child);
      problems.unsupported(
        child.line,
        `<import>${file}</import>`,
        `copy the macros of ${file} into this tool`,
      );
    } else problems.unsupported(child.line, `${describe(child)} in <macros>`);
  }
  return { tokens: resolveTokens(tokens, root.line, problems), elements };
}

function tokenText(element: XmlElement): string {
  return element.text.map((piece) => piece.text).join('');
}

function resolveTokens(tokens: Map<string, string>, line: number, problems: Problems): Map<string, string> {
  for (let round = 0; round < maximumRounds; round += 1) {
    let changed = false;
    for (const [name, text] of tokens) {
      const replaced = replaceInText(text, tokens);
      changed ||= replaced !== text;
      tokens.set(name, replaced.slice(0, 100_000));
    }
    if (!changed) break;
  }
  const left = Array.from(tokens.values()).some((text) =>
    [...tokens.keys()].some((name) => text.includes(name)),
  );
  if (!left) return tokens;
  problems.invalid(line, 'the tokens in <macros> contain one another in a circle');
  return new Map();
}

function refuseParameters(element: XmlElement, known: readonly string[], problems: Problems): void {
  for (const name of element.attributes.keys()) {
    if (known.includes(name)) continue;
    problems.unsupported(
      element.line,
      `the macro parameter "${name}" of ${describe(element)}`,
      'write one macro without parameters for each use',
    );
  }
}

function expandChildren(
  children: readonly XmlElement[],
  macros: Macros,
  open: readonly string[],
  problems: Problems,
): XmlElement[] {
  return children.flatMap((child) => {
    if (child.tag === 'expand') return expandOne(child, macros, open, problems);
    if (child.tag === 'yield') {
      problems.unsupported(child.line, '<yield> in a macro', 'write the elements out in full');
      return [];
    }
    return [{ ...child, children: expandChildren(child.children, macros, open, problems) }];
  });
}

function expandOne(
  element: XmlElement,
  macros: Macros,
  open: readonly string[],
  problems: Problems,
): XmlElement[] {
  const name = element.attributes.get('macro') ?? '';
  refuseParameters(element, ['macro'], problems);
  if (element.children.length > 0) {
    problems.unsupported(
      element.line,
      `<expand macro="${name}"> with children`,
      'write the elements out in full',
    );
  }
  const macro = macros.elements.get(name);
  if (macro === undefined || open.includes(name)) {
    const reason = macro === undefined ? 'is not defined in <macros>' : 'expands itself';
    problems.invalid(element.line, `the macro "${name}" ${reason}`);
    return [];
  }
  return expandChildren(macro.children, macros, [...open, name], problems);
}

function replaceTokens(element: XmlElement, tokens: ReadonlyMap<string, string>): XmlElement {
  if (tokens.size === 0) return element;
  return {
    ...element,
    attributes: new Map(
      Array.from(element.attributes, ([name, value]) => [name, replaceInText(value, tokens)]),
    ),
    children: element.children.map((child) => replaceTokens(child, tokens)),
    text: element.text.flatMap((piece) => replaceInPiece(piece, tokens)),
  };
}

function replaceInText(text: string, tokens: ReadonlyMap<string, string>): string {
  let replaced = text;
  for (const [name, value] of tokens) replaced = replaced.replaceAll(name, () => value);
  return replaced;
}

/** Cuts a piece at its tokens, so that the text behind a token of several lines keeps its own line. */
function replaceInPiece(piece: TextPiece, tokens: ReadonlyMap<string, string>): TextPiece[] {
  const found = Array.from(tokens.keys())
    .map((name) => ({ name, at: piece.text.indexOf(name) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)[0];
  if (found === undefined || found.name === '') return [piece];
  const before = piece.text.slice(0, found.at);
  const line = piece.line + before.split('\n').length - 1;
  const after: TextPiece = { text: piece.text.slice(found.at + found.name.length), line };
  const value: TextPiece = { text: tokens.get(found.name) ?? '', line, inserted: true };
  return [{ text: before, line: piece.line }, value, ...replaceInPiece(after, tokens)];
}
