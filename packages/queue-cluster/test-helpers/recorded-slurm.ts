import { type Recording, recording, recordingsOf } from '../../../test-fixtures/queues/recordings.ts';
import type { QueueAnswer } from '../src/dialects/dialect.ts';

/** A recording of Slurm 22.05. */
export const said = (name: string): Recording => recording('slurm-22.05', name);

/** What a command might have answered. */
export const answer = (stdout: string, stderr = '', exitCode: number | null = 0): QueueAnswer => ({
  exitCode,
  stdout,
  stderr,
});

/** The recordings of commands that fit, of both versions, by their names. */
export const recorded = (command: RegExp): readonly (readonly [string, Recording])[] =>
  (['slurm-22.05', 'slurm-24.11'] as const).flatMap((version) =>
    [...recordingsOf(version)]
      .filter(([, entry]) => command.test(entry.command))
      .map(([name, entry]) => [`${version} ${name}`, entry] as const),
  );
