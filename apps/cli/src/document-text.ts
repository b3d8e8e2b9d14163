import { JobDescriptionError } from '@galaxy-mesos/galaxy-jobs';
import { type Document, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { messageOf } from './report-error.ts';
import { UsageError } from './usage-error.ts';

/** A file in JSON or YAML, read. */
export interface DocumentText {
  readonly value: unknown;
  /** `FILE:LINE:COLUMN` of a field such as `split[0].parameters`, or of the nearest thing around it that is there. */
  placeOf(field: string): string;
}

/**
 * Reads JSON or YAML, remembering where everything stands.
 * @param name of the file, for messages
 * @throws UsageError with the place of each mistake
 */
export function readDocumentText(text: string, name: string): DocumentText {
  if (text.trim() === '') throw new UsageError(`${name}: is empty; expected a document in YAML or JSON`);
  if (/[\0\ufffd]/.test(text)) {
    throw new UsageError(`${name}: is no text in UTF-8; expected a document in YAML or JSON`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  return {
    value: jsonValue(text) ?? yamlValue(document, name, placeAt),
    placeOf: (field) => placeAt(offsetOf(document, pathOf(field))),
  };
}

/** What YAML and JSON would read in two ways is taken as JSON; `null` is nothing that a document can be. */
function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function yamlValue(document: Document, name: string, placeAt: (offset: number) => string): unknown {
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => `${placeAt(pos[0])}: ${printable(message)}`);
    throw new UsageError(problems.join('\n'));
  }
  try {
    return document.toJS();
  } catch (error) {
    // Such as aliases that stand for one another a thousand times.
    throw new UsageError(`${name}: ${printable(messageOf(error))}`);
  }
}

const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '?');

const pathOf = (field: string): (string | number)[] =>
  Array.from(field.matchAll(/\[(\d+)\]|([^.[\]]+)/g), ([, index, key = '']) =>
    index === undefined ? key : Number(index),
  );

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  const isThere = isNode(node) && !(isScalar(node) && node.value === null);
  if (isThere && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

/**
 * Does something with what a document says.
 * @throws UsageError with the place of each field that is wrong
 */
export function withPlaces<Result>({ placeOf }: DocumentText, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JobDescriptionError)) throw error;
    const problems = error.problems.map(({ field, text }) => `${placeOf(field)}: ${field}: ${text}`);
    throw new UsageError(problems.join('\n'), { cause: error });
  }
}
