import { existsSync, mkdirSync } from 'node:fs';
import { replaceFile } from '../../job-directory.ts';
import type { HandedPart } from '../../planning/planned-data.ts';
import { partPath, partsPath } from '../layout.ts';
import type { ChosenInputs } from './choose-inputs.ts';
import { partScript } from './part-script.ts';

/** The name of a part among those of its job. */
export const partName = (index: number): string => String(index).padStart(6, '0');

/** Writes what the attempts at a part begin with, also over what an earlier plan has left; answers its name. */
export function keepPart(
  controlDirectory: string,
  chosen: ChosenInputs,
  part: Pick<HandedPart, 'index' | 'slices'>,
): string {
  const name = partName(part.index);
  const { text, names } = partScript(chosen, part);
  mkdirSync(partsPath(controlDirectory), { recursive: true });
  replaceFile(`${partPath(controlDirectory, name)}.json`, JSON.stringify(names));
  replaceFile(partPath(controlDirectory, name), text);
  return name;
}

/** Whether there is such a part: of a job that runs whole there is none. */
export const isPartKept = (controlDirectory: string, name: string): boolean =>
  existsSync(partPath(controlDirectory, name));
