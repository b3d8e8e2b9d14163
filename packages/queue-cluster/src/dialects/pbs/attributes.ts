import { z } from 'zod';

/** What PBS and Torque tell of a server, a queue or a node: `resources_max.walltime` is the walltime of `resources_max`. */
export type Attributes = ReadonlyMap<string, string>;

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const entriesSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The servers, queues or nodes of a JSON answer, by name; undefined if it has none of the kind. */
export function attributesIn(answer: unknown, kind: string): ReadonlyMap<string, Attributes> | undefined {
  const parts = z.object({ [kind]: entriesSchema }).safeParse(answer).data?.[kind];
  if (!parts) return undefined;
  return new Map(Object.entries(parts).map(([name, entry]) => [name, new Map(flat(entry))]));
}

/** Values of one level below get the names of both; what lies deeper, or is no text, is nothing that is looked at. */
function flat(entry: Readonly<Record<string, unknown>>, prefix = ''): (readonly [string, string])[] {
  return Object.entries(entry).flatMap(([name, member]) => {
    const text = value.safeParse(member);
    if (text.success) return [[`${prefix}${name}`, text.data] as const];
    const inner = z.record(z.string(), z.unknown()).safeParse(member);
    return inner.success && prefix === '' ? flat(inner.data, `${name}.`) : [];
  });
}

/** Whether an attribute is said to be on, or to be off; undefined if neither. */
export function isOn(attributes: Attributes, name: string): boolean | undefined {
  const text = attributes.get(name) ?? '';
  if (/^(?:true|t|yes|y|1)$/i.test(text)) return true;
  return /^(?:false|f|no|n|0)$/i.test(text) ? false : undefined;
}
