import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { replaceFile } from '../../job-directory.ts';
import type { HandedPart } from '../../planning/planned-data.ts';
import { partPath } from '../layout.ts';
import type { ChosenInputs } from './choose-inputs.ts';
import { partFile, partScript } from './part-script.ts';

/** Writes what the attempts at a part begin with, also over what an earlier plan has left; answers its name. */
export function keepPart(
  controlDirectory: string,
  chosen: ChosenInputs,
  part: Pick<HandedPart, 'index' | 'slices' | 'values'>,
): string {
  const name = partFile(part.index);
  const file = partPath(controlDirectory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  replaceFile(file, partScript(chosen, part));
  return name;
}
