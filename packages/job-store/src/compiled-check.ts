import type { z } from 'zod';

/** Tells whether a value is what a schema describes. */
export type Check = (value: unknown) => boolean;

type Schema = z.core.$ZodTypes;

/**
 * A check that says yes or no and copies nothing, many times as fast as the schema's own `parse`, which is left to
 * explain what is wrong. For schemas of what JSON can hold, without transformations.
 * @throws Error if the schema has a kind of node that no schema of this package needs.
 */
export function compileCheck(schema: z.core.$ZodType): Check {
  const { def } = (schema as Schema)._zod;
  switch (def.type) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'number':
      return (value) => typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'literal':
      return among(def.values);
    case 'enum':
      return among(Object.values(def.entries));
    case 'readonly':
    case 'optional':
      // Whether a member may be missing is asked of the object; one that is there has the type, for JSON has no undefined.
      return compileCheck(def.innerType);
    case 'array':
      return arrayOf(compileCheck(def.element));
    case 'record':
      return recordOf(compileCheck(def.valueType));
    case 'object':
      return objectOf(def.shape);
    case 'union':
      return oneOf(def.options);
    default:
      throw new Error(`no check is known for schemas of type ${def.type}`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function among(values: readonly unknown[]): Check {
  const known = new Set(values);
  return (value) => known.has(value);
}

const arrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const recordOf =
  (check: Check): Check =>
  (value) => {
    if (!isObject(value)) return false;
    for (const key in value) if (!check(value[key])) return false;
    return true;
  };

function objectOf(shape: Readonly<Record<string, z.core.$ZodType>>): Check {
  const checks = new Map(Object.entries(shape).map(([key, schema]) => [key, compileCheck(schema)]));
  const isRequired = new Set(Object.keys(shape).filter((key) => shape[key]?._zod.optin !== 'optional'));
  return (value) => {
    if (!isObject(value)) return false;
    let missing = isRequired.size;
    for (const key in value) {
      // JSON leaves it out.
      if (value[key] === undefined) continue;
      const check = checks.get(key);
      if (!check?.(value[key])) return false;
      if (isRequired.has(key)) missing--;
    }
    return missing === 0;
  };
}

function oneOf(options: readonly z.core.$ZodType[]): Check {
  const byType = tagged(options);
  if (byType) return (value) => isObject(value) && byType.get(value.type)?.(value) === true;
  const checks = options.map(compileCheck);
  return (value) => checks.some((check) => check(value));
}

/** The checks by the literal of their member `type`, if all options have one. */
function tagged(options: readonly z.core.$ZodType[]): Map<unknown, Check> | undefined {
  const checks = new Map<unknown, Check>();
  for (const option of options) {
    const { def } = (option as Schema)._zod;
    const tag = def.type === 'object' ? (def.shape.type as Schema | undefined)?._zod.def : undefined;
    if (tag?.type !== 'literal') return undefined;
    for (const value of tag.values) checks.set(value, compileCheck(option));
  }
  return checks;
}
