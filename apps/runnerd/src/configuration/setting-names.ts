import { z } from 'zod';
import type { DocumentPath } from './document.ts';

/** What of a JSON Schema is looked at here. */
interface Described {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly additionalProperties?: Described | boolean;
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
}

/** A setting as documentation shows it. */
export interface SettingDescription {
  /** Such as `tokens.NAME.value`. */
  readonly name: string;
  readonly description: string;
  readonly default: unknown;
}

const described = new WeakMap<z.ZodType, Described>();

/** Costs some milliseconds, and is the same for each mistake in a file. */
function describe(schema: z.ZodType): Described {
  const known = described.get(schema);
  if (known) return known;
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described;
  described.set(schema, made);
  return made;
}

/** The names of the settings that may stand in the mapping to which a path leads. */
export function settingNames(schema: z.ZodType, path: DocumentPath): readonly string[] {
  const found = path.reduce<Described | undefined>((inside, key) => {
    const next = inside?.properties?.[String(key)] ?? inside?.additionalProperties ?? inside?.items;
    return typeof next === 'object' ? next : undefined;
  }, describe(schema));
  return Object.keys(found?.properties ?? {});
}

/** All settings, in the order of the schema. */
export function describeSettings(schema: z.ZodType): readonly SettingDescription[] {
  return leaves(describe(schema), '');
}

function leaves(of: Described, name: string): readonly SettingDescription[] {
  const { properties, additionalProperties, items, description = '' } = of;
  const own = { name, description, default: of.default };
  const inner = (key: string): string => (name === '' ? key : `${name}.${key}`);
  if (properties) {
    const below = Object.entries(properties).flatMap(([key, value]) => leaves(value, inner(key)));
    return description === '' ? below : [own, ...below];
  }
  const element = typeof additionalProperties === 'object' ? additionalProperties : items;
  if (!element?.properties) return [own];
  const below = leaves(element, additionalProperties ? inner('NAME') : `${name}[]`);
  return description === '' ? below : [own, ...below];
}
