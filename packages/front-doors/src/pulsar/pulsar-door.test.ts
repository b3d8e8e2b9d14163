import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptView, TaskView } from '@galaxy-mesos/galaxy-jobs';
import { JobServiceError, resourceRulesSchema } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventually, patientTest } from '../../test-helpers/eventually.ts';
import { FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { PulsarClient } from '../../test-helpers/pulsar-client.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';

vi.setConfig(patientTest);

const id = 'default._default_.7';

let jobs: FakeJobService;
let server: PulsarServer;
let galaxy: PulsarClient;
beforeEach(async () => {
  jobs = new FakeJobService();
  server = await PulsarServer.start({ jobs });
  galaxy = new PulsarClient(server);
});
afterEach(() => server[Symbol.asyncDispose]());

const jobDirectory = () => join(server.staging, 'default', '_default_', '7');

const attempted = (last: Partial<AttemptView>): TaskView => ({
  ...{ id: `${id}-0`, jobId: id, name: 'whole', state: 'failed' as const },
  attempts: [
    { id: 'a', number: 1, state: 'TASK_FAILED', agentId: 'a', hostname: 'h', launchedAt: 1, ...last },
  ],
});

describe('setup', () => {
  test('makes the directories of a job, and says where they are', async () => {
    const answer = await galaxy.setup();
    expect(answer.headers['content-type']).toBe('text/html; charset=UTF-8');
    expect(answer.json()).toMatchObject({
      job_id: '7',
      job_directory: jobDirectory(),
      pulsar_version: '0.16.0',
    });
    expect((await readdir(jobDirectory())).sort()).toEqual(['inputs', 'outputs', 'working']);
    await galaxy.upload('config', 'c', 'x');
    expect((await readdir(jobDirectory())).sort()).toEqual(['configs', 'inputs', 'outputs', 'working']);
  });

  test('asked for again keeps what was uploaded', async () => {
    const first = await galaxy.setup();
    await galaxy.upload('input', 'a', 'x');
    expect((await galaxy.setup()).body).toBe(first.body);
    expect(await readFile(join(jobDirectory(), 'inputs', 'a'), 'utf8')).toBe('x');
  });

  test('of a job that runs leaves it alone; Galaxy was killed before it knew that it had submitted it', async () => {
    await galaxy.setup();
    await galaxy.upload('input', 'a', 'x');
    await galaxy.submit();
    jobs.change(id, 'running');
    expect((await galaxy.setup()).statusCode).toBe(200);
    expect((await galaxy.upload('input', 'a', 'sent again')).json()).toEqual({
      path: join(jobDirectory(), 'inputs', 'a'),
    });
    expect((await galaxy.submit()).body).toBe('OK');
    expect(await readFile(join(jobDirectory(), 'inputs', 'a'), 'utf8')).toBe('x');
    expect(await galaxy.status()).toMatchObject({ status: 'running' });
  });

  test.each(['error', 'ok', 'deleted'] as const)(
    'of a job that ended in %s begins a new one, as when Galaxy submits a failed job again',
    async (state) => {
      await galaxy.setup();
      await galaxy.upload('input', 'old', 'x');
      await galaxy.submit({ command_line: 'first' });
      jobs.change(id, state);
      await galaxy.cancel();
      await galaxy.setup();
      expect(await readdir(join(jobDirectory(), 'inputs'))).toEqual([]);
      expect(jobs.job(id)).toBeUndefined();
      await galaxy.submit({ command_line: 'second' });
      expect(jobs.described(id)?.command).toContain('second');
      expect(await galaxy.status()).toMatchObject({ status: 'queued' });
    },
  );
});

describe('submit', () => {
  test('hands a job on as it is described, with the outputs that Galaxy wants to be there', async () => {
    await galaxy.setup();
    await galaxy.submit({
      command_line: 'echo "$X"',
      env: JSON.stringify([{ name: 'X', value: 'value', raw: false }]),
      params: JSON.stringify({ cpus: '4', mem: '8G', user: 'ada@example.org' }),
      submit_extras: JSON.stringify({ touch_outputs: ['dataset_1.dat'] }),
      dependencies_description: JSON.stringify({ requirements: [{ name: 'samtools', type: 'package' }] }),
      token_endpoint: 'left out',
    });
    expect(jobs.described(id)).toMatchObject({
      ...{ directory: jobDirectory(), owner: 'default', user: 'ada@example.org', name: 'cat1 (7)' },
      resources: { cpus: 4, mem: 8192 },
    });
    expect(await readdir(join(jobDirectory(), 'outputs'))).toEqual(['dataset_1.dat']);
  });

  test('puts a command into the container that the destination names, unless Galaxy has put it into one', async () => {
    const params = JSON.stringify({ container: 'busybox:1.36', container_runtime: 'docker' });
    for (const [command, container] of [
      ['wc -l', { image: 'busybox:1.36', runtime: 'docker' }],
      ['docker run --rm samtools:1 /bin/sh tool_script.sh', undefined],
    ] as const) {
      await galaxy.setup();
      await galaxy.submit({ command_line: command, params });
      expect(jobs.described(id)?.container).toEqual(container);
      jobs.change(id, 'ok');
    }
  });

  test('given twice runs the job once', async () => {
    await galaxy.setup();
    await Promise.all([galaxy.submit(), galaxy.submit()]);
    expect(jobs.jobs()).toHaveLength(1);
  });

  test('with the parameters of setup needs no setup before', async () => {
    const setup = JSON.stringify({ job_id: '7', tool_id: 'cat1', tool_version: null, use_metadata: true });
    await galaxy.submit({
      setup_params: setup,
      command_line: 'cat __PULSAR_JOB_DIRECTORY__/inputs/a',
    });
    const inWord = jobs.described(id)?.command;
    expect(inWord).toContain('/inputs/a');
    jobs.change(id, 'error');
    await galaxy.submit({ setup_params: setup, command_line: `cat ${jobDirectory()}/inputs/a` });
    expect(inWord).toBe(jobs.described(id)?.command);
    expect((await galaxy.submit({ setup_params: setup })).body).toBe('OK');
    expect(jobs.jobs()).toHaveLength(1);
  });

  test('may come after files that came without any setup, and again after a failure', async () => {
    const submission = { setup_params: JSON.stringify({ tool_id: 'cat1' }) };
    for (const text of ['first', 'second']) {
      await galaxy.upload('input', 'a', text);
      await galaxy.submit({ ...submission, command_line: text });
      expect(await readFile(join(jobDirectory(), 'inputs', 'a'), 'utf8')).toBe(text);
      expect(jobs.described(id)).toMatchObject({ name: 'cat1 (7)', command: expect.stringContaining(text) });
      jobs.change(id, 'error');
    }
  });

  test('of a job that is complete changes nothing, whatever comes with it', async () => {
    await galaxy.setup();
    await galaxy.submit();
    jobs.change(id, 'ok');
    await galaxy.submit({ setup_params: '{}' });
    expect(await galaxy.status()).toMatchObject({ status: 'complete' });
  });

  test('of a job that nobody has set up is refused', async () => {
    const answer = await galaxy.submit();
    expect([answer.statusCode, answer.body]).toEqual([404, 'there is no job 7: it must be set up first\n']);
  });

  test.each([
    ['env', 'no JSON'],
    ['env', '{"name": "X"}'],
    ['params', '[]'],
    ['remote_staging', '{"setup": 1}'],
    ['submit_extras', '{"touch_outputs": "one"}'],
    ['dynamic_file_sources', '[1]'],
    ['setup_params', '7'],
    ['cvmfsexec', 'true'],
  ])('names the parameter %s when it is %s', async (name, value) => {
    await galaxy.setup();
    const answer = await galaxy.submit({ [name]: value });
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining(name)]);
    expect(await galaxy.status()).toMatchObject({ status: 'preprocessing' });
  });

  test('takes a command line of half a megabyte', async () => {
    await galaxy.setup();
    await using listening = await PulsarServer.start({ jobs });
    const url = await listening.listen();
    await fetch(`${url}jobs?job_id=8`, { method: 'POST' });
    const text = `echo ${'x'.repeat(500_000)}`;
    const answer = await fetch(`${url}jobs/8/submit?command_line=${encodeURIComponent(text)}`, {
      method: 'POST',
    });
    expect(answer.status).toBe(200);
    expect(jobs.described('default._default_.8')?.command).toContain(text);
  });

  test('of what the rules of the administrator forbid makes a job that has failed, and says why', async () => {
    const rules = resourceRulesSchema.parse({ limits: { mem: 4096 } });
    await server.restart({ rules: () => rules });
    await galaxy.setup();
    expect((await galaxy.submit({ params: JSON.stringify({ mem: '8G', tpyo: '1' }) })).statusCode).toBe(200);
    const status = await galaxy.status();
    expect(status).toMatchObject({ status: 'failed', complete: 'true', returncode: 1 });
    expect(status.stderr).toMatch(/submit_tpyo[\s\S]*submit_mem: 8192/);
    expect(jobs.jobs()).toEqual([]);
  });

  test('waits where whoever runs jobs cannot take it now, and is not lost by a restart', async () => {
    await galaxy.setup();
    jobs.failure = new JobServiceError('UNAVAILABLE', id, 'the store is away');
    expect((await galaxy.submit()).statusCode).toBe(200);
    expect(await galaxy.status()).toMatchObject({ status: 'preprocessing' });
    await server.restart();
    await eventually(() => jobs.jobs()).toHaveLength(1);
    await eventually(() => galaxy.status()).toMatchObject({ status: 'queued' });
  });
});

