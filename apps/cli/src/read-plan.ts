import { readFileSync } from 'node:fs';
import { parseSplitPlan, type SplitPlan } from '@galaxy-mesos/galaxy-jobs';
import { existingFile } from './input-files.ts';
import { UsageError } from './usage-error.ts';

/**
 * Reads the plan that `--plan` names.
 * @throws UsageError, JobDescriptionError
 */
export function readPlan(file: string): SplitPlan {
  const { path } = existingFile(file, '--plan');
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const words = error instanceof Error ? error.message.replaceAll(/\p{C}/gu, '?') : String(error);
    throw new UsageError(`--plan ${file}: is no JSON: ${words}`);
  }
  return parseSplitPlan(given);
}
