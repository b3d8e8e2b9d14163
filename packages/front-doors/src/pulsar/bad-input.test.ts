import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { expect, test } from 'vitest';
import { FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { PulsarClient } from '../../test-helpers/pulsar-client.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';

const routes = [
  ...['POST /jobs', 'POST /jobs/:id/files', 'GET /jobs/:id/files', 'GET /jobs/:id/files/path'],
  ...['POST /jobs/:id/submit', 'GET /jobs/:id/status', 'PUT /jobs/:id/cancel', 'DELETE /jobs/:id'],
  ...['PUT /cache', 'POST /cache', 'GET /cache/status', 'GET /objects/:id/exists', 'POST /objects/:id'],
  'GET /object_store_usage_percent',
];

const names = [
  ...[
    'job_id',
    'tool_id',
    'tool_version',
    'name',
    'type',
    'cache_token',
    'command_line',
    'params',
    'env',
    'path',
  ],
  ...['setup_params', 'remote_staging', 'submit_extras', 'dynamic_file_sources', 'dependencies_description'],
];

const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '{"setup":[{"name":"../x","type":"input","action":{"action_type":"message","contents":"x"}}]}',
    '{"setup":[{"name":"x","type":"no","action":{"action_type":"remote_transfer","url":"file:///etc/passwd"}}]}',
    '{"touch_outputs":["../../../x"]}',
    '[{"name":"A B","value":"$(touch /x)"}]',
    '{"tool_id":null}',
    '{"__proto__":{"x":1}}',
  ),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('..', '/etc/passwd', 'input', 'output', '7', 'a/../../b', '\0', '%00', 'x'.repeat(5000)),
  json,
);
const query = fc.dictionary(fc.constantFrom(...names), fc.oneof(text, fc.array(text, { maxLength: 2 })));

test('whatever is asked for, the answer says what is wrong, and nothing outside is touched', async () => {
  const jobs = new FakeJobService();
  await using server = await PulsarServer.start({ jobs });
  await new PulsarClient(server).setup();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      fc.oneof(fc.constant('7'), text),
      query,
      fc.string({ maxLength: 50 }),
      fc.constantFrom('', '/managers/_default_', '/managers/none', '/managers/..%2f..'),
      async (route, id, parameters, payload, prefix) => {
        const [method, path = ''] = route.split(' ');
        const url = prefix + path.replace(':id', encodeURIComponent(id.toWellFormed()));
        const answer = await server.app.inject({
          method: method as NonNullable<InjectOptions['method']>,
          url: `${url}?${queryText(parameters)}`,
          payload,
        });
        expect([url, answer.statusCode < 500]).toEqual([url, true]);
        if (answer.statusCode !== 200) expect(answer.body.trim()).not.toBe('');
        expect(answer.body).not.toContain('node_modules');
      },
    ),
    { numRuns: 1000 },
  );
  expect((await readdir(server.directory)).sort()).toEqual(['cache', 'staging']);
  expect((await readdir(server.staging)).sort()).toEqual(['.incoming', '.trash', 'default']);
}, 120_000);

const queryText = (parameters: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(parameters)
    .flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const))
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');
