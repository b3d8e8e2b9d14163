import { type Logger, pino } from 'pino';
import { readable } from './readable.ts';

/** Where log lines go; a terminal gets lines for people. */
export interface LogTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * The daemon's logger: one line of JSON an event, or one for people on a terminal. What is given to it as `err` is an
 * error; its stack is shown at the level `debug` only.
 */
export function createLogger(level: string, target: LogTarget): Logger {
  const write = target.isTTY
    ? (line: string) => void target.write(readable(line))
    : (line: string) => void target.write(line);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}
