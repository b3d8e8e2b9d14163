import { isPlainWord } from '@galaxy-mesos/galaxy-jobs';
import { quoteForShell } from '@galaxy-mesos/parallelism';

/**
 * A word for the shell. Plain ones stay bare: they are easier to read, and work also between quotes that a
 * command has already.
 */
export const quoteWhereNeeded = (word: string): string => (isPlainWord(word) ? word : quoteForShell(word));
