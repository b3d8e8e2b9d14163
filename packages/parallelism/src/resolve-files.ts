import { z } from 'zod';

interface Property {
  readonly kind?: unknown;
  readonly items?: { readonly kind?: unknown };
}

/**
 * Parameters of a strategy or a merge with the paths in them resolved: of those that are files by their schema, alone or
 * in a list. All else stays as it is, right or wrong.
 */
export function resolveFiles(
  { parameters }: { readonly parameters: z.ZodType },
  given: Readonly<Record<string, unknown>>,
  resolve: (file: string) => string,
): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(parameters, { io: 'input', unrepresentable: 'any' });
  const known = new Map<string, unknown>(Object.entries(properties));
  const resolved = (value: unknown): unknown => (typeof value === 'string' ? resolve(value) : value);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const property = (known.get(name) ?? {}) as Property;
      if (property.kind === 'file') return [name, resolved(value)];
      return [name, property.items?.kind === 'file' && Array.isArray(value) ? value.map(resolved) : value];
    }),
  );
}
