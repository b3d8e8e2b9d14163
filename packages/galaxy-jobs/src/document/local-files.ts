import type { JobDocument } from './job-document.ts';
import { extensionOf } from './paths.ts';

/** The file of an output that the command writes, relative to the directory it runs in. */
export function outputFile(name: string, output: JobDocument['outputs'][string]): string {
  if (typeof output === 'string') return `${name}${extensionOf(output)}`;
  return output.file ?? `${name}${extensionOf(output.destination)}`;
}

/** The file of a task's part of an input, relative to the same directory. */
export const partName = (name: string, file: string): string => `${name}${extensionOf(file)}`;

/** The files of an input, in order. */
export const inputPaths = (given: JobDocument['inputs'][string]): readonly string[] =>
  typeof given === 'string' ? [given] : given;
