import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DaemonProcess } from './daemon-process.ts';

interface Parameter {
  readonly in: string;
  readonly name: string;
}

interface Document {
  readonly paths: Record<string, Record<string, { readonly parameters?: readonly Parameter[] }>>;
}

const hostile = fc.oneof(
  fc.constantFrom(
    '..',
    '../../etc/passwd',
    '/etc/passwd',
    '%2e%2e',
    '\0',
    '',
    '-1',
    '1e99',
    '__proto__',
    '💥',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }).map((given) => given.toWellFormed()),
  fc.constant('x'.repeat(5000)),
);

describe('a daemon that is asked whatever somebody may ask', () => {
  it('answers what its document says, and goes on', async () => {
    const daemon = await DaemonProcess.start();
    const document = (await (await fetch(`${daemon.url}/api/v1/openapi.json`)).json()) as Document;
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({ path, method, parameters })),
    );
    expect(routes.length).toBeGreaterThan(10);
    // Never a job that would run: nobody knows what it would do.
    const request = fc.record({
      route: fc.constantFrom(...routes),
      id: hostile,
      values: fc.array(hostile, { maxLength: 3 }),
      body: fc.oneof(
        hostile,
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify({ command: value, inputs: 1 })),
      ),
      type: fc.constantFrom('application/json', 'text/plain', 'nonsense'),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ route, id, values, body, type }) => {
        const names = route.parameters
          .filter((parameter) => parameter.in === 'query')
          .map(({ name }) => name);
        const query = new URLSearchParams(
          values.map((value, index): [string, string] => [names[index] ?? 'unknown', value]),
        );
        const url = `${daemon.url}${route.path.replace('{id}', encodeURIComponent(id))}?${query}`;
        const hasBody = route.method === 'post' || route.method === 'delete';
        const answer = await fetch(url, {
          method: route.method.toUpperCase(),
          ...(hasBody && { body, headers: { 'content-type': type } }),
        });
        const text = await answer.text();
        expect(answer.status).toBeLessThan(500);
        expect(text).not.toContain('root:x:');
        if (answer.status >= 400) expect(JSON.parse(text)).toMatchObject({});
      }),
      { numRuns: 300 },
    );
    expect((await fetch(`${daemon.url}/healthz`)).status).toBe(200);
  });
});
