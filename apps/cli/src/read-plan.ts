import { readFileSync } from 'node:fs';
import { parseSplitPlan, type SplitPlan } from '@galaxy-mesos/galaxy-jobs';
import { readDocumentText, withPlaces } from './document-text.ts';
import { existingFile } from './input-files.ts';

/**
 * Reads the plan that `--plan` names.
 * @throws UsageError with the place of each mistake
 */
export function readPlan(file: string): SplitPlan {
  const { path } = existingFile(file, '--plan');
  const document = readDocumentText(readFileSync(path, 'utf8'), `--plan ${file}`);
  return withPlaces(document, () => parseSplitPlan(document.value));
}
