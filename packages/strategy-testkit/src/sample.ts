import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PlanInput } from '@galaxy-mesos/parallelism';

/** What a file holds: bytes, or a text with one character for each byte. */
export type Content = string | Uint8Array;

/** A file that is written for a law, or one that is there already. */
export type SampleFile = Content | { readonly path: string };

/** A job that a strategy is asked to cut. */
export interface Sample {
  /** What is special about it, as it stands in the names of laws: `one record`. */
  readonly title: string;
  /** By the names of the inputs, in order: a file, or those of a collection. */
  readonly inputs: Readonly<Record<string, SampleFile | readonly SampleFile[]>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** The bytes of a content. */
export const bytesOf = (content: Content): Buffer =>
  typeof content === 'string' ? Buffer.from(content, 'latin1') : Buffer.from(content);

/** Lays out the inputs of a sample in a directory that is made for them. */
export async function layOut({ inputs }: Sample, directory: string): Promise<readonly PlanInput[]> {
  await mkdir(directory, { recursive: true });
  const laidOut: PlanInput[] = [];
  for (const [name, given] of Object.entries(inputs)) {
    const files = isList(given) ? given : [given];
    const paths = await Promise.all(
      files.map((file, index) => laidOutFile(file, path.join(directory, `${name} ${index}`))),
    );
    const [first, ...others] = paths;
    if (first === undefined) throw new Error(`the input ${name} of a sample has no file`);
    laidOut.push({ name, paths: [first, ...others] });
  }
  return laidOut;
}

const isList = (given: SampleFile | readonly SampleFile[]): given is readonly SampleFile[] =>
  Array.isArray(given);

async function laidOutFile(file: SampleFile, destination: string): Promise<string> {
  if (typeof file === 'object' && 'path' in file) return file.path;
  await writeFile(destination, bytesOf(file));
  return destination;
}
