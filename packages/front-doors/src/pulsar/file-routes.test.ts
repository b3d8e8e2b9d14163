import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually, patientTest } from '../../test-helpers/eventually.ts';
import { FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { PulsarClient } from '../../test-helpers/pulsar-client.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';

vi.setConfig(patientTest);

let server: PulsarServer;
let galaxy: PulsarClient;
let job: string;
beforeEach(async () => {
  server = await PulsarServer.start({ jobs: new FakeJobService() });
  galaxy = new PulsarClient(server);
  job = join(server.staging, 'default', '_default_', '7');
  await galaxy.setup();
  await writeFile(join(server.directory, 'secret.key'), 'a secret');
});
afterEach(() => server[Symbol.asyncDispose]());

const types = [
  ...['input', 'config', 'tool', 'workdir', 'metadata', 'output', 'output_workdir', 'output_metadata'],
  ...['unstructured', 'jobdir', 'output_jobdir', 'container', ''],
];

test.each([
  ['input', 'dataset_1_files/x/y', 'inputs/dataset_1_files/x/y'],
  ['config', '/galaxy/configs/c.txt', 'configs/c.txt'],
  ['tool', 'sub/helper.R', 'tool_files/sub/helper.R'],
  ['workdir', 'a/b/split.fa', 'working/split.fa'],
  ['metadata', 'metadata_1.dat', 'metadata/metadata_1.dat'],
  ['unstructured', '0123abcd/bwa/human.fa', 'unstructured/0123abcd/bwa/human.fa'],
  ['jobdir', '/galaxy/tool_script.sh', 'tool_script.sh'],
])('a file of the type %s goes where Pulsar puts it', async (type, name, place) => {
  const path = join(job, place);
  expect((await galaxy.path(type, name)).json()).toEqual({ path });
  expect((await galaxy.upload(type, name, 'a=b&c=d')).json()).toEqual({ path });
  expect(await readFile(path, 'utf8')).toBe('a=b&c=d');
  await galaxy.upload(type, name, '');
  expect(await readFile(path, 'utf8')).toBe('');
});

test('bytes come back as they were sent', async () => {
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
  await galaxy.upload('output', 'dir/out.bam', bytes);
  const answer = await galaxy.download('output', 'dir/out.bam');
  expect(answer.headers['content-length']).toBe(String(bytes.length));
  expect(answer.rawPayload.equals(bytes)).toBe(true);
  expect((await galaxy.download('output', 'dir/none')).statusCode).toBe(404);
});

test('a pattern stands for the first file that fits', async () => {
  await galaxy.upload('output_workdir', 'deep/a.txt', 'x');
  await galaxy.upload('output_workdir', 'b.txt', 'x');
  await galaxy.upload('output_workdir', 'a.txt', 'x');
  expect((await galaxy.path('output_workdir', '*.txt')).json()).toEqual({
    path: join(job, 'working', 'a.txt'),
  });
  expect((await galaxy.path('output_workdir', 'deep/?.txt')).json()).toEqual({
    path: join(job, 'working', 'deep', 'a.txt'),
  });
  expect((await galaxy.path('output_workdir', '*.bam')).statusCode).toBe(404);
});

test('an output that is a link to an input is given, one that leads elsewhere is not', async () => {
  await galaxy.upload('input', 'in.dat', 'input');
  await symlink('../inputs/in.dat', join(job, 'outputs', 'same.dat'));
  await symlink(join(server.directory, 'secret.key'), join(job, 'outputs', 'stolen.dat'));
  await link(join(server.directory, 'secret.key'), join(job, 'outputs', 'linked.dat'));
  await symlink(server.directory, join(job, 'outputs', 'up'));
  expect((await galaxy.download('output', 'same.dat')).body).toBe('input');
  for (const name of ['stolen.dat', 'linked.dat', 'up/secret.key']) {
    const answer = await galaxy.download('output', name);
    expect([name, answer.statusCode]).toEqual([name, 403]);
    expect(answer.body).not.toContain('a secret');
  }
});

test('outputs may be links into directories that the administrator names', async () => {
  const reference = join(server.directory, 'reference');
  await mkdir(reference);
  await writeFile(join(reference, 'hg38.fa'), 'ACGT');
  await server.restart({ linkedDirectories: [reference] });
  await symlink(join(reference, 'hg38.fa'), join(job, 'outputs', 'out.fa'));
  expect((await galaxy.download('output', 'out.fa')).body).toBe('ACGT');
});

test('whatever type and name are asked for, nothing but files of the job is read or written', async () => {
  await symlink(server.directory, join(job, 'working', 'up'));
  await symlink(join(server.directory, 'secret.key'), join(job, 'outputs', 'link'));
  const before = await readdir(server.directory);
  const part = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '',
      '\\',
      '\0',
      'up',
      'link',
      'secret.key',
      '*',
      '?',
      '7',
      '_default_',
      '%2e%2e',
    ),
    fc.string({ maxLength: 5 }),
  );
  const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...types), name, async (type, wanted) => {
      for (const answer of [
        await galaxy.upload(type, wanted, 'sent'),
        await galaxy.download(type, wanted),
        await galaxy.path(type, wanted),
      ]) {
        expect([200, 400, 403, 404]).toContain(answer.statusCode);
        expect(answer.body).not.toBe('a secret');
      }
      expect(await readFile(join(server.directory, 'secret.key'), 'utf8')).toBe('a secret');
    }),
    { numRuns: 150 },
  );
  expect(await readdir(server.directory)).toEqual(before);
  expect((await readdir(server.staging)).sort()).toEqual(['.incoming', '.trash', 'default']);
  expect(await readdir(join(server.staging, 'default', '_default_'))).toEqual(['7']);
  expect(await readdir(join(server.staging, '.incoming'))).toEqual([]);
}, 120_000);

