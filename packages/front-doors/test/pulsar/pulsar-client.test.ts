import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { pulsarEnvironment, requireRealPulsar } from '../../../../test-fixtures/real-pulsar/real-pulsar.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';
import { ScriptJobService } from '../../test-helpers/script-job-service.ts';

/** Runs the check of Pulsar's client library with settings that its program has no options for. */
const program = `
import json, sys, types
from pulsar.client.test.check import run
run(types.SimpleNamespace(**json.loads(sys.argv[1])))
`;

async function check(settings: Record<string, unknown>): Promise<void> {
  const options = {
    ...{
      job_id: '123456',
      suppress_output: false,
      cleanup: true,
      cache: false,
      transport: null,
      debug: false,
    },
    ...settings,
  };
  await promisify(execFile)('python', ['-c', program, JSON.stringify(options)], {
    env: pulsarEnvironment(),
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Gives and takes any file, as Galaxy does those of a job. */
async function startFilesEndpoint(): Promise<
  AsyncDisposable & { readonly url: string; readonly taken: string[] }
> {
  const taken: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '', 'http://galaxy').searchParams.get('path') ?? '';
    if (request.method === 'GET') {
      createReadStream(path)
        .on('error', () => response.writeHead(404).end())
        .pipe(response);
      return;
    }
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(Readable.toWeb(request) as ReadableStream, { headers }).formData();
    const file = form.get('file');
    if (!(file instanceof File)) throw new Error('no file');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.from(await file.arrayBuffer()));
    taken.push(path);
    response.end('{}');
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/jobs/1/files?job_key=k`,
    taken,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe.skipIf(!requireRealPulsar())("Pulsar's client", () => {
  test.each([
    ['copy', false],
    ['remote_copy', false],
    ['remote_transfer', false],
    ['transfer', true],
    ['remote_copy', true],
    ['remote_transfer', true],
  ])('gets its files by %s, with the directories set by itself: %s', async (action, byItself) => {
    const jobs = new ScriptJobService(pulsarEnvironment());
    await using endpoint = await startFilesEndpoint();
    await using server = await PulsarServer.start({ jobs, sharedDirectories: [tmpdir()] });
    const url = await server.listen();
    await check({
      url,
      default_file_action: action,
      files_endpoint: endpoint.url,
      ...(byItself && { jobs_directory: join(server.staging, 'default', '_default_') }),
    });
    expect(endpoint.taken.length > 0).toBe(action === 'remote_transfer');
  });
});
