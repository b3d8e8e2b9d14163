import protobuf from 'protobufjs';

const scalarTypes: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bytes: 'Uint8Array',
  double: 'number',
  int32: 'number',
  int64: 'bigint',
  string: 'string',
  uint32: 'number',
  uint64: 'bigint',
};

/** The TypeScript file that holds a package, without its ending: `mesos.v1` is `mesos`, others their last word. */
export function moduleOf(packageName: string): string {
  const words = packageName.split('.');
  return words[0] === 'google' ? 'google' : (words[2] ?? 'mesos');
}

function packageOf(object: protobuf.ReflectionObject): string {
  let scope = object.parent;
  while (scope instanceof protobuf.Type) scope = scope.parent;
  return scope?.fullName.slice(1) ?? '';
}

/** How a type is referred to from anywhere in the generated code, such as `mesos.Offer.Operation`. */
export function referenceTo(object: protobuf.Type | protobuf.Enum): string {
  const packageName = packageOf(object);
  return `${moduleOf(packageName)}.${object.fullName.slice(packageName.length + 2)}`;
}

function valueType(field: protobuf.Field): string {
  if (field.resolvedType) return referenceTo(field.resolvedType);
  const type = scalarTypes[field.type];
  if (type === undefined) throw new Error(`${field.fullName}: no TypeScript type for ${field.type}`);
  return type;
}

function fieldType(field: protobuf.Field): string {
  if (field.map) return `Readonly<Record<string, ${valueType(field)}>>`;
  return field.repeated ? `readonly ${valueType(field)}[]` : valueType(field);
}

function emitField(field: protobuf.Field, indent: string): string[] {
  const { default: defaultValue, deprecated } = field.options ?? {};
  const notes = [
    ...(defaultValue === undefined ? [] : [`Where unset, Mesos takes ${JSON.stringify(defaultValue)}.`]),
    ...(deprecated ? ['@deprecated by Mesos itself'] : []),
  ];
  const declaration = field.required
    ? `readonly ${field.name}: ${fieldType(field)};`
    : `readonly ${field.name}?: ${fieldType(field)} | undefined;`;
  return [...(notes.length > 0 ? [`${indent}/** ${notes.join(' ')} */`] : []), indent + declaration];
}

function emitEnum(type: protobuf.Enum, indent: string): string[] {
  const names = Object.keys(type.values).map((name) => `'${name}'`);
  return [`${indent}export type ${type.name} = ${names.join(' | ')};`];
}

function emitMessage(type: protobuf.Type, indent: string): string[] {
  const inner = `${indent}  `;
  const nested = type.nestedArray.flatMap((object) => emitObject(object, inner));
  return [
    `${indent}/** The message \`${type.fullName.slice(1)}\`. */`,
    `${indent}export interface ${type.name} {`,
    ...type.fieldsArray.flatMap((field) => emitField(field, inner)),
    `${indent}}`,
    ...(nested.length > 0 ? [`${indent}export namespace ${type.name} {`, ...nested, `${indent}}`] : []),
  ];
}

function emitObject(object: protobuf.ReflectionObject, indent: string): string[] {
  if (object instanceof protobuf.Enum) return emitEnum(object, indent);
  return object instanceof protobuf.Type ? emitMessage(object, indent) : [];
}

/** All types of a namespace and of those nested in it, messages only. */
export function messagesOf(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((object) => {
    const own = object instanceof protobuf.Type ? [object] : [];
    return object instanceof protobuf.Namespace ? [...own, ...messagesOf(object)] : own;
  });
}

/** All enums of a namespace and of those nested in it, messages included. */
export function enumsOf(namespace: protobuf.NamespaceBase): protobuf.Enum[] {
  return namespace.nestedArray.flatMap((object) => {
    if (object instanceof protobuf.Enum) return [object];
    return object instanceof protobuf.Namespace ? enumsOf(object) : [];
  });
}

/** The TypeScript text of one package: an interface per message, a union per enum. */
export function emitPackage(namespace: protobuf.Namespace, modules: readonly string[]): string {
  const body = namespace.nestedArray.flatMap((object) => emitObject(object, '')).join('\n');
  // A module may import itself: names are then never captured by a nested type of the same name.
  const imports = modules
    .filter((module) => body.includes(` ${module}.`))
    .map((module) => `import type * as ${module} from './${module}.ts';`);
  return `${[...imports, '', body].join('\n')}\n`;
}
