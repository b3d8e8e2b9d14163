import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobSchemaJson } from './job-schema-json.ts';

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly anyOf?: readonly Described[];
  readonly items?: Described;
  readonly additionalProperties?: Described | boolean;
}

/** The names of fields that nobody explains. */
function unexplained(schema: Described, name: string): string[] {
  const { properties = {}, anyOf = [], items, additionalProperties } = schema;
  const inner = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return [
    ...Object.entries(properties).flatMap(([key, value]) => [
      ...(value.description === undefined ? [`${name}.${key}`] : []),
      ...unexplained(value, `${name}.${key}`),
    ]),
    ...[...anyOf, ...(items ? [items] : []), ...(inner ? [inner] : [])].flatMap((one) =>
      unexplained(one, name),
    ),
  ];
}

describe('job.schema.json', () => {
  it('is what the schema of job documents says; if not, `npm run schema` in this package writes it anew', () => {
    const file = readFileSync(new URL('../../job.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(jobSchemaJson());
  });

  it('has a title, a description, and one for every field', () => {
    const schema = jobSchemaJson();
    expect(schema).toMatchObject({ title: 'A job of Galaxy on Mesos', description: expect.any(String) });
    expect(unexplained(schema, 'job')).toEqual([]);
  });
});
