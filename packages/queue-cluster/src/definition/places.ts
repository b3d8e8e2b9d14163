import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { DefinitionProblem, SettingPath } from './problem.ts';

/** Where settings stand, for messages. */
export interface Places {
  /** Of a value, or of the nearest thing around it that is there. */
  placeOf(path: SettingPath): string;
  /** Of the name of a setting that is there. */
  placeOfKey(path: SettingPath): string;
}

/** A YAML file, or what is wrong with it as YAML. */
export interface YamlFile extends Places {
  readonly value: unknown;
  readonly problems: readonly DefinitionProblem[];
}

/** Reads YAML and remembers where everything stands: `FILE:LINE:COLUMN`. An empty file says nothing. */
export function readYaml(text: string, file: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const mistakes = [...document.errors, ...document.warnings];
  const problems = mistakes.map(({ pos, message }) => ({ place: at(pos[0]), text: message }));
  const content = problems.length > 0 ? { value: {}, problems } : contentOf(document, at(0));
  return {
    ...content,
    placeOf: (path) => at(offsetOf(document, path)),
    placeOfKey: (path) => at(keyOffset(document, path) ?? offsetOf(document, path)),
  };
}

function contentOf(document: Document, place: string): Pick<YamlFile, 'value' | 'problems'> {
  try {
    return { value: document.toJS() ?? {}, problems: [] };
  } catch (error) {
    // Aliases that stand for nothing, or for one another a thousand times.
    return { value: {}, problems: [{ place, text: error instanceof Error ? error.message : String(error) }] };
  }
}

/** Of a value, or, where it is empty or not there, of its name, or of what is around it. */
function offsetOf(document: Document, path: SettingPath): number {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isNode(node) && node.range && !(isScalar(node) && node.value === null)) return node.range[0];
  if (path.length === 0) return 0;
  return keyOffset(document, path) ?? offsetOf(document, path.slice(0, -1));
}

function keyOffset(document: Document, path: SettingPath): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const key = parent.items.map((item) => item.key).find((found) => String(found) === String(path.at(-1)));
  return isNode(key) && key.range ? key.range[0] : undefined;
}
