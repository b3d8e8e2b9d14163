import type { JobDocument } from './job-document.ts';
import { extensionOf } from './paths.ts';

/** The file of an output that the command writes, relative to the directory it runs in. */
export function outputFile(name: string, output: JobDocument['outputs'][string]): string {
  if (typeof output === 'string') return `${name}${extensionOf(output)}`;
  return output.file ?? `${name}${extensionOf(output.destination)}`;
}

/** Behind these comes what was compressed, by which programs go as well. */
const compressions: ReadonlySet<string> = new Set(['.gz', '.bgz', '.zst', '.bz2', '.xz']);

/** The file of a task's part of an input, relative to the same directory. */
export function partName(name: string, file: string): string {
  const extension = extensionOf(file);
  const isCompressed = compressions.has(extension.toLowerCase());
  const inner = isCompressed ? extensionOf(file.slice(0, -extension.length)) : '';
  return `${name}${inner}${extension}`;
}

/** The files of an input, in order. */
export const inputPaths = (given: JobDocument['inputs'][string]): readonly string[] =>
  typeof given === 'string' ? [given] : given;
