import { expect, it } from 'vitest';
import { withoutCopies } from './without-copies.ts';

const schema = (reference: string, type = 'string') => ({
  properties: { a: { $ref: `#/components/schemas/${reference}` }, b: { type } },
  additionalProperties: false,
});

it('keeps one of two equal schemas, and both where they, or what they refer to, differ', () => {
  const document = withoutCopies({
    paths: { body: { $ref: '#/components/schemas/EqualInput' }, other: '#/components/schemas/UserInput' },
    components: {
      schemas: {
        ...{ Leaf: { type: 'string' }, LeafInput: { type: 'string' } },
        ...{ Equal: schema('Leaf'), EqualInput: schema('LeafInput') },
        ...{ Different: schema('Leaf', 'number'), DifferentInput: schema('LeafInput', 'string') },
        ...{ User: schema('Different'), UserInput: schema('DifferentInput') },
      },
    },
  });
  expect(Object.keys(document.components.schemas)).toEqual([
    ...['Leaf', 'Equal', 'Different', 'DifferentInput', 'User', 'UserInput'],
  ]);
  expect(document.components.schemas.UserInput.properties.a).toEqual({
    $ref: '#/components/schemas/DifferentInput',
  });
  expect(document.components.schemas.Equal.additionalProperties).toBeUndefined();
  expect(document.paths.body).toEqual({ $ref: '#/components/schemas/Equal' });
  expect(document.paths.other).toBe('#/components/schemas/UserInput');
});
