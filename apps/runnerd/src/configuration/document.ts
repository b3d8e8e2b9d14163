import { type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { messageOf } from '../runnerd-error.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Leads to a value in a document. */
export type DocumentPath = readonly PropertyKey[];

/** A YAML file, read. */
export interface ConfigurationDocument {
  readonly value: unknown;
  /** What is wrong with it as YAML; then there is no value. */
  readonly problems: readonly ConfigurationProblem[];
  /** `FILE:LINE:COLUMN` of a value, or of the nearest thing around it that is there. */
  placeOf(path: DocumentPath): string;
  /** The same of a key, which is there. */
  placeOfKey(path: DocumentPath): string;
}

/** Reads YAML, remembering where everything stands. An empty file has no settings. */
export function readDocument(text: string, file: string): ConfigurationDocument {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  const placeAt = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };

  function nodeAt(path: DocumentPath): Node | undefined {
    const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNodeWithRange(node) ? node : undefined;
  }

  function placeOf(path: DocumentPath): string {
    const node = nodeAt(path);
    if (node?.range && !(isScalar(node) && node.value === null)) return placeAt(node.range[0]);
    return path.length === 0 ? placeAt(0) : placeOfKey(path);
  }

  function placeOfKey(path: DocumentPath): string {
    const parent = nodeAt(path.slice(0, -1));
    const key = path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const found = pair && isScalar(pair.key) ? pair.key.range : undefined;
    return found ? placeAt(found[0]) : placeOf(path.slice(0, -1));
  }

  const errors = document.errors.map(({ pos, message }) => ({ place: placeAt(pos[0]), text: message }));
  const strayed = errors.length > 0 ? [] : strayAliases(document, placeAt);
  const { value, problem } = contentOf(document, errors.length + strayed.length > 0, () => placeAt(0));
  return { value: value ?? {}, problems: [...errors, ...strayed, ...problem], placeOf, placeOfKey };
}

/** What begins with an asterisk is not text in YAML, as a pattern is meant to be. */
function strayAliases(document: Document, placeAt: (offset: number) => string): ConfigurationProblem[] {
  const found: ConfigurationProblem[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      const text = `*${alias.source} stands for nothing here; text that begins with * needs quotes`;
      found.push({ place: placeAt(alias.range?.[0] ?? 0), text });
    },
  });
  return found;
}

interface DocumentValue {
  readonly value?: unknown;
  readonly problem: readonly ConfigurationProblem[];
}

function contentOf(document: Document, isBroken: boolean, place: () => string): DocumentValue {
  if (isBroken) return { problem: [] };
  try {
    return { value: document.toJS(), problem: [] };
  } catch (error) {
    // Such as aliases that stand for one another a thousand times.
    return { problem: [{ place: place(), text: messageOf(error) }] };
  }
}

const isNodeWithRange = (node: unknown): node is Node =>
  typeof node === 'object' && node !== null && 'range' in node;
