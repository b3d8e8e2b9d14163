import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClientError, createClient } from '../../src/client/index.ts';
import { apiServer, listeningApiServer } from '../../test-helpers/api-server.ts';
import { eventually } from '../../test-helpers/eventually.ts';
import { exampleDocument, exampleJob } from '../../test-helpers/fake-job-service.ts';

async function served() {
  const server = await listeningApiServer();
  return { ...server, client: createClient({ url: `${server.url}/`, token: 'root-token' }) };
}

const failure = async (promise: Promise<unknown>): Promise<ClientError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClientError);
  return error as ClientError;
};

describe('a client', () => {
  it('submits a job, shows it, acts on it, and removes it', async () => {
    const { client, jobs } = await served();
    const { id } = await client.submit(exampleDocument, { paused: true });
    expect(await client.job(id)).toEqual(jobs.job(id));
    expect(await client.description(id)).toEqual(jobs.described(id));
    expect(await client.tasks(id)).toEqual(jobs.tasks(id));
    expect((await client.resume(id)).state).toBe('queued');
    expect((await client.pause(id)).state).toBe('paused');
    expect((await client.cancel(id)).state).toBe('deleted');
    jobs.change(id, 'error');
    expect((await client.retry(id)).state).toBe('queued');
    expect(await client.remove(id)).toBeUndefined();
    expect((await failure(client.job(id))).code).toBe('UNKNOWN_JOB');
  });

  it('lists all jobs, however many pages they are', async () => {
    const { client, jobs } = await served();
    const ids = Array.from({ length: 2005 }, (_, index) => `job-${index}`);
    for (const id of ids) await jobs.submit(exampleJob({ id, user: 'ada' }));
    expect((await Array.fromAsync(client.jobs())).map(({ id }) => id)).toEqual(ids);
    const last = await Array.fromAsync(client.jobs({ order: 'youngest', limit: 1002 }));
    expect(last.map(({ id }) => id)).toEqual(ids.slice(-1002).toReversed());
    expect(await Array.fromAsync(client.jobs({ user: 'ben' }))).toEqual([]);
    expect(await Array.fromAsync(client.jobs({ states: ['ok', 'error'] }))).toEqual([]);
  });

  it('tells what keeps a job from being forgotten', async () => {
    const { client, jobs } = await served();
    await jobs.submit(exampleJob());
    const gone = Promise.withResolvers<void>();
    jobs.removable = gone.promise;
    expect(await client.remove('job-1', { wait: 0 })).toEqual({ jobId: 'job-1', waitsFor: [] });
    gone.resolve();
    await eventually(() => jobs.job('job-1')).toBeUndefined();
  });

  it('shows the cluster', async () => {
    const { client, jobs } = await served();
    const resources = { cpus: 1, mem: 2, disk: 3 };
    jobs.agentViews = [{ id: 'a1', hostname: 'h', attributes: {}, used: resources, tasks: 1 }];
    jobs.waitingViews = [{ tasks: 1, jobs: ['a'], resources, reason: 'no room', impossible: false }];
    expect(await client.agents()).toEqual(jobs.agentViews);
    expect(await client.queue()).toEqual(jobs.waitingViews);
    expect(await client.metrics()).toContain('galaxy_mesos_jobs');
  });

  it('reads logs, empty ones too', async () => {
    const { client, jobs } = await served();
    await jobs.submit(exampleJob());
    expect(await client.log('job-1')).toBe('');
    jobs.logs.set('job-1-0 stderr', 'gää\n');
    expect(await client.log('job-1', { stream: 'stderr', taskId: 'job-1-0', bytes: 3 })).toBe('ä\n');
  });

  it('follows a log until the job has ended, from one attempt to the next', async () => {
    const { client, jobs } = await served();
    await jobs.submit(exampleJob());
    let text = '';
    const seen: Record<string, () => void> = {
      'one\n': () => jobs.write('job-1', 'gä'),
      'one\ngä': () => {
        jobs.write('job-1', 'last\n');
        jobs.beginAttempt('job-1');
        jobs.write('job-1', 'two\n');
        jobs.change('job-1', 'ok');
      },
    };
    const log = client.followLog('job-1');
    const first = log.next();
    jobs.write('job-1', 'one\n');
    text += (await first).value;
    seen[text]?.();
    for await (const part of log) {
      text += part;
      seen[text]?.();
    }
    expect(text).toBe('one\ngälast\n\n[galaxy-mesos: another attempt]\ntwo\n');
  });

  it('follows a log over a new start of the daemon, without a byte lost or doubled', async () => {
    const { client, jobs, fastify, url } = await served();
    await jobs.submit(exampleJob());
    // The break is in the middle of a character.
    jobs.write('job-1', Buffer.from('ää').subarray(0, 3));
    const errors: string[] = [];
    const log = client.followLog('job-1', { interrupted: ({ code }) => errors.push(code) });
    let text = (await log.next()).value;
    const next = log.next();
    await fastify.close();
    jobs.write('job-1', Buffer.from('ää').subarray(3));
    jobs.write('job-1', '\nlast\n');
    await eventually(() => errors.length).toBeGreaterThan(0);
    const again = await apiServer({ jobs });
    await again.fastify.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
    text += (await next).value;
    jobs.change('job-1', 'ok');
    for await (const part of log) text += part;
    expect(text).toBe('ää\nlast\n');
    expect(errors[0]).toBe('UNREACHABLE');
  });

  it('ends to follow when the token is taken away', async () => {
    const { client, jobs, book } = await served();
    await jobs.submit(exampleJob());
    jobs.write('job-1', 'one\n');
    const log = client.followLog('job-1');
    expect((await log.next()).value).toBe('one\n');
    book.replace([{ name: 'root', token: 'another-token', isAdmin: true }]);
    expect((await failure(log.next())).code).toBe('UNAUTHORIZED');
  });

  it('follows a log that is never written, and none of a task that there is not', async () => {
    const { client, jobs } = await served();
    await jobs.submit(exampleJob());
    jobs.change('job-1', 'deleted');
    expect(await Array.fromAsync(client.followLog('job-1'))).toEqual([]);
    expect((await failure(client.followLog('job-1', { taskId: 'no' }).next())).code).toBe('NOT_FOUND');
  });

  it('stops to follow when it is told to, and the daemon notices', async () => {
    const { client, jobs } = await served();
    await jobs.submit(exampleJob());
    jobs.write('job-1', 'one\n');
    const stop = new AbortController();
    let text = '';
    for await (const part of client.followLog('job-1', { signal: stop.signal })) {
      text += part;
      stop.abort();
    }
    expect(text).toBe('one\n');
    await eventually(() => jobs.listeners).toBe(0);
  });
});

