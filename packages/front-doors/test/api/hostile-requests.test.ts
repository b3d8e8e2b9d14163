import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import type { HTTPMethods, InjectOptions } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApiDocument } from '../../src/api/open-api-document.ts';
import { problemSchema } from '../../src/api/schemas/problem.ts';
import { type ApiServer, apiServer, as, listeningApiServer } from '../../test-helpers/api-server.ts';
import { exampleDocument, exampleJob } from '../../test-helpers/fake-job-service.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: {
    readonly content: Record<string, { readonly schema: { readonly properties: Record<string, unknown> } }>;
  };
  readonly responses: Record<string, unknown>;
}

interface Route {
  readonly method: HTTPMethods;
  readonly path: string;
  readonly operation: Operation;
}

const document = (await openApiDocument('0.0.0')) as {
  readonly paths: Record<string, Record<string, Operation>>;
};
const routes: readonly Route[] = Object.entries(document.paths).flatMap(([routePath, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase() as HTTPMethods,
    path: routePath,
    operation,
  })),
);
const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const [submit] = routes.filter(({ operation }) => operation.operationId === 'submitJob');
const bodyFields = Object.keys(
  submit?.operation.requestBody?.content['application/json']?.schema.properties ?? {},
);

/** What somebody might write who wants to see what happens. */
const hostileText = fc.oneof(
  fc.constantFrom(
    ...['..', '.', '../../etc/passwd', '/etc/passwd', '//', '%2e%2e', '\0', '', ' ', '-1', '1e99', 'NaN'],
    ...['null', 'true', '[]', '{}', '__proto__', 'constructor', 'job-1;rm', '\n', '💥', 'x'.repeat(3000)],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((given) => given.toWellFormed()),
);
const hostileJson = fc.oneof(
  hostileText,
  fc.constantFrom(null, true, -1, 0.5, 1e308, [], {}, [[[[]]]], { length: 1e9 }, { toString: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A request to a route, with whatever may stand in its path and query. */
const hostileQuery = ({ operation }: Route): fc.Arbitrary<string> => {
  const names = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const known = fc.constantFrom(...names.map(({ name }) => name), 'private_token', 'unknown');
  const parameter = fc.tuple(fc.oneof(known, hostileText), hostileText);
  return (
    fc
      .array(parameter, { maxLength: 4 })
      // Following a log ends with its job, which nobody ends here.
      .map((pairs) => pairs.filter(([name]) => name !== 'follow'))
      .map((pairs) =>
        pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'),
      )
  );
};

const urlOf = (route: Route, id: string, query: string): string =>
  `${route.path.replace('{id}', encodeURIComponent(id))}${query === '' ? '' : `?${query}`}`;

/** The answer is one that the document tells of, and if it is a refusal, it says what is wrong. */
async function checkAnswer(server: ApiServer, route: Route, options: InjectOptions): Promise<number> {
  const { statusCode, headers, body } = await server.fastify.inject({ method: route.method, ...options });
  // A path may lead to another route, or to none, such as one with an empty id.
  const documented = [...Object.keys(route.operation.responses), '404', '415'];
  expect(documented).toContain(String(statusCode));
  if (statusCode < 400) return statusCode;
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(JSON.parse(body));
  expect(problem.status).toBe(statusCode);
  expect(problem.detail).not.toBe('');
  for (const { message } of problem.errors ?? []) expect(message).not.toBe('');
  return statusCode;
}

async function withJob(): Promise<ApiServer> {
  const server = await apiServer();
  await server.jobs.submit(exampleJob({ id: 'job-1', owner: 'galaxy' }));
  return server;
}

describe('every route of the document', () => {
  it('is there, and the document has no others', () => {
    const names = named.map(([name]) => name.replace('/api/v1', ''));
    expect(names.toSorted()).toEqual(
      [
        ...['GET /jobs', 'POST /jobs', 'GET /jobs/{id}', 'DELETE /jobs/{id}', 'GET /jobs/{id}/description'],
        ...['GET /jobs/{id}/tasks', 'GET /jobs/{id}/logs', 'POST /jobs/{id}/retry', 'POST /jobs/{id}/pause'],
        ...['POST /jobs/{id}/resume', 'POST /jobs/{id}/cancel', 'GET /events', 'GET /agents', 'GET /queue'],
        'GET /metrics',
      ].toSorted(),
    );
  });

  it.each(named)('%s asks for a token', async (_name, route) => {
    const server = await withJob();
    for (const authorization of [
      '',
      'Bearer',
      'Bearer wrong',
      'Basic cm9vdDpyb290',
      `Bearer ${'x'.repeat(9000)}`,
    ]) {
      const options = { url: urlOf(route, 'job-1', ''), headers: { authorization } };
      expect(await checkAnswer(server, route, options)).toBe(401);
    }
    expect(server.jobs.job('job-1')?.state).toBe('queued');
  });

  it.each(named)(
    '%s takes any path and query without a crash, and says what is wrong',
    async (_name, route) => {
      const server = await withJob();
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(hostileText, fc.constant('job-1')),
          hostileQuery(route),
          async (id, query) => {
            await checkAnswer(server, route, { url: urlOf(route, id, query), headers: as('galaxy') });
          },
        ),
        { numRuns: 150 },
      );
      const health = await server.fastify.inject({ url: '/api/v1/agents', headers: as('galaxy') });
      expect(health.statusCode).toBe(200);
    },
  );

  it.each(named.filter(([name]) => name.includes('{id}')))('%s knows no other job', async (_name, route) => {
    const server = await withJob();
    for (const id of ['job-2', '..', '../job-1', 'job-1/', '/etc/passwd', 'JOB-1', 'job-1\0', 'job-1 ']) {
      const options = { url: urlOf(route, id, ''), headers: as('galaxy') };
      expect(await checkAnswer(server, route, options)).toBe(404);
    }
    const options = { url: urlOf(route, 'job-1', ''), headers: as('other') };
    expect(await checkAnswer(server, route, options)).toBe(404);
  });

  it.each(named)('%s takes no body that is no JSON', async (_name, route) => {
    const server = await withJob();
    if (route.method === 'GET') return;
    for (const payload of ['{', 'nothing', '\0']) {
      const headers = { ...as('galaxy'), 'content-type': 'application/json' };
      expect(await checkAnswer(server, route, { url: urlOf(route, 'job-1', ''), headers, payload })).toBe(
        400,
      );
    }
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense']) {
      const headers = { ...as('galaxy'), 'content-type': type };
      const options = { url: urlOf(route, 'job-1', ''), headers, payload: 'x' };
      expect(await checkAnswer(server, route, options)).toBe(415);
    }
  });
});

describe('jobs that are described wrongly', () => {
  const url = '/api/v1/jobs';

  it('are refused whatever stands in whichever field', async () => {
    const server = await apiServer();
    expect(bodyFields).toContain('command');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...bodyFields, 'unknown', '__proto__'),
        hostileJson,
        async (field, value) => {
          const payload = JSON.parse(JSON.stringify({ command: 'date' }));
          Object.defineProperty(payload, field, { value, enumerable: true });
          if (!submit) throw new Error('the document has no route to submit jobs');
          await checkAnswer(server, submit, { url, headers: as('galaxy'), payload });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are refused whatever they are', async () => {
    const server = await apiServer();
    await fc.assert(
      fc.asyncProperty(hostileJson, async (body) => {
        const headers = { ...as('galaxy'), 'content-type': 'application/json' };
        const payload = JSON.stringify(body);
        if (!submit) throw new Error('the document has no route to submit jobs');
        expect(await checkAnswer(server, submit, { url, headers, payload })).toBe(400);
      }),
      { numRuns: 300 },
    );
    expect(server.jobs.jobs()).toEqual([]);
  });

  it('are refused if they are too large, or nested without end', async () => {
    const server = await apiServer();
    if (!submit) throw new Error('the document has no route to submit jobs');
    const headers = { ...as('galaxy'), 'content-type': 'application/json' };
    const large = JSON.stringify({ command: 'x'.repeat(17 * 1024 * 1024) });
    expect(await checkAnswer(server, submit, { url, headers, payload: large })).toBe(413);
    const deep = `{"command":"date","split":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(await checkAnswer(server, submit, { url, headers, payload: deep })).toBe(400);
  });

  it('touch nothing outside the directories that are allowed', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-api-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const allowed = path.join(root, 'allowed');
    mkdirSync(path.join(allowed, 'below'), { recursive: true });
    mkdirSync(path.join(root, 'allowed-not'));
    for (const file of ['allowed/in', 'allowed/below/in', 'allowed-not/in', 'in']) {
      writeFileSync(path.join(root, file), 'x');
    }
    symlinkSync(root, path.join(allowed, 'out'));
    symlinkSync('../in', path.join(allowed, 'link'));
    const server = await apiServer({ directories: () => [allowed] });
    const post = async (changes: object) => {
      const response = await server.fastify.inject({
        ...{ method: 'POST', url, headers: as('galaxy') },
        payload: { ...exampleDocument, id: undefined, ...changes },
      });
      const { errors } = response.json();
      return [response.statusCode, errors?.map(({ field }: { field: string }) => field).join()];
    };
    const inside = (file: string) => path.join(allowed, file);
    const good = {
      inputs: { a: inside('in'), b: inside('below/in') },
      outputs: { o: inside('below/new/o') },
    };
    expect(await post(good)).toEqual([201, undefined]);
    for (const file of [
      ...[`${root}/in`, `${root}/allowed-not/in`, `${allowed}/../in`, `${allowed}/./in`, `${allowed}//in`],
      ...[
        inside('out/in'),
        inside('link'),
        'allowed/in',
        '../in',
        '/etc/passwd',
        '/',
        '',
        `${inside('in')}\0`,
      ],
    ]) {
      expect(await post({ inputs: { a: file } })).toEqual([400, 'inputs.a']);
      expect(await post({ outputs: { o: { destination: file } } })).toEqual([400, 'outputs.o.destination']);
    }
    expect(await post({ inputs: { a: inside('nothing') } })).toEqual([400, 'inputs.a']);
    expect(await post({ inputs: { a: inside('below') } })).toEqual([400, 'inputs.a']);
    const container = (file: string) => ({ container: { image: 'a', volumes: [{ path: file }] } });
    expect(await post(container('/etc'))).toEqual([400, 'container.volumes[0].path']);
    expect(await post(container(allowed))).toEqual([201, undefined]);
    expect(server.jobs.jobs()).toHaveLength(2);
  });
});

describe('paths as they come over the wire', () => {
  it.each([
    ...[
      '/api/v1/jobs/..',
      '/api/v1/jobs/../../etc/passwd',
      '/api/v1/jobs/..%2f..%2fetc',
      '/api/v1/jobs/%2e%2e',
    ],
    ...[
      '//api/v1/jobs',
      '/api/v1/jobs/',
      '/api//v1/jobs',
      '/api/v1/jobs/%00',
      '/api/v1/../v1/nowhere',
      '/%2e%2e/',
    ],
    ...['/api/v1/jobs/%zz', '/api/v1/jobs/%', '/api/v1/jobs/%c3%28'],
  ])('%s leads nowhere', async (given) => {
    const { url } = await listeningApiServer();
    const { port } = new URL(url);
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const asked = request({ host: '127.0.0.1', port, path: given, headers: as('root') }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    asked.once('error', reject).end();
    const { status, body } = await promise;
    expect([400, 404]).toContain(status);
    expect(body).not.toContain('root:');
    expect(JSON.parse(body)).toBeTypeOf('object');
  });
});
