import { quoteText } from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';

/**
 * `text` as one word of a POSIX shell, whatever it holds: blanks, quotes, line feeds. Throws a
 * {@link PlanError} `NOT_QUOTABLE` for a NUL byte.
 */
export const quoteForShell = (text: string): string => {
  if (text.includes('\0')) {
    throw new PlanError('NOT_QUOTABLE', `expected a text without NUL bytes, found ${quoteText(text)}`);
  }
  return `'${text.replaceAll("'", "'\\''")}'`;
};
