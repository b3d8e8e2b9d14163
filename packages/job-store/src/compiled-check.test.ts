import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compileCheck } from './compiled-check.ts';
import { attemptSchema, specSchema } from './schemas.ts';

const spec = {
  id: 't',
  name: 't',
  command: 'true',
  environment: { LANG: 'C' },
  resources: {
    cpus: 1,
    mem: 1,
    disk: 0,
    ports: { any: 1 },
    reservation: { labels: { a: 'b' } },
    sets: { s: ['x'] },
  },
  retries: 1,
  retryRules: { exitCodes: [1], outOfMemory: { factor: 2, maximum: 9 } },
  tags: ['a'],
  constraints: [{ type: 'equals', field: 'os', value: 'linux', not: true }, { type: 'exclusive' }],
  preferences: [{ constraint: { type: 'near', field: '@zone', to: 'a' }, weight: 2 }],
  gang: { id: 'g', size: 2 },
};
const attempt = {
  id: 'a',
  taskId: 't',
  number: 1,
  state: 'TASK_RUNNING',
  agentId: 'x',
  hostname: 'h',
  launchedAt: 1,
};

type Path = readonly (string | number)[];

/** Every place in a value where something else could be. */
const placesOf = (value: unknown): Path[] => [
  [],
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, member]) => placesOf(member).map((path) => [key, ...path]))
    : []),
];

/** The value with something else in one place; `undefined` is as good as nothing there. */
function changed(value: unknown, [key, ...path]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((member, at) => (at === Number(key) ? changed(member, path, replacement) : member));
  const { [key]: member, ...others } = value as Record<string, unknown>;
  const replaced = changed(member, path, replacement);
  return replaced === undefined ? others : { ...others, [key]: replaced };
}

describe('a compiled check', () => {
  test.each([
    ['task', specSchema, spec],
    ['attempt', attemptSchema, attempt],
  ])('of a %s says what the schema says, wherever something else stands', (_name, schema, valid) => {
    const check = compileCheck(schema);
    expect(check(valid)).toBe(true);
    const places = placesOf(valid);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, 'unreserved', { extra: 1 }, { type: 'near' })),
        (place, replacement) => {
          const value = changed(valid, place, replacement);
          expect([check(value), value]).toEqual([schema.safeParse(value).success, value]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('refuses a member that no schema names', () => {
    expect(compileCheck(specSchema)({ ...spec, later: 1 })).toBe(false);
  });

  test('cannot be made of a schema that changes what it reads', () => {
    expect(() => compileCheck(z.object({ a: z.string().transform(Number) }))).toThrow('schemas of type pipe');
  });
});
