import path from 'node:path';

/** Directories of a job that come back from an attempt. */
export const deliveredDirectories = ['working', 'outputs', 'metadata'] as const;

/** Where the job script leaves its exit code. */
export const returnCodeFile = 'return_code';

/** The script that an attempt at a directory job runs; it holds the job script. */
export const attemptScriptPath = (controlDirectory: string): string =>
  path.join(controlDirectory, 'attempt.sh');

/** What is known of the parts of a job. */
export const partsPath = (controlDirectory: string): string => path.join(controlDirectory, 'parts');

/** Where the text is that each attempt at a part of a job begins with. */
export const partPath = (controlDirectory: string, part: string): string =>
  path.join(partsPath(controlDirectory), part);

/** The directory of all trees of a job. */
export const attemptsPath = (controlDirectory: string): string => path.join(controlDirectory, 'attempts');

/** Among the trees, the attempt whose tree is there before it begins; that attempt leaves its id in {@link claimFile}. */
export const preparedAttempt = 'prepared';

/** See {@link preparedAttempt}. */
export const claimFile = 'claim';
