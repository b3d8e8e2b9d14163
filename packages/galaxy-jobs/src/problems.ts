import { problem, ToolError, type ToolProblem } from './tool-error.ts';
import type { XmlElement } from './xml.ts';

const general = 'take it out, or run this tool in Galaxy itself';

/** Gathers what is wrong with a tool, so that all of it is reported together and not one thing a time. */
export class Problems {
  readonly #found: ToolProblem[] = [];

  /** Galaxy knows `what`, this package does not; `advice` says what the writer of the tool can do. */
  unsupported(line: number, what: string, advice: string = general): void {
    this.#found.push(problem('UNSUPPORTED', `${what} is not supported; ${advice}`, line));
  }

  /** The tool contradicts Galaxy's own rules; `text` says which and what was expected. */
  invalid(line: number, text: string): void {
    this.#found.push(problem('INVALID_TOOL', text, line));
  }

  /** Takes over the problems of a nested parser; anything else than a {@link ToolError} is thrown on. */
  take(error: unknown): void {
    if (!(error instanceof ToolError)) throw error;
    this.#found.push(...error.problems);
  }

  /**
   * Ends the gathering.
   * @throws ToolError if there was any problem, in the order of their lines.
   */
  throwIfAny(tool: string | undefined): void {
    if (this.#found.length === 0) return;
    throw new ToolError(
      this.#found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
      tool,
    );
  }
}

/** What may stand in an element, and what to tell a writer who used something else. */
export interface Vocabulary {
  readonly attributes: readonly string[];
  readonly children: readonly string[];
  /** For an attribute (as `@name`) or child that is refused: what to do instead. */
  readonly advice?: Readonly<Record<string, string>>;
}

/** Refuses by name each attribute and child of `element` that is not in `vocabulary`. */
export function checkVocabulary(element: XmlElement, vocabulary: Vocabulary, problems: Problems): void {
  const advice = new Map(Object.entries(vocabulary.advice ?? {}));
  for (const name of element.attributes.keys()) {
    if (vocabulary.attributes.includes(name)) continue;
    problems.unsupported(
      element.line,
      `the attribute "${name}" of ${describe(element)}`,
      advice.get(`@${name}`),
    );
  }
  for (const child of element.children) {
    if (vocabulary.children.includes(child.tag)) continue;
    problems.unsupported(child.line, `${describe(child)} in ${describe(element)}`, advice.get(child.tag));
  }
}

/** An element as a reader finds it again: its tag with its name or type. */
export function describe(element: XmlElement): string {
  for (const key of ['name', 'type', 'value']) {
    const value = element.attributes.get(key);
    if (value !== undefined) return `<${element.tag} ${key}="${value}">`;
  }
  return `<${element.tag}>`;
}

/** Galaxy's reading of a yes-or-no attribute: true, yes, on and 1 in any case are true, all else is false. */
export function booleanAttribute(element: XmlElement, name: string, fallback: boolean): boolean {
  const text = element.attributes.get(name);
  return text === undefined ? fallback : isTrueText(text);
}

/** Whether Galaxy takes a text for true. */
export function isTrueText(text: string): boolean {
  return ['true', 'yes', 'on', '1'].includes(text.toLowerCase());
}

/** The items of a comma-separated attribute; an absent attribute has none. */
export function listAttribute(element: XmlElement, name: string): string[] {
  const text = element.attributes.get(name) ?? '';
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