describe('status', () => {
  test.each([
    ['new', 'queued', 'false'],
    ['paused', 'queued', 'false'],
    ['running', 'running', 'false'],
    ['ok', 'complete', 'true'],
    ['deleted', 'cancelled', 'true'],
    ['error', 'failed', 'true'],
  ] as const)('of a job that is %s is %s', async (state, status, complete) => {
    await galaxy.setup();
    await galaxy.submit();
    jobs.change(id, state);
    expect(await galaxy.status()).toMatchObject({ status, complete, job_id: '7' });
  });

  test('of a job that has ended holds what Galaxy needs', async () => {
    await galaxy.setup();
    await galaxy.submit({ dynamic_file_sources: '[{"path": "galaxy.json", "type": "galaxy"}]' });
    await mkdir(join(jobDirectory(), 'metadata'));
    await writeFile(join(jobDirectory(), 'metadata', 'tool_stdout'), 'said');
    await writeFile(join(jobDirectory(), 'metadata', 'tool_stderr'), `${'x'.repeat(100_000)}the end`);
    await writeFile(join(jobDirectory(), 'working', 'galaxy.json'), '{"a": 1}');
    jobs.change(id, 'ok', { exitCode: 3 });
    const status = await galaxy.status();
    expect(status).toMatchObject({
      ...{ returncode: 3, stdout: 'said', working_directory_contents: ['galaxy.json'] },
      realized_dynamic_file_sources: [{ path: 'galaxy.json', type: 'galaxy', contents: '{"a": 1}' }],
    });
    expect(status.stderr).toMatch(/^x{65529}the end$/);
  });

  test.each([
    [{ reason: 'REASON_CONTAINER_LIMITATION_MEMORY' }, 137],
    [{ reason: 'REASON_COMMAND_EXECUTOR_FAILED', exitCode: 98 }, 137],
    [{ reason: 'REASON_MAX_COMPLETION_TIME_REACHED' }, 124],
  ])('of a job that ended by %o lets Galaxy show why', async (last, returncode) => {
    await galaxy.setup();
    await galaxy.submit();
    jobs.setTasks(id, [attempted(last)]);
    jobs.logs.set(`${id}-0 stderr`, 'what the tool said');
    jobs.change(id, 'error', { message: 'ran out of memory at 512 MiB' });
    expect(await galaxy.status()).toMatchObject({
      ...{ status: 'complete', returncode },
      stderr: 'what the tool said\nFatal error: the job has failed: ran out of memory at 512 MiB.\n',
    });
  });

  test('of a job that ran out of memory is failed where the destination wants to send it elsewhere', async () => {
    await galaxy.setup();
    await galaxy.submit({ params: JSON.stringify({ on_limit: 'resubmit' }) });
    jobs.setTasks(id, [attempted({ reason: 'REASON_CONTAINER_LIMITATION_MEMORY' })]);
    jobs.change(id, 'error', { message: 'ran out of memory at 512 MiB' });
    expect(await galaxy.status()).toMatchObject({ status: 'failed' });
  });

  test('of a job that nobody knows is lost', async () => {
    expect(await galaxy.status()).toMatchObject({ status: 'lost', complete: 'true', returncode: null });
    await galaxy.setup();
    await galaxy.submit();
    await jobs.remove(id);
    expect(await galaxy.status()).toMatchObject({ status: 'lost', complete: 'true' });
  });

  test('puts nothing into a browser', async () => {
    const answer = await galaxy.setup({ tool_id: '<script>alert(1)</script>' });
    expect(answer.body).not.toContain('<');
    expect(answer.json()).toMatchObject({ tool_id: '<script>alert(1)</script>' });
  });
});

