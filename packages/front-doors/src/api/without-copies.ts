import { isDeepStrictEqual } from 'node:util';

type Schemas = Readonly<Record<string, unknown>>;

/** What of an OpenAPI document is looked at here. */
interface Document {
  readonly components?: { readonly schemas?: Schemas };
}

const suffix = 'Input';
const reference = /"#\/components\/schemas\/(\w+?)Input"/g;

function asOutput(value: unknown, names: ReadonlySet<string>): unknown {
  const text = JSON.stringify(value).replaceAll(reference, (whole, name: string) =>
    names.has(name) ? `"#/components/schemas/${name}"` : whole,
  );
  return JSON.parse(text);
}

/** Answers may have more members one day; a client must not be made to refuse them. */
const open = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  );

/**
 * An OpenAPI document without the second copy of each schema, as which it stands for requests, where that is the same
 * as the one for answers.
 */
export function withoutCopies<T extends Document>(document: T): T {
  const given = Object.entries(document.components?.schemas ?? {});
  const schemas: Schemas = Object.fromEntries(given.map(([name, schema]) => [name, open(schema)]));
  const names = new Set(given.map(([name]) => name).filter((name) => !name.endsWith(suffix)));
  const same = sameSchemas(schemas, names);
  const kept = Object.entries(schemas).filter(
    ([name]) => !(name.endsWith(suffix) && same.has(name.slice(0, -suffix.length))),
  );
  const trimmed = { ...document, components: { ...document.components, schemas: Object.fromEntries(kept) } };
  return asOutput(trimmed, same) as T;
}

/** The names of schemas both copies of which are equal, if those they refer to are. */
function sameSchemas(schemas: Schemas, names: ReadonlySet<string>): ReadonlySet<string> {
  const same = [...names].filter((name) =>
    isDeepStrictEqual(asOutput(schemas[`${name}${suffix}`] ?? null, names), schemas[name]),
  );
  // One that differs makes those differ that refer to it.
  return same.length === names.size ? names : sameSchemas(schemas, new Set(same));
}
