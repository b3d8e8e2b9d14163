import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventually, patientTest } from '../../../test-helpers/eventually.ts';
import { FakeJobService } from '../../../test-helpers/fake-job-service.ts';
import { PulsarClient } from '../../../test-helpers/pulsar-client.ts';
import { PulsarServer } from '../../../test-helpers/pulsar-server.ts';

vi.setConfig(patientTest);

const id = 'default._default_.7';

/** Galaxy's endpoint for the files of a job. */
class FilesEndpoint {
  readonly files = new Map<string, string>();
  readonly received = new Map<string, string>();
  /** Statuses of the next answers; then all is well. */
  readonly troubles: number[] = [];
  requests = 0;
  /** Where all requests are sent on to. */
  redirect: string | undefined;
  readonly #server: Server;
  url = '';

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    if (this.redirect !== undefined) {
      response.writeHead(302, { location: this.redirect }).end();
      return;
    }
    const { searchParams } = new URL(request.url ?? '', 'http://galaxy');
    const path = searchParams.get('path') ?? '';
    const sent = request.method === 'POST' ? await fileOf(request) : undefined;
    const trouble = searchParams.get('job_key') === 'k' ? this.troubles.shift() : 401;
    if (trouble !== undefined) {
      response.writeHead(trouble).end();
    } else if (sent !== undefined) {
      this.received.set(`${searchParams.get('file_type')} ${path}`, sent);
      response.end('{"message":"ok"}');
    } else {
      response.writeHead(this.files.has(path) ? 200 : 404).end(this.files.get(path));
    }
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/jobs/1/files?job_key=k`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function fileOf(request: IncomingMessage): Promise<string> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const file = (await new Response(Readable.toWeb(request) as ReadableStream, { headers }).formData()).get(
    'file',
  );
  return file instanceof File ? file.text() : 'no file';
}

let jobs: FakeJobService;
let server: PulsarServer;
let galaxy: PulsarClient;
let endpoint: FilesEndpoint;
let job: string;
let shared: string;
const transferPauses = [1, 1];
beforeEach(async () => {
  endpoint = new FilesEndpoint();
  await endpoint.start();
  jobs = new FakeJobService();
  server = await PulsarServer.start({ jobs, transferPauses });
  galaxy = new PulsarClient(server);
  job = join(server.staging, 'default', '_default_', '7');
  shared = join(server.directory, 'shared');
  await mkdir(shared);
  await galaxy.setup();
});
afterEach(async () => {
  endpoint.stop();
  await server[Symbol.asyncDispose]();
});

const submit = (staging: Record<string, unknown>) =>
  galaxy.submit({ remote_staging: JSON.stringify(staging) });
const settled = () => eventually(async () => (await galaxy.status()).status);

describe('before a run', () => {
  const fetched = (path: string, name = 'in.dat') => ({
    ...{ name, type: 'input' },
    action: {
      action_type: 'remote_transfer',
      source: { path },
      path,
      url: `${endpoint.url}&path=${path}&file_type=input`,
    },
  });

  test('no file is fetched that is larger than files may be', async () => {
    await server.restart({ maximumFileBytes: 4 });
    endpoint.files.set('/g/1.dat', 'large');
    await submit({ setup: [fetched('/g/1.dat')] });
    await settled().toBe('failed');
    expect((await galaxy.status()).stderr).toContain('more than 4 bytes');
    expect(endpoint.requests).toBe(1);
  });

  test('nothing is fetched from where a machine in a cloud asks what it may', async () => {
    endpoint.redirect = 'http://169.254.169.254/latest/meta-data/';
    await submit({ setup: [fetched('/g/1.dat')] });
    await settled().toBe('failed');
    expect((await galaxy.status()).stderr).toContain('no files are moved from or to there');
    expect(endpoint.requests).toBe(1);
  });

  test('files are fetched from Galaxy, and written as they came with the job', async () => {
    endpoint.files.set('/g/1.dat', 'from Galaxy');
    endpoint.troubles.push(503, 500);
    const message = {
      name: 'deep/note',
      type: 'unstructured',
      action: { action_type: 'message', contents: 'Grüße' },
    };
    await submit({ setup: [fetched('/g/1.dat'), message] });
    await settled().toBe('queued');
    expect(await readFile(join(job, 'inputs', 'in.dat'), 'utf8')).toBe('from Galaxy');
    expect(await readFile(join(job, 'unstructured', 'deep', 'note'), 'utf8')).toBe('Grüße');
    expect(endpoint.requests).toBe(3);
  });

  test('a file that is not there makes the job fail, and is not asked for again', async () => {
    await submit({ setup: [fetched('/g/none.dat')] });
    await settled().toBe('failed');
    expect((await galaxy.status()).stderr).toContain('answered 404');
    expect((await galaxy.status()).stderr).not.toContain('job_key');
    expect(endpoint.requests).toBe(1);
    expect(jobs.jobs()).toEqual([]);
  });

  test('a Galaxy that does not come back makes the job fail in the end', async () => {
    endpoint.troubles.push(502, 502, 502, 502);
    await submit({ setup: [fetched('/g/1.dat')] });
    await settled().toBe('failed');
    expect(endpoint.requests).toBe(3);
  });

  test('what was not fetched when the daemon was killed is fetched after it', async () => {
    endpoint.files.set('/g/1.dat', 'from Galaxy');
    endpoint.troubles.push(503);
    await server.restart({ transferPauses: [3_600_000] });
    await submit({ setup: [fetched('/g/1.dat')] });
    await eventually(() => endpoint.requests).toBe(1);
    expect(await galaxy.status()).toMatchObject({ status: 'preprocessing' });
    await server.restart();
    await settled().toBe('queued');
    expect(await readFile(join(job, 'inputs', 'in.dat'), 'utf8')).toBe('from Galaxy');
  });

  test('a cancelled job fetches nothing more', async () => {
    endpoint.troubles.push(503);
    await server.restart({ transferPauses: [3_600_000] });
    await submit({ setup: [fetched('/g/1.dat')] });
    await eventually(() => endpoint.requests).toBe(1);
    await galaxy.cancel();
    await settled().toBe('cancelled');
    expect(endpoint.requests).toBe(1);
    expect(jobs.jobs()).toEqual([]);
  });

  test('remote_copy reads in directories that the administrator shares, and nowhere else', async () => {
    const secret = join(server.directory, 'secret.key');
    await writeFile(secret, 'a secret');
    await writeFile(join(shared, 'ref.fa'), 'ACGT');
    await symlink(secret, join(shared, 'out'));
    const copied = (path: string) => ({
      name: 'x',
      type: 'input',
      action: { action_type: 'remote_copy', path },
    });
    await server.restart({ sharedDirectories: [shared] });
    await submit({ setup: [copied(join(shared, 'ref.fa'))] });
    await settled().toBe('queued');
    expect(await readFile(join(job, 'inputs', 'x'), 'utf8')).toBe('ACGT');
    for (const path of [secret, `${shared}/../secret.key`, join(shared, 'out'), 'relative']) {
      await galaxy.cancel();
      await galaxy.setup();
      await submit({ setup: [copied(path)] });
      await settled().toBe('failed');
      expect(await readdir(join(job, 'inputs'))).toEqual([]);
    }
  });

  test('what is not done here is refused by its name', async () => {
    const action = { action_type: 'remote_scp_transfer', path: '/g/a', ssh_key: 'x' };
    await submit({ setup: [{ name: 'x', type: 'input', action }] });
    await settled().toBe('failed');
    expect((await galaxy.status()).stderr).toContain('"remote_scp_transfer" is not done here');
  });
});

describe('after a run', () => {
  const outputs = (action: string, more: Record<string, unknown> = {}) => ({
    action_mapper: { default_action: action, files_endpoint: endpoint.url },
    client_outputs: {
      working_directory: '/g/w',
      metadata_directory: '/g/m',
      output_files: ['/g/dataset_1.dat'],
      ...more,
    },
  });
  const end = async () => {
    await writeFile(join(job, 'outputs', 'dataset_1.dat'), 'made');
    jobs.change(id, 'ok', { exitCode: 0 });
  };

  test('outputs are sent to Galaxy, which sees the job as complete when it has them', async () => {
    await submit(outputs('remote_transfer', { work_dir_outputs: [['/g/w/none', '/g/2.dat']] }));
    endpoint.troubles.push(502);
    await writeFile(join(job, 'working', 'galaxy.json'), '');
    const seen: unknown[] = [];
    jobs.subscribe(() => void galaxy.status().then(({ status }) => seen.push(status)));
    await end();
    await settled().toBe('complete');
    expect(seen).toEqual(['postprocessing']);
    expect([...endpoint.received]).toEqual([
      ['output /g/dataset_1.dat', 'made'],
      ['output_workdir /g/w/galaxy.json', ''],
    ]);
  });

  test('an output that Galaxy does not take any more is no failure; one that it cannot take is', async () => {
    await submit(outputs('remote_transfer'));
    endpoint.troubles.push(403);
    await end();
    await settled().toBe('complete');
    await galaxy.setup();
    await submit(outputs('remote_transfer'));
    endpoint.troubles.push(400);
    await end();
    await settled().toBe('failed');
    expect((await galaxy.status()).stderr).toContain('dataset_1.dat: ');
  });

  test('outputs that were not sent when the daemon was killed are sent after it', async () => {
    await server.restart({ transferPauses: [3_600_000] });
    await submit(outputs('remote_transfer'));
    endpoint.troubles.push(503);
    await end();
    await eventually(() => endpoint.requests).toBe(1);
    await server.restart();
    await settled().toBe('complete');
    expect(endpoint.received.get('output /g/dataset_1.dat')).toBe('made');
  });

  test('remote_copy writes in directories that the administrator shares, and through no link', async () => {
    await server.restart({ sharedDirectories: [shared] });
    await mkdir(join(server.directory, 'elsewhere'));
    await symlink(join(server.directory, 'elsewhere'), join(shared, 'link'));
    await submit(outputs('remote_copy', { output_files: [`${shared}/new/dataset_1.dat`] }));
    await end();
    await settled().toBe('complete');
    expect(await readFile(join(shared, 'new', 'dataset_1.dat'), 'utf8')).toBe('made');
    for (const path of [`${shared}/link/dataset_1.dat`, `${server.directory}/elsewhere/dataset_1.dat`]) {
      await galaxy.setup();
      await submit(outputs('remote_copy', { output_files: [path] }));
      await end();
      await settled().toBe('failed');
    }
    expect(await readdir(join(server.directory, 'elsewhere'))).toEqual([]);
  });

  test('a job whose files Galaxy moves itself is complete at once', async () => {
    await submit(outputs('transfer'));
    await end();
    expect(await galaxy.status()).toMatchObject({ status: 'complete' });
    expect(endpoint.requests).toBe(0);
  });
});
