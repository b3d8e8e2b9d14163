import fc from 'fast-check';
import { deadlyProblem } from '../src/codec/deadly-calls.ts';
import {
  type FieldShape,
  type MessageShape,
  messageShape,
  type ScalarType,
  type ValueShape,
} from '../src/codec/message-shape.ts';

/** Nesting beyond this leaves optional messages out. */
const maximumDepth = 4;

const scalars: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 20 }),
  double: fc.double(),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  string: fc.string({ unit: 'grapheme', maxLength: 12 }),
  uint32: fc.nat(2 ** 32 - 1),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
};

function arbitraryValue(shape: ValueShape, depth: number): fc.Arbitrary<unknown> {
  if (shape.kind === 'message') return arbitraryFields(shape.message, depth + 1);
  if (shape.kind === 'scalar') return scalars[shape.scalar];
  return fc.constantFrom(...shape.enum.numberOf.keys());
}

function arbitraryField(field: FieldShape, depth: number): fc.Arbitrary<unknown> {
  const value = fc.memo(() => arbitraryValue(field.value, depth))();
  if (field.label === 'repeated') return fc.array(value, { minLength: 1, maxLength: 2 });
  if (field.label !== 'map') return value;
  return fc.dictionary(fc.string({ maxLength: 5 }), value, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
}

function arbitraryFields(shape: MessageShape, depth: number): fc.Arbitrary<unknown> {
  const isWanted = (field: FieldShape) =>
    field.label === 'required' || depth < maximumDepth || field.value.kind !== 'message';
  const fields = shape.fields.filter(isWanted);
  const required = fields.filter((field) => field.label === 'required').map((field) => field.name);
  const optional = fields.filter((field) => field.label !== 'required');
  // A message has up to 50 optional fields: a few at a time keep values small.
  return fc.subarray(optional, { maxLength: Math.min(4, optional.length) }).chain((chosen) => {
    const names = new Set([...required, ...chosen.map((field) => field.name)]);
    const present = fields.filter((field) => names.has(field.name));
    return fc.record(Object.fromEntries(present.map((field) => [field.name, arbitraryField(field, depth)])), {
      noNullPrototype: true,
    });
  });
}

/** Any message of this name that may be sent, with nothing set that decoding would leave out. */
export function arbitraryMessage(name: string): fc.Arbitrary<unknown> {
  return arbitraryFields(messageShape(name), 0).filter((message) => !deadlyProblem(name, message));
}
