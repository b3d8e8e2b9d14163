import type { RecordedSystem } from '../../../test-fixtures/queues/recordings.ts';
import { recording } from '../../../test-fixtures/queues/recordings.ts';
import type { Sample } from '../src/index.ts';

/** A sample of a recording; its name is its title. */
export function recorded(system: RecordedSystem, name: string): Sample {
  const { exitCode, stdout, stderr } = recording(system, name);
  return { title: name, answer: { exitCode, stdout, stderr } };
}

/** The one value that an expression finds in a text. */
export function found(text: string, expression: RegExp): string {
  const value = expression.exec(text)?.[1];
  if (value === undefined) throw new Error(`nothing in the text is ${expression}:\n${text}`);
  return value;
}

/** Seconds of `H:MM:SS`. */
export const secondsOf = (clock: string): number =>
  clock.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
