import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** How an error tells what it has found. */
export const found = (input: unknown): string =>
  input === undefined ? 'nothing' : (JSON.stringify(input) ?? String(input));

/** A whole number within bounds, with an error that tells them. */
export function wholeNumber(bounds: { readonly least: number; readonly most?: number }): z.ZodInt {
  const { least, most = Number.MAX_SAFE_INTEGER } = bounds;
  const range = bounds.most === undefined ? `${least} or more` : `from ${least} to ${most}`;
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected a whole number, ${range}, found ${found(input)}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** The absolute path of a file. Where people may write relative ones, `resolveFiles` finds them by this schema. */
export const filePath = (): z.ZodString =>
  z
    .string()
    .refine((text) => isAbsolute(text), {
      error: ({ input }) => `expected an absolute path, found ${found(input)}`,
    })
    .meta({ kind: 'file' });
