import type { z } from 'zod';
import { QueueClusterError } from '../queue-cluster-error.ts';

/** A journal's text, understood. */
export interface Lines<Line> {
  readonly lines: readonly Line[];
  /** How many bytes these lines take. */
  readonly bytes: number;
}

function parseLine<Line>(text: string, schema: z.ZodType<Line>): Line | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // The caller knows whether this is the torn last line.
    return undefined;
  }
}

/** As a journal has them. */
export function printLines(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * The lines of a journal's text. A last line that is torn does not count: whoever wrote it was ended before anything came
 * of it.
 * @throws QueueClusterError DAMAGED for any other line
 */
export function parseLines<Line>(path: string, text: string, schema: z.ZodType<Line>): Lines<Line> {
  const lines: Line[] = [];
  const texts = text.split('\n');
  // What follows the last line's end, mostly nothing.
  texts.pop();
  for (const [index, each] of texts.entries()) {
    const line = parseLine(each, schema);
    if (line !== undefined) lines.push(line);
    else if (index < texts.length - 1) {
      const advice = 'restore the file from a copy, or end the batch jobs by hand and remove the directory';
      throw new QueueClusterError('DAMAGED', `line ${index + 1} of ${path} cannot be understood; ${advice}`);
    }
  }
  const whole = texts.slice(0, lines.length).map((each) => `${each}\n`);
  return { lines, bytes: Buffer.byteLength(whole.join('')) };
}
