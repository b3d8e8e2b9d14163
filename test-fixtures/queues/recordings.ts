import { readdirSync, readFileSync } from 'node:fs';

/** The folders: a queueing system, with its version where there are several; `documented` was written, not recorded. */
export const recordedSystems = [
  'documented',
  'htcondor',
  'pbs',
  'sge',
  'slurm-22.05',
  'slurm-24.11',
] as const;
export type RecordedSystem = (typeof recordedSystems)[number];

/** A command that was given to a real queueing system, and what it answered. */
export interface Recording {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What is special about it. */
  readonly note?: string;
}

interface Index {
  readonly recordings: Readonly<Record<string, Omit<Recording, 'stdout' | 'stderr'>>>;
}

const folderOf = (system: RecordedSystem): URL => new URL(`${system}/`, import.meta.url);

/** All of a system, by their names. */
export function recordingsOf(system: RecordedSystem): ReadonlyMap<string, Recording> {
  const folder = folderOf(system);
  const files = new Set(readdirSync(folder));
  const text = (file: string): string => (files.has(file) ? readFileSync(new URL(file, folder), 'utf8') : '');
  const { recordings } = JSON.parse(text('index.json')) as Index;
  return new Map(
    Object.entries(recordings).map(([name, entry]) => [
      name,
      { ...entry, stdout: text(`${name}.stdout`), stderr: text(`${name}.stderr`) },
    ]),
  );
}

/** One, as a dialect gets it: `recording('pbs', 'qsub-plain')`. */
export function recording(system: RecordedSystem, name: string): Recording {
  const found = recordingsOf(system).get(name);
  if (!found) throw new Error(`test-fixtures/queues/${system}/index.json has no recording ${name}`);
  return found;
}
