import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { messagesOf } from '../scripts/emit-types.ts';
import { loadProtoRoot } from '../scripts/proto-root.ts';

interface FieldRow {
  readonly name: string;
  readonly number: number;
  readonly label: 'required' | 'optional' | 'repeated';
  readonly type: string;
  readonly default?: string;
  readonly deprecated?: boolean;
  readonly oneof?: string;
}

interface TypeRow {
  readonly fields?: readonly FieldRow[];
  readonly enum?: Readonly<Record<string, number>>;
}

interface FileRow {
  readonly package: string;
  readonly types: Readonly<Record<string, TypeRow>>;
}

// Every field of the v1 API of Mesos 1.11.0, taken down from its own files.
const table: Readonly<Record<string, FileRow>> = JSON.parse(
  readFileSync(new URL('../../../test-fixtures/mesos-v1-fields.json', import.meta.url), 'utf8'),
);
const rows = new Map(
  Object.values(table).flatMap((file) =>
    Object.entries(file.types).map(([name, row]): [string, TypeRow] => [`${file.package}.${name}`, row]),
  ),
);
const isEntry = (name: string): boolean => name.endsWith('Entry');
const root = loadProtoRoot();

function expectedType(type: string): { readonly type: string; readonly label?: 'map' } {
  const value = rows.get(type)?.fields?.find((field) => field.name === 'value');
  return isEntry(type) && value ? { type: value.type, label: 'map' } : { type };
}

function expectedField(row: FieldRow): FieldRow | object {
  return { ...row, ...expectedType(row.type) };
}

function actualField(field: protobuf.Field): object {
  const { default: defaultValue, deprecated } = field.options ?? {};
  const single = field.required ? 'required' : 'optional';
  return {
    name: field.name,
    number: field.id,
    label: field.map ? 'map' : field.repeated ? 'repeated' : single,
    type: field.resolvedType?.fullName.slice(1) ?? field.type,
    ...(defaultValue !== undefined && { default: String(defaultValue) }),
    ...(deprecated && { deprecated }),
    ...(field.partOf && { oneof: field.partOf.name }),
  };
}

function enumsOf(namespace: protobuf.NamespaceBase): protobuf.Enum[] {
  return namespace.nestedArray.flatMap((object) => {
    if (object instanceof protobuf.Enum) return [object];
    return object instanceof protobuf.Namespace ? enumsOf(object) : [];
  });
}

const ownNames = (objects: readonly protobuf.ReflectionObject[]): string[] =>
  objects.map((object) => object.fullName.slice(1)).filter((name) => name.startsWith('mesos.'));

describe('proto/', () => {
  it('has every type of Mesos 1.11.0 and no other', () => {
    const names = [...ownNames(messagesOf(root)), ...ownNames(enumsOf(root))];
    expect(names.sort()).toStrictEqual([...rows.keys()].filter((name) => !isEntry(name)).sort());
  });

  it('has every field with its number, label, type and default, and every enum value', () => {
    let checked = 0;
    for (const [name, row] of rows) {
      if (isEntry(name)) continue;
      if (row.enum) expect({ ...root.lookupEnum(name).values }, name).toStrictEqual(row.enum);
      else
        expect(root.lookupType(name).fieldsArray.map(actualField), name).toStrictEqual(
          (row.fields ?? []).map(expectedField),
        );
      checked++;
    }
    expect(checked).toBeGreaterThan(390);
  });

  it('declares each type in the file where Mesos has it', () => {
    for (const [file, { package: packageName, types }] of Object.entries(table))
      for (const name of Object.keys(types).filter((type) => !isEntry(type)))
        expect(root.lookupTypeOrEnum(`${packageName}.${name}`).filename, name).toContain(file);
  });
});
