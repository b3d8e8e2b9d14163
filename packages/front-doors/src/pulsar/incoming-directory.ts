import { join } from 'node:path';

/** Where uploads wait until they are complete; on the same file system as the job directories. */
export const incomingDirectory = (staging: string): string => join(staging, '.incoming');