describe('cancel and clean', () => {
  test('do no harm to a job that nobody knows', async () => {
    expect((await galaxy.cancel()).body).toBe('OK');
    expect((await galaxy.clean()).body).toBe('OK');
  });

  test('end a job that was only set up', async () => {
    await galaxy.setup();
    await galaxy.cancel();
    expect(await galaxy.status()).toMatchObject({ status: 'cancelled', returncode: -9 });
    expect((await galaxy.upload('input', 'late', 'x')).statusCode).toBe(200);
    expect((await galaxy.submit()).body).toBe('OK');
    expect(jobs.jobs()).toEqual([]);
  });

  test('end a job that runs, and leave nothing behind', async () => {
    await galaxy.setup();
    await galaxy.submit();
    jobs.change(id, 'running');
    await galaxy.cancel();
    expect(await galaxy.status()).toMatchObject({ status: 'cancelled', returncode: -9 });
    await galaxy.clean();
    expect(await galaxy.status()).toMatchObject({ status: 'lost' });
    await eventually(() => readdir(join(server.staging, 'default', '_default_'))).toEqual([]);
    await eventually(() => server.records.load()).toEqual([]);
    expect(jobs.jobs()).toEqual([]);
  });

  test('are finished after a restart', async () => {
    await galaxy.setup();
    await galaxy.submit();
    jobs.failure = new JobServiceError('UNAVAILABLE', id, 'not now');
    await galaxy.clean();
    await eventually(() => jobs.failure).toBeUndefined();
    expect(jobs.jobs()).toHaveLength(1);
    await server.restart();
    await eventually(() => server.records.load()).toEqual([]);
    expect(jobs.jobs()).toEqual([]);
  });
});

