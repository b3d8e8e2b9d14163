import protobuf from 'protobufjs';
import { containsItself, functionName } from './emit-names.ts';

const wireTypes: Readonly<Record<string, number>> = {
  bool: 0,
  bytes: 2,
  double: 1,
  int32: 0,
  int64: 0,
  string: 2,
  uint32: 0,
  uint64: 0,
};

function wireTypeOf(field: protobuf.Field): number {
  if (field.resolvedType instanceof protobuf.Enum) return 0;
  const wireType = field.resolvedType || field.map ? 2 : wireTypes[field.type];
  if (wireType === undefined) throw new Error(`${field.fullName}: no wire type for ${field.type}`);
  return wireType;
}

const tagOf = (field: protobuf.Field, wireType: number): number => field.id * 8 + wireType;
const make = (type: protobuf.Type): string => `new ${functionName('make', type)}()`;

/** An expression that reads one value, of anything but an enum; `earlier` is what a message is merged into. */
function readValue(field: protobuf.Field, earlier: string): string {
  const type = field.resolvedType;
  if (type instanceof protobuf.Type)
    return `${functionName('read', type)}(reader, reader.limit(end), ${earlier})`;
  const argument = wireTypeOf(field) === 2 ? 'end' : '';
  return `reader.${field.type}(${argument})`;
}

function readEnum(type: protobuf.Enum, field: protobuf.Field, use: (name: string) => string): string[] {
  return [
    'const number = reader.int32();',
    `const name = ${functionName('names', type)}[number];`,
    `if (name === undefined) reader.keepEnum(message, ${field.id}, number);`,
    `else ${use('name')}`,
  ];
}

function readElement(field: protobuf.Field): string[] {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) return readEnum(type, field, (name) => `reader.push(${name});`);
  return [`reader.push(${readValue(field, type instanceof protobuf.Type ? make(type) : '')});`];
}

/** A list may have come to nothing: an empty packed one, or enum values that are all unknown. */
const endList = (field: protobuf.Field): string[] => [
  `const list = reader.endList(first, message.${field.name});`,
  `if (list !== undefined) message.${field.name} = list;`,
];

/** Most lists have one element: the stack of elements is for the others. */
function readMany(field: protobuf.Field, tag: number): string[] {
  const type = field.resolvedType;
  const value = readValue(field, type instanceof protobuf.Type ? make(type) : '');
  return [
    `case ${tag}: {`,
    `const element = ${value};`,
    `const isMore = reader.takeTag(${tag}, end);`,
    `if (!isMore && message.${field.name} === undefined) { message.${field.name} = [element]; break; }`,
    'const first = reader.beginList();',
    'reader.push(element);',
    `if (isMore) do reader.push(${value}); while (reader.takeTag(${tag}, end));`,
    `message.${field.name} = reader.endList(first, message.${field.name}); break; }`,
  ];
}

function readManyEnums(field: protobuf.Field, tag: number): string[] {
  return [
    `case ${tag}: {`,
    'const first = reader.beginList();',
    `do { ${readElement(field).join(' ')} } while (reader.takeTag(${tag}, end));`,
    ...endList(field),
    'break; }',
  ];
}

function readRepeated(field: protobuf.Field): string[] {
  const wireType = wireTypeOf(field);
  const tag = tagOf(field, wireType);
  const isEnum = field.resolvedType instanceof protobuf.Enum;
  const single = isEnum ? readManyEnums(field, tag) : readMany(field, tag);
  if (wireType === 2) return single;
  const packed = [
    `case ${tagOf(field, 2)}: {`,
    'const first = reader.beginList();',
    'const listEnd = reader.limit(end);',
    `while (reader.position < listEnd) { ${readElement(field).join(' ')} }`,
    'reader.expectEnd(listEnd);',
    ...endList(field),
    'break; }',
  ];
  return [...single, ...packed];
}

function readMap(field: protobuf.Field): string[] {
  const type = field.resolvedType;
  const empty = type instanceof protobuf.Type ? make(type) : "''";
  const value = readValue(field, empty);
  return [
    `case ${tagOf(field, 2)}:`,
    `message.${field.name} = reader.entry(end, message.${field.name}, (end) => ${value}, ${empty}); break;`,
  ];
}

function readSingle(field: protobuf.Field): string[] {
  const type = field.resolvedType;
  const label = `case ${tagOf(field, wireTypeOf(field))}:`;
  if (type instanceof protobuf.Enum)
    return [`${label} {`, ...readEnum(type, field, (name) => `message.${field.name} = ${name};`), 'break; }'];
  const earlier =
    type instanceof protobuf.Type ? `(message.${field.name} as Message | undefined) ?? ${make(type)}` : '';
  return [`${label} message.${field.name} = ${readValue(field, earlier)}; break;`];
}

function readField(field: protobuf.Field): string[] {
  if (field.map) return readMap(field);
  return field.repeated ? readRepeated(field) : readSingle(field);
}

/** The function that reads a message, and the one that makes the object for it. */
function emitMessage(type: protobuf.Type): string[] {
  const isDeep = containsItself(type);
  return [
    `const ${functionName('make', type)} = objectMaker();`,
    `function ${functionName('read', type)}(reader: ProtobufReader, end: number, message: Message): Message {`,
    ...(isDeep ? ['reader.enter();'] : []),
    'while (reader.position < end) {',
    'const start = reader.position;',
    'const tag = reader.tag();',
    'switch (tag) {',
    ...type.fieldsArray.flatMap(readField),
    'default: reader.keep(message, tag, start, end);',
    '}',
    '}',
    'reader.expectEnd(end);',
    ...(isDeep ? ['reader.leave();'] : []),
    'return message;',
    '}',
  ];
}

function emitEnum(type: protobuf.Enum): string {
  const names: (string | undefined)[] = [];
  for (const [name, number] of Object.entries(type.values)) names[number] = name;
  const elements = Array.from(names, (name) => (name === undefined ? 'undefined' : `'${name}'`));
  return `const ${functionName('names', type)}: Names = [${elements.join(', ')}];`;
}

/** A TypeScript file with a decoder for every message, written against `ProtobufReader`. */
export function emitProtobufDecoders(
  messages: readonly protobuf.Type[],
  enums: readonly protobuf.Enum[],
): string {
  const rows = messages.map(
    (type) =>
      `'${type.fullName.slice(1)}': (reader, end) => ${functionName('read', type)}(reader, end, ${make(type)}),`,
  );
  return [
    "import { type Message, objectMaker, type ProtobufReader } from '../codec/protobuf-reader.ts';",
    '',
    'type Names = readonly (string | undefined)[];',
    ...enums.map(emitEnum),
    ...messages.flatMap(emitMessage),
    '/** Reads a message of each type from where the reader stands up to `end`. */',
    'export const protobufDecoders: Readonly<',
    'Record<string, (reader: ProtobufReader, end: number) => Message>> = {',
    ...rows,
    '};',
    '',
  ].join('\n');
}
