import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import { FrontDoorError } from '../access/front-door-error.ts';
import { safeSegments, shown } from '../files/safe-name.ts';

/** A kind of file in Pulsar's protocol: its directory in the job's, and whether names may have directories. */
interface FileType {
  readonly directory: string;
  readonly nested: boolean;
}

const types: ReadonlyMap<string, FileType> = new Map([
  ['input', { directory: layout.inputs, nested: true }],
  ['config', { directory: layout.configs, nested: false }],
  ['tool', { directory: layout.toolFiles, nested: true }],
  ['workdir', { directory: layout.working, nested: false }],
  ['metadata', { directory: layout.metadata, nested: true }],
  ['output', { directory: layout.outputs, nested: true }],
  ['output_workdir', { directory: layout.working, nested: true }],
  ['output_metadata', { directory: layout.metadata, nested: true }],
  ['unstructured', { directory: layout.unstructured, nested: true }],
  ['jobdir', { directory: '', nested: false }],
  ['output_jobdir', { directory: '', nested: false }],
]);

/** What Galaxy asks for by name after a run; of every other type it gets what is in `outputs`. */
const downloadTypes: ReadonlySet<string> = new Set(['output', 'output_workdir', 'output_metadata']);

/**
 * Made when a job is set up, for whoever sees the same file system; the others when something comes into them. To make
 * a directory costs a file system ten times as much as any other call, and tools find all of them in their trees.
 */
const madeAtSetup = [layout.inputs, layout.working, layout.outputs];

/** The directories and the name of a file of a job, below the job's directory. */
export type JobFile = readonly [string, ...string[]];

/**
 * Where a file of a type goes.
 *
 * @throws FrontDoorError `BAD_REQUEST` for an unknown type, `UNSAFE_NAME`
 */
export function fileOf(type: string, name: string): JobFile {
  const found = types.get(type);
  if (!found) {
    const message = `${shown(type)} is no type of file: one of ${[...types.keys()].join(', ')} is expected`;
    throw new FrontDoorError('BAD_REQUEST', message, { fields: [{ field: 'type', message }] });
  }
  // Galaxy gives whole paths for some types that know no directories; Pulsar takes the last part.
  const segments = safeSegments(found.nested ? name : basename(name));
  return found.directory === '' ? segments : [found.directory, ...segments];
}

/** Whether files of this type are what a job has made. */
export const isDownload = (type: string): boolean => downloadTypes.has(type);

/** Where a file is that Galaxy fetches. */
export const downloadOf = (type: string, name: string): JobFile =>
  fileOf(isDownload(type) ? type : 'output', name);

/** Whether a name of this type may be a pattern. */
export const mayBePattern = (type: string, name: string): boolean =>
  type === 'output_workdir' && /[*?]/.test(name);

/** Makes the directories of a job, or finds them. */
export async function makeJobDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  // Where all is new, nothing has to be looked for.
  const options = { recursive: first === undefined };
  await Promise.all(madeAtSetup.map((name) => mkdir(join(directory, name), options)));
}
