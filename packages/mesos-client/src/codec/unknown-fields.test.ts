import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { enumsOf, messagesOf } from '../../scripts/emit-types.ts';
import { loadProtoRoot } from '../../scripts/proto-root.ts';
import { arbitraryMessage } from '../../test-helpers/arbitrary-message.ts';
import { withoutUnknown } from '../../test-helpers/without-unknown.ts';
import type { Messages } from '../gen/messages.ts';
import { createCodec } from './codec.ts';
import { type FieldShape, type MessageShape, messageShape } from './message-shape.ts';
import { unknownFields, unknownJsonFields } from './unknown-fields.ts';

const names = [
  'mesos.v1.FrameworkInfo',
  'mesos.v1.TaskInfo',
  'mesos.v1.ExecutorInfo',
  'mesos.v1.Offer',
  'mesos.v1.scheduler.Call',
  'mesos.v1.scheduler.Event',
  'mesos.v1.master.Response',
  'mesos.v1.agent.Response',
] as const satisfies readonly (keyof Messages)[];

type Json = Record<string, unknown>;

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Parsed JSON with 64-bit integers as they are written. */
function parse(bytes: Uint8Array): Json {
  const keepExact = (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? rawJSON(context?.source ?? '') : value;
  return JSON.parse(Buffer.from(bytes).toString(), keepExact) as Json;
}

/** Decides again and again, as a property test wants it. */
const decisions = fc
  .array(fc.boolean(), { minLength: 32, maxLength: 32 })
  .map((answers) => ({ answers, at: 0, next: (state: { at: number }) => answers[state.at++ % 32] ?? false }))
  .map(({ next }) => {
    const state = { at: 0 };
    return () => next(state);
  });

const novelties = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 5 }).map((name) => `new_${name}`),
  fc.jsonValue({ maxDepth: 2 }).filter((value) => value !== null),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);

function renewField(
  field: FieldShape,
  value: unknown,
  renew: (shape: MessageShape, json: unknown) => unknown,
) {
  const { value: shape, label } = field;
  if (shape.kind === 'enum') return label === 'repeated' ? [...(value as []), 'LATER'] : 'LATER';
  if (shape.kind !== 'message') return value;
  if (label === 'repeated') return (value as []).map((element) => renew(shape.message, element));
  if (label !== 'map') return renew(shape.message, value);
  const entries = Object.entries(value as Json).map(([key, one]) => [key, renew(shape.message, one)]);
  return Object.fromEntries(entries);
}

/** JSON as a later Mesos might write it: with fields and enum values that are not known today. */
function renewJson(shape: MessageShape, json: Json, decide: () => boolean, extra: Json): Json {
  const fields = Object.entries(json).map(([name, value]) => {
    const field = shape.byName.get(name);
    const renewed =
      field && decide()
        ? renewField(field, value, (inner, one) => renewJson(inner, one as Json, decide, extra))
        : value;
    return [name, renewed];
  });
  return { ...Object.fromEntries(fields), ...(decide() ? extra : {}) };
}

/** Above the numbers of today's values of all enums. */
const laterValue = 999;

/** proto/ as a later Mesos might have it. */
function renewedRoot(): protobuf.Root {
  const root = loadProtoRoot();
  for (const type of messagesOf(root)) {
    type.add(new protobuf.Field('later_text', 5000, 'string'));
    type.add(new protobuf.Field('later_number', 5001, 'uint64'));
    type.add(new protobuf.Field('later_doubles', 5002, 'double', 'repeated'));
    type.add(new protobuf.Field('later_fixed', 5003, 'fixed32'));
    type.add(new protobuf.Field('later_message', 5004, 'mesos.v1.Value.Ranges'));
  }
  for (const type of enumsOf(root)) type.add('LATER', laterValue);
  root.resolveAll();
  return root;
}

const later = {
  later_text: 'Größe',
  later_number: 2 ** 40,
  later_doubles: [0.5, -1],
  later_fixed: 7,
  later_message: { range: [{ begin: 1, end: 2 }] },
};

function renewMessage(type: protobuf.Type, message: Json, decide: () => boolean): void {
  for (const field of type.fieldsArray.filter(({ name }) => Object.hasOwn(message, name))) {
    const inner = field.resolvedType;
    const value = message[field.name];
    if (inner instanceof protobuf.Enum && !field.repeated && decide()) message[field.name] = laterValue;
    if (!(inner instanceof protobuf.Type) || field.map) continue;
    for (const one of field.repeated ? (value as Json[]) : [value as Json]) renewMessage(inner, one, decide);
  }
  if (decide()) Object.assign(message, later);
}

const protobufType = (root: protobuf.Root, name: string) => {
  const type = root.lookupType(name);
  const plain = (bytes: Uint8Array) => type.toObject(type.decode(bytes), { longs: String, bytes: String });
  return { type, plain };
};

