import { z } from 'zod';
import type { Catalog } from './catalog.ts';
import type { Merge } from './merges/merge.ts';
import { PlanError } from './plan-error.ts';
import type { Strategy } from './strategy.ts';

/** Names are words of command lines, of documents and of messages. */
const name = z
  .string('expected a text')
  .regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    'expected small letters, digits, - and _, with a letter first, 64 at most',
  );

const description = z.string('expected a sentence or two').min(1, 'expected a sentence or two');

const aFunction = z.custom<() => void>((given) => typeof given === 'function', 'expected a function');

/** Zod's schemas may come of another copy of it, so that `instanceof` says nothing. */
const schema = z.custom<z.ZodType>(isSchema, 'expected a schema of zod 4, such as z.strictObject({})');

const number = z.int('expected a whole number').nonnegative('expected 0 or more');

const inputs = z
  .strictObject({ least: number, most: number, role: z.enum(['cut', 'read']).optional() })
  .refine(({ least, most }) => least <= most, 'expected least to be no more than most');

const strategy = z.looseObject({
  ...{ name, description, parameters: schema, inputs },
  plan: aFunction,
  valueNames: aFunction.optional(),
  merge: aFunction.optional(),
});

const merge = z.looseObject({
  ...{ name, description, parameters: schema },
  datatypes: z.array(z.string()).optional(),
  makes: z.literal('directory').optional(),
  how: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('command'), command: aFunction }),
    z.looseObject({ kind: z.literal('here'), join: aFunction }),
  ]),
});

const contribution = z.strictObject(
  { strategies: z.array(strategy).default([]), merges: z.array(merge).default([]) },
  {
    error: ({ code }) =>
      code === 'invalid_type' ? 'expected { strategies: [...], merges: [...] }' : undefined,
  },
);

/**
 * The default export of a module as what it should be.
 * @throws PlanError INVALID_CONTRIBUTION with the module, the export and all that is wrong with it
 */
export function contributionOf(module: string, exported: unknown): Catalog {
  const checked = contribution.safeParse(exported);
  if (!checked.success) {
    const problems = checked.error.issues.map(
      ({ path, message }) => `${placeOf(path, exported)}: ${message}`,
    );
    throw new PlanError('INVALID_CONTRIBUTION', `${module}: ${problems.join('; ')}`);
  }
  const { strategies, merges } = checked.data;
  if (strategies.length + merges.length === 0) {
    throw new PlanError('INVALID_CONTRIBUTION', `${module}: its default export has no strategy and no merge`);
  }
  // The objects themselves, and no copies: their functions may use `this`.
  const { strategies: own = [], merges: joins = [] } = exported as Partial<Catalog>;
  return { strategies: own as readonly Strategy[], merges: joins as readonly Merge[] };
}

const placeOf = (path: readonly PropertyKey[], exported: unknown): string =>
  exported === undefined ? 'it has no default export' : ['default export', ...path.map(String)].join('.');

function isSchema(given: unknown): boolean {
  return typeof given === 'object' && given !== null && '_zod' in given && 'safeParse' in given;
}
