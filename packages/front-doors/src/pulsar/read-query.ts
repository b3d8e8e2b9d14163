import { z } from 'zod';
import { type FieldError, FrontDoorError } from '../access/front-door-error.ts';

/**
 * The parameters of a request, all of them in its query: what is no parameter of the route is left out, as Pulsar
 * does.
 *
 * @throws FrontDoorError `BAD_REQUEST`, which names the parameters
 */
export function readQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> {
  const read = schema.safeParse(query);
  if (read.success) return read.data;
  const fields: FieldError[] = read.error.issues.map((issue) => ({
    field: issue.path.join('.') || 'query',
    message: issue.message,
  }));
  const problems = fields.map(({ field, message }) => `query parameter ${field}: ${message}`).join('; ');
  throw new FrontDoorError('BAD_REQUEST', problems, { fields });
}

/** A parameter that is the JSON of something; `''` and an absent one are `absent`. */
export const jsonParameter = <Schema extends z.ZodType>(schema: Schema, absent: z.input<Schema>) =>
  z
    .string()
    .default('')
    .transform((text, context): unknown => {
      if (text === '') return absent;
      try {
        const value: unknown = JSON.parse(text);
        return value === null ? absent : value;
      } catch {
        context.addIssue({ code: 'custom', message: 'JSON is expected' });
        return z.NEVER;
      }
    })
    .pipe(schema);