describe.each(names)('%s of a later Mesos', (name) => {
  const root = renewedRoot();

  it('comes out of the JSON codec as it went in', () => {
    const codec = createCodec('json', name);
    fc.assert(
      fc.property(arbitraryMessage(name), decisions, novelties, (message, decide, extra) => {
        const today = parse(codec.encode(message as never));
        const text = Buffer.from(JSON.stringify(renewJson(messageShape(name), today, decide, extra)));
        const decoded = codec.decode(text);
        expect(parse(codec.encode(decoded as never))).toStrictEqual(parse(text));
      }),
      { numRuns: 100 },
    );
  });

  it('comes out of the protobuf codec as it went in', () => {
    const codec = createCodec('protobuf', name);
    const { type, plain } = protobufType(root, name);
    fc.assert(
      fc.property(arbitraryMessage(name), decisions, (message, decide) => {
        const renewed = type.decode(codec.encode(message as never));
        renewMessage(type, renewed as unknown as Json, decide);
        const bytes = type.encode(renewed).finish();
        const decoded = codec.decode(bytes);
        expect(plain(codec.encode(decoded))).toStrictEqual(plain(bytes));
      }),
      { numRuns: 100 },
    );
  });
});

describe('unknown fields', () => {
  const json = createCodec('json', 'mesos.v1.FrameworkInfo');
  const decodeJson = (text: string) => json.decode(Buffer.from(text));

  it('leave a message without any as it is', () => {
    const decoded = decodeJson('{"user":"root","name":"n","roles":["a"]}');
    expect(Reflect.ownKeys(decoded)).toStrictEqual(['user', 'name', 'roles']);
  });

  it.each(['json', 'protobuf'] as const)('go with a copy, which may be changed, in %s', (format) => {
    const codec = createCodec(format, 'mesos.v1.FrameworkInfo');
    const capabilities = [{ type: 'MULTI_ROLE' }, { type: 'LATER' }];
    const text = JSON.stringify({ user: 'root', name: 'n', capabilities, later: { a: 1 } });
    const { type } = protobufType(renewedRoot(), 'mesos.v1.FrameworkInfo');
    const values = { user: 'root', name: 'n', capabilities: [{ type: 3 }, { type: 999 }], later_text: 'x' };
    const bytes = format === 'json' ? Buffer.from(text) : type.encode(type.fromObject(values)).finish();
    const info = codec.decode(bytes);
    const capability = { type: 'PARTITION_AWARE' } as const;
    const copy = codec.decode(
      codec.encode({ ...info, name: 'other', capabilities: [...(info.capabilities ?? []), capability] }),
    );
    expect(withoutUnknown(copy)).toMatchObject({ user: 'root', name: 'other' });
    expect(copy[unknownFields as never]).toStrictEqual(info[unknownFields as never]);
    expect(copy.capabilities?.[1]?.[unknownFields as never]).toBeDefined();
    expect(copy.capabilities?.[2]).toStrictEqual(capability);
  });

  it.each(['json', 'protobuf'] as const)('give way to what the program sets itself, in %s', (format) => {
    const codec = createCodec(format, 'mesos.v1.FrameworkInfo.Capability');
    const later = codec.decode(format === 'json' ? Buffer.from('{"type":"LATER"}') : Buffer.from([8, 99]));
    expect(later.type).toBeUndefined();
    const decoded = codec.decode(codec.encode({ ...later, type: 'MULTI_ROLE' }));
    expect(decoded.type).toBe('MULTI_ROLE');
  });

  it('are left out of the other wire format', () => {
    const info = decodeJson('{"user":"root","name":"n","later":1}');
    const bytes = createCodec('protobuf', 'mesos.v1.FrameworkInfo').encode(info);
    expect(createCodec('protobuf', 'mesos.v1.FrameworkInfo').decode(bytes)).toStrictEqual({
      user: 'root',
      name: 'n',
    });
  });

  it('cannot be made by hand', () => {
    const forged = { user: 'root', name: 'n', [unknownFields]: { fields: new Map([['checkpoint', 'no']]) } };
    expect(json.decode(json.encode(forged))).toStrictEqual({ user: 'root', name: 'n' });
  });

  it('keep long integers and names that objects have by nature', () => {
    const text = '{"user":"root","name":"n","later":{"at":1795373977123456789},"__proto__":{"x":1}}';
    expect(Buffer.from(json.encode(decodeJson(text))).toString()).toBe(text);
  });

  it('stand in for a required field, where its value is of a later enum', () => {
    const codec = createCodec('json', 'mesos.v1.Resource');
    const text = '{"name":"cpus","type":"FRACTION"}';
    const resource = codec.decode(Buffer.from(text));
    expect(resource.type).toBeUndefined();
    expect(JSON.parse(Buffer.from(codec.encode(resource)).toString())).toStrictEqual(JSON.parse(text));
  });

  it('hold the type of an event that is not known: it has none', () => {
    const event = createCodec('json', 'mesos.v1.scheduler.Event');
    const decoded = event.decode(Buffer.from('{"type":"NOVELTY","news":{"a":[1]}}'));
    expect(decoded.type).toBeUndefined();
    expect([...(unknownJsonFields(decoded) ?? [])]).toStrictEqual([
      ['type', 'NOVELTY'],
      ['news', { a: [1] }],
    ]);
    expect(
      createCodec('protobuf', 'mesos.v1.scheduler.Event').decode(Buffer.from([8, 99])).type,
    ).toBeUndefined();
  });
});
