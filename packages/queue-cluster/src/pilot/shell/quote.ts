import { QueueClusterError } from '../../queue-cluster-error.ts';

/**
 * A text as one word of shell, whatever is in it.
 * @throws QueueClusterError `INVALID_DEFINITION` for the one character that no word can hold.
 */
export function quoteWord(text: string): string {
  if (text.includes('\0'))
    throw new QueueClusterError(
      'INVALID_DEFINITION',
      `${JSON.stringify(text)} holds a NUL character, which no program can be told`,
    );
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A setting at the top of a script: a text, a number, or an array of texts. */
export type ShellSetting = string | number | readonly string[];

/** `name=value` lines. Names are this package's own. */
export function settingLines(settings: Readonly<Record<string, ShellSetting>>): string[] {
  return Object.entries(settings).map(([name, value]) => `${name}=${settingText(value)}`);
}

function settingText(value: ShellSetting): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoteWord(value);
  return `(${value.map(quoteWord).join(' ')})`;
}

/** A text as it can stand in a comment: on one line, and short. */
export function commentText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