test('a job that cannot be removed now does not keep the daemon from ending', async () => {
  await galaxy.setup();
  await galaxy.submit();
  const never = Promise.withResolvers<void>();
  const removed = vi.spyOn(jobs, 'remove').mockReturnValueOnce(never.promise);
  await galaxy.clean();
  await eventually(() => removed.mock.calls).toHaveLength(1);
  await server.restart();
  await eventually(() => server.records.load()).toEqual([]);
});

test('jobs of one token are not there for another, whatever their ids', async () => {
  const tokens = ['a', 'b'].map((name) => ({ name, token: `token-${name}`, isAdmin: false }));
  await using two = await PulsarServer.start({ jobs, tokens });
  const [ada, bob] = tokens.map(({ token }) => new PulsarClient(two, '7', { token }));
  await ada?.setup();
  await ada?.upload('input', 'x', 'of Ada');
  await ada?.submit();
  expect(await bob?.status()).toMatchObject({ status: 'lost' });
  expect((await bob?.download('input', 'x'))?.statusCode).toBe(404);
  await bob?.clean();
  await bob?.setup();
  expect((await bob?.setup())?.json().job_directory).not.toBe((await ada?.setup())?.json().job_directory);
  expect(await ada?.status()).toMatchObject({ status: 'queued' });
  const nobody = new PulsarClient(two, '7');
  expect((await nobody.setup()).statusCode).toBe(401);
});

test('a manager that nobody has named is not there', async () => {
  await server.restart({ managers: ['big'] });
  const big = new PulsarClient(server, '7', { prefix: '/managers/big' });
  expect((await big.setup()).json().job_directory).toBe(join(server.staging, 'default', 'big', '7'));
  expect(await galaxy.status()).toMatchObject({ status: 'lost' });
  const small = new PulsarClient(server, '7', { prefix: '/managers/small' });
  expect([(await small.setup()).statusCode, (await small.setup()).body]).toEqual([
    404,
    'there is no manager "small" here; there is: _default_, big\n',
  ]);
});