test('whatever an id is, it is refused, or the job is below the directory of all jobs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constantFrom('..', '.', '.incoming', '', 'a/b'), fc.string()),
      async (jobId) => {
        const other = new PulsarClient(server, jobId);
        const answer = await other.setup();
        if (answer.statusCode !== 200) {
          expect(answer.statusCode).toBe(400);
          return;
        }
        expect(answer.json().job_directory).toBe(join(server.staging, 'default', '_default_', jobId));
        expect(jobId).toMatch(/^[\w.-]+$/);
      },
    ),
  );
});

test('an upload that breaks off leaves nothing, and the server goes on', async () => {
  const url = new URL(await server.listen());
  const socket = connect(Number(url.port), url.hostname);
  socket.write(
    'POST /jobs/7/files?type=input&name=half HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf of it',
  );
  const incoming = join(server.staging, '.incoming');
  await eventually(() => readdir(incoming)).toHaveLength(1);
  socket.destroy();
  await eventually(() => readdir(incoming)).toEqual([]);
  expect(await readdir(join(job, 'inputs'))).toEqual([]);
  expect((await galaxy.upload('input', 'whole', 'x')).statusCode).toBe(200);
});

test('a file may be too large', async () => {
  await server.restart({ maximumFileBytes: 3 });
  expect((await galaxy.upload('input', 'a', '1234')).statusCode).toBe(413);
  expect((await galaxy.upload('input', 'a', '123')).statusCode).toBe(200);
});

test('an output that a tool did not leave in its working directory is empty, as with runners of Galaxy', async () => {
  const missing = await galaxy.download('output_workdir', 'not-made');
  expect([missing.statusCode, missing.body]).toEqual([200, '']);
  expect((await galaxy.download('output', 'not-made')).statusCode).toBe(404);
  await symlink('/etc/passwd', join(job, 'working', 'out'));
  expect((await galaxy.download('output_workdir', 'out')).statusCode).toBe(403);
});

test('a client with libcurl, which takes any answer for the file, gets none where there is an error', async () => {
  const url = await server.listen();
  const download = (type: string, name: string) =>
    fetch(`${url}jobs/7/files?type=${type}&name=${name}`, {
      headers: { 'user-agent': 'PycURL/7.45.6 libcurl/8.12.1' },
    });
  const missing = await download('output_workdir', 'not-made');
  expect([missing.status, await missing.text()]).toEqual([200, '']);
  await expect(download('output', 'gone')).rejects.toThrow('fetch failed');
});

test('no cached file is larger than files may be', async () => {
  await server.restart({ maximumFileBytes: 4 });
  const path = { path: '/galaxy/datasets/1.dat' };
  expect((await galaxy.ask('POST', '/cache', path, 'large')).statusCode).toBe(413);
  expect((await galaxy.ask('GET', '/cache/status', path)).json()).toMatchObject({ ready: false });
  expect((await galaxy.ask('POST', '/cache', path, 'fits')).statusCode).toBe(200);
});

test('a cached file is sent once, and used by any job of the same token', async () => {
  const path = { path: '/galaxy/dataset_1.dat' };
  expect((await galaxy.ask('PUT', '/cache', path)).body).toBe('true');
  expect((await galaxy.ask('PUT', '/cache', path)).body).toBe('false');
  expect((await galaxy.ask('GET', '/cache/status', path)).json()).toMatchObject({ ready: false });
  expect((await galaxy.ask('POST', '/cache', path, 'contents')).body).toBe('null');
  const { token, ready } = (await galaxy.ask('GET', '/cache/status', path)).json();
  expect(ready).toBe(true);
  await galaxy.upload('input', 'a', '', { cache_token: token });
  expect(await readFile(join(job, 'inputs', 'a'), 'utf8')).toBe('contents');
  await server.restart();
  expect((await galaxy.ask('PUT', '/cache', path)).body).toBe('false');
  for (const [wrong, status] of [
    ['0'.repeat(64), 404],
    ['../../../secret.key', 400],
  ] as const) {
    expect((await galaxy.upload('input', 'b', '', { cache_token: wrong })).statusCode).toBe(status);
  }
  expect(await readdir(join(job, 'inputs'))).toEqual(['a']);
});