describe('a client that cannot do what it should', () => {
  it('says that no daemon is there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const client = createClient({ url: `http://127.0.0.1:${port}` });
    const error = await failure(client.agents());
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toBe(
      `no daemon answers at http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    expect((await failure(client.events().next())).code).toBe('UNREACHABLE');
  });

  it.each([
    [200, 'text/html', '<html>'],
    [200, 'application/json', '{"agents":[{}]}'],
    [404, 'text/html', '<html>'],
  ])('says that something else is there (%i %s %s)', async (status, type, body) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    expect((await failure(client.agents())).code).toBe('NOT_A_DAEMON');
    expect((await failure(client.events().next())).code).toBe('NOT_A_DAEMON');
  });

  it('says what the daemon said', async () => {
    const { url, jobs } = await served();
    const stranger = createClient({ url, token: 'wrong' });
    for (const promise of [stranger.agents(), stranger.events().next(), stranger.followLog('a').next()]) {
      const { code, problem } = await failure(promise);
      expect(code).toBe('UNAUTHORIZED');
      expect(problem?.status).toBe(401);
    }
    const client = createClient({ url, token: 'root-token' });
    await jobs.submit(exampleJob());
    expect((await failure(client.retry('job-1'))).message).toBe('job job-1 is queued');
    expect((await failure(client.events({ jobId: 'nothing' }).next())).code).toBe('UNKNOWN_JOB');
  });
});
