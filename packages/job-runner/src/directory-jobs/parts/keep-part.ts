import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { replaceFile } from '../../job-directory.ts';
import { JobError } from '../../job-error.ts';
import type { HandedPart } from '../../planning/planned-data.ts';
import { partPath, partsPath } from '../layout.ts';
import type { ChosenInputs } from './choose-inputs.ts';
import { partScript } from './part-script.ts';

/** The name of a part among those of its job. */
export const partName = (index: number): string => String(index).padStart(6, '0');

/**
 * Writes what the attempts at a part begin with; answers its name. Of a part whose task is known attempts may have
 * ended, so that it must be what it was.
 * @throws JobError `PLAN_CHANGED`
 */
export function keepPart(
  controlDirectory: string,
  chosen: ChosenInputs,
  part: Pick<HandedPart, 'index' | 'slices' | 'values'>,
  isKnown: boolean,
): string {
  const name = partName(part.index);
  const { text, names } = partScript(chosen, part);
  const script = partPath(controlDirectory, name);
  const record = JSON.stringify({ names, values: part.values ?? {} });
  if (isKnown) refuseAnother(script, { [script]: text, [recordOf(script)]: record });
  mkdirSync(partsPath(controlDirectory), { recursive: true });
  replaceFile(recordOf(script), record);
  replaceFile(script, text);
  return name;
}

/** Beside what a part begins with, what else is kept of it. */
export const recordOf = (script: string): string => `${script}.json`;

/** Of a plan that is about to be made anew no part is left. */
export const dropParts = (controlDirectory: string): void =>
  rmSync(partsPath(controlDirectory), { recursive: true, force: true });

/** Whether there is such a part: of a job that runs whole there is none. */
export const isPartKept = (controlDirectory: string, name: string): boolean =>
  existsSync(partPath(controlDirectory, name));

function refuseAnother(script: string, files: Readonly<Record<string, string>>): void {
  const isSame = ([file, text]: [string, string]) => !existsSync(file) || readFileSync(file, 'utf8') === text;
  if (Object.entries(files).every(isSame)) return;
  const message = 'this part is another one than before: its input or a strategy has changed; begin anew';
  throw new JobError('PLAN_CHANGED', script, message);
}
