import { DOMParser, type Node } from '@xmldom/xmldom';
import { problem, ToolError } from './tool-error.ts';

/** A stretch of text with the one-based line at which it begins. */
export interface TextPiece {
  readonly text: string;
  readonly line: number;
  /** Text that was put in from elsewhere: all of it counts as standing on `line`. */
  readonly inserted?: boolean;
}

/** An element of a tool's XML as plain data, with the one-based line of its start tag. */
export interface XmlElement {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: readonly TextPiece[];
  readonly line: number;
}

interface Fault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** The constants that the DOM standard gives to the kinds of node. */
const nodeTypes = { element: 1, text: 3, cdata: 4 } as const;

/**
 * Reads XML into plain elements.
 * @throws ToolError `MALFORMED_XML` with line and column; `UNSUPPORTED` for a document type declaration, which
 * could define entities.
 */
export function parseXml(xml: string, path?: string): XmlElement {
  const faults: Fault[] = [];
  const parser = new DOMParser({
    onError: (_level, message, context) => {
      const { lineNumber, columnNumber } = locatorOf(context);
      faults.push({ message, line: lineNumber, column: columnNumber });
      throw new Error(message);
    },
  });
  try {
    const document = parser.parseFromString(xml.replace(/^\uFEFF/, ''), 'text/xml');
    if (document.doctype) {
      const text = '<!DOCTYPE> is not supported; take it out and write its entities as text';
      throw new ToolError([problem('UNSUPPORTED', text, document.doctype.lineNumber ?? 1)], path);
    }
    if (document.documentElement === null) throw new Error('there is no root element');
    return readElement(document.documentElement);
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const fault = faults[0] ?? { message: String(error), line: 1, column: 1 };
    const text = `this is not well-formed XML: ${fault.message}`;
    throw new ToolError([problem('MALFORMED_XML', text, fault.line, fault.column)], path, { cause: error });
  }
}

/** The parser counts from one, and gives nothing or zero where it found no element at all. */
function locatorOf(context: unknown): { lineNumber: number; columnNumber: number } {
  const locator = (context as { locator?: { lineNumber?: number; columnNumber?: number } } | undefined)
    ?.locator;
  return { lineNumber: locator?.lineNumber || 1, columnNumber: locator?.columnNumber || 1 };
}

function readElement(node: Node): XmlElement {
  const element = node as unknown as { attributes: Iterable<{ name: string; value: string }> };
  const children: XmlElement[] = [];
  const text: TextPiece[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const line = child.lineNumber ?? 1;
    if (child.nodeType === nodeTypes.element) children.push(readElement(child));
    const isText = child.nodeType === nodeTypes.text || child.nodeType === nodeTypes.cdata;
    if (isText) text.push({ text: child.nodeValue ?? '', line });
  }
  const attributes = new Map(Array.from(element.attributes, ({ name, value }) => [name, value] as const));
  return { tag: node.nodeName, attributes, children, text, line: node.lineNumber ?? 1 };
}

/** The first child with a tag, if there is one. */
export function childOf(element: XmlElement, tag: string): XmlElement | undefined {
  return element.children.find((child) => child.tag === tag);
}

/** All text of an element on one line, as for labels. */
export function plainText(element: XmlElement | undefined): string {
  if (element === undefined) return '';
  const text = element.text.map((piece) => piece.text).join('');
  return text.replace(/\s+/g, ' ').trim();
}

/** A text that remembers on which lines of the tool's XML its parts stand. */
export class SourceText {
  readonly text: string;
  readonly #starts: { offset: number; line: number }[] = [];

  constructor(pieces: readonly TextPiece[]) {
    let text = '';
    for (const piece of pieces) {
      this.#starts.push({ offset: text.length, line: piece.line });
      if (!piece.inserted) this.#addLineStarts(piece, text.length);
      text += piece.text;
    }
    this.text = text;
  }

  #addLineStarts(piece: TextPiece, start: number): void {
    let line = piece.line;
    for (const { index } of piece.text.matchAll(/\n/g)) {
      line += 1;
      this.#starts.push({ offset: start + index + 1, line });
    }
  }

  /** The one-based line in the XML of the character at `offset`. */
  lineAt(offset: number): number {
    return this.#starts.findLast((start) => start.offset <= offset)?.line ?? 1;
  }
}
