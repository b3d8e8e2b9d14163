import { JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it } from 'vitest';
import { apiServer, as, listeningApiServer } from '../../test-helpers/api-server.ts';
import { eventually } from '../../test-helpers/eventually.ts';
import { exampleDocument, exampleJob } from '../../test-helpers/fake-job-service.ts';

const jobsUrl = '/api/v1/jobs';

describe('submitting', () => {
  it('takes a job as that of whoever submits it, and says where it is', async () => {
    const { fastify, jobs } = await apiServer();
    const response = await fastify.inject({
      ...{ method: 'POST', url: jobsUrl, headers: as('galaxy') },
      payload: { ...exampleDocument, id: 'a' },
    });
    expect(response.statusCode).toBe(201);
    expect(response.headers.location).toBe('/api/v1/jobs/a');
    expect(response.json()).toMatchObject({ id: 'a', state: 'queued', owner: 'galaxy' });
    expect(jobs.described('a')?.owner).toBe('galaxy');
  });

  it('makes up an id where there is none', async () => {
    const { fastify, jobs } = await apiServer();
    const payload = { command: 'date' };
    const response = await fastify.inject({ method: 'POST', url: jobsUrl, headers: as('galaxy'), payload });
    const { id } = response.json();
    expect(id).toMatch(/^job-[0-9a-f]{16}$/);
    expect(jobs.job(id)).toBeDefined();
  });

  it('takes a job that is to wait until it is resumed', async () => {
    const { fastify } = await apiServer();
    const url = `${jobsUrl}?paused=true`;
    const submitted = await fastify.inject({
      method: 'POST',
      url,
      headers: as('root'),
      payload: exampleDocument,
    });
    expect(submitted.json().state).toBe('paused');
    const resumed = await fastify.inject({
      method: 'POST',
      url: `${jobsUrl}/job-1/resume`,
      headers: as('root'),
    });
    expect(resumed.json().state).toBe('queued');
  });

  it('says of each field what is wrong with it', async () => {
    const { fastify } = await apiServer();
    const payload = { ...exampleDocument, command: '', resources: { cpus: 0 }, colour: 'red' };
    const response = await fastify.inject({ method: 'POST', url: jobsUrl, headers: as('galaxy'), payload });
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    const { code, status, errors, advice } = response.json();
    expect({ code, status }).toEqual({ code: 'BAD_REQUEST', status: 400 });
    expect(errors.map(({ field }: { field: string }) => field)).toEqual([
      'command',
      'resources.cpus',
      'colour',
    ]);
    expect(advice).toContain('openapi.json');
  });

  it.each([
    ['DUPLICATE_JOB', 409],
    ['REFUSED', 422],
    ['UNAVAILABLE', 503],
  ] as const)('answers %s of the service by %s', async (code, status) => {
    const { fastify, jobs } = await apiServer();
    jobs.failure = new JobServiceError(code, 'job-1', 'that does not do');
    const response = await fastify.inject({
      ...{ method: 'POST', url: jobsUrl, headers: as('galaxy'), payload: exampleDocument },
    });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ code, status, detail: 'that does not do' });
    expect(response.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });

  it('tells nothing of errors that are its own', async () => {
    const { fastify, jobs } = await apiServer();
    jobs.failure = new Error('password=s3cret');
    const response = await fastify.inject({
      ...{ method: 'POST', url: jobsUrl, headers: as('galaxy'), payload: exampleDocument },
    });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'INTERNAL' });
    expect(response.body).not.toContain('s3cret');
  });
});

it('takes a job that nothing could hold, and says so', async () => {
  const { fastify, jobs } = await apiServer();
  const resources = { cpus: 2, mem: 4096, disk: 4096 };
  jobs.agentViews = [
    { id: 'a1', hostname: 'h', attributes: {}, total: resources, used: resources, tasks: 1 },
  ];
  const submit = async (cpus: number) => {
    const payload = { command: 'date', resources: { cpus } };
    return fastify.inject({ method: 'POST', url: jobsUrl, headers: as('galaxy'), payload });
  };
  const impossible = await submit(99);
  expect(impossible.statusCode).toBe(201);
  expect(impossible.json().warning).toBe(
    'nothing that is known now could ever hold it: it asks for 99 cores; the largest of 1 agent has 2',
  );
  expect((await submit(2)).json()).not.toHaveProperty('warning');
  jobs.bringsAgents = true;
  expect((await submit(99)).json()).not.toHaveProperty('warning');
});

describe('jobs of others', () => {
  it('are not there for anybody but administrators', async () => {
    const { fastify, jobs } = await apiServer();
    await jobs.submit(exampleJob({ id: 'mine', owner: 'galaxy' }));
    await jobs.submit(exampleJob({ id: 'theirs', owner: 'other' }));
    const list = async (name: 'root' | 'galaxy', query = '') => {
      const { jobs: found } = (await fastify.inject({ url: jobsUrl + query, headers: as(name) })).json();
      return found.map(({ id }: { id: string }) => id);
    };
    expect(await list('galaxy')).toEqual(['mine']);
    expect(await list('galaxy', '?owner=other')).toEqual([]);
    expect(await list('root')).toEqual(['mine', 'theirs']);
    expect(await list('root', '?owner=other')).toEqual(['theirs']);
    const missing = await fastify.inject({ url: `${jobsUrl}/nothing`, headers: as('galaxy') });
    for (const path of ['', '/description', '/tasks', '/logs']) {
      const url = `${jobsUrl}/theirs${path}`;
      const { statusCode, body } = await fastify.inject({ url, headers: as('galaxy') });
      expect(statusCode).toBe(404);
      expect(body).toBe(missing.body.replaceAll('nothing', 'theirs'));
      expect((await fastify.inject({ url, headers: as('root') })).statusCode).toBe(200);
    }
    for (const action of ['retry', 'pause', 'resume', 'cancel']) {
      const url = `${jobsUrl}/theirs/${action}`;
      expect((await fastify.inject({ method: 'POST', url, headers: as('galaxy') })).statusCode).toBe(404);
    }
    const url = `${jobsUrl}/theirs`;
    expect((await fastify.inject({ method: 'DELETE', url, headers: as('galaxy') })).statusCode).toBe(404);
    expect(jobs.job('theirs')?.state).toBe('queued');
    expect((await fastify.inject({ method: 'DELETE', url, headers: as('root') })).statusCode).toBe(204);
    expect(jobs.job('theirs')).toBeUndefined();
  });
});

describe('the list of jobs', () => {
  it.each(['oldest', 'youngest'])(
    'comes page by page, %s first, all once, also when the one at the border is removed',
    async (order) => {
      const { fastify, jobs } = await apiServer();
      const ids = Array.from({ length: 7 }, (_, index) => `job-${index}`);
      for (const id of ids) await jobs.submit(exampleJob({ id }));
      const found: string[] = [];
      let after: string | undefined;
      do {
        const query = new URLSearchParams({ order, limit: '3', ...(after !== undefined && { after }) });
        const page = (await fastify.inject({ url: `${jobsUrl}?${query}`, headers: as('root') })).json();
        const pageIds = page.jobs.map(({ id }: { id: string }) => id);
        found.push(...pageIds);
        after = page.next;
        await jobs.remove(pageIds.at(-1));
      } while (after !== undefined);
      expect(found).toEqual(order === 'oldest' ? ids : ids.toReversed());
    },
  );

  it('is filtered by state and by user', async () => {
    const { fastify, jobs } = await apiServer();
    for (const [id, user] of [
      ['a', 'ada'],
      ['b', 'ben'],
      ['c', 'ada'],
    ] as const) {
      await jobs.submit(exampleJob({ id, user }));
    }
    jobs.change('a', 'running');
    jobs.change('b', 'ok');
    const list = async (query: string) => {
      const { jobs: found } = (
        await fastify.inject({ url: `${jobsUrl}?${query}`, headers: as('root') })
      ).json();
      return found.map(({ id }: { id: string }) => id).join('');
    };
    expect(await list('state=running&state=ok')).toBe('ab');
    expect(await list('state=queued')).toBe('c');
    expect(await list('user=ada')).toBe('ac');
    expect(await list('user=ada&state=running')).toBe('a');
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=1.5',
    'state=asleep',
    'after=job-1',
    'order=up',
    'sate=ok',
  ])('refuses %s', async (query) => {
    const { fastify } = await apiServer();
    const response = await fastify.inject({ url: `${jobsUrl}?${query}`, headers: as('root') });
    expect(response.statusCode).toBe(400);
    const [{ field }] = response.json().errors;
    expect(field).toMatch(
      query.startsWith('sate') ? /^query$/ : new RegExp(`^query.${query.split('=')[0]}$`),
    );
  });
});

describe('what is done to jobs', () => {
  it.each([
    ['pause', 'queued', 'paused'],
    ['resume', 'paused', 'queued'],
    ['retry', 'error', 'queued'],
    ['cancel', 'running', 'deleted'],
    ['cancel', 'ok', 'ok'],
  ] as const)('%s makes a job that was %s %s', async (action, before, after) => {
    const { fastify, jobs } = await apiServer();
    await jobs.submit(exampleJob());
    jobs.change('job-1', before);
    const url = `${jobsUrl}/job-1/${action}`;
    const response = await fastify.inject({ method: 'POST', url, headers: as('root') });
    expect(response.statusCode).toBe(200);
    expect(response.json().state).toBe(after);
  });

  it('is refused in a wrong state', async () => {
    const { fastify, jobs } = await apiServer();
    await jobs.submit(exampleJob());
    const url = `${jobsUrl}/job-1/retry`;
    const response = await fastify.inject({ method: 'POST', url, headers: as('root') });
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ code: 'WRONG_STATE', detail: 'job job-1 is queued' });
  });
});

it('does things for clients that say they send JSON, and send nothing', async () => {
  const { fastify, jobs } = await apiServer();
  await jobs.submit(exampleJob());
  const headers = { ...as('root'), 'content-type': 'application/json' };
  const cancelled = await fastify.inject({ method: 'POST', url: `${jobsUrl}/job-1/cancel`, headers });
  expect(cancelled.json().state).toBe('deleted');
  const removed = await fastify.inject({ method: 'DELETE', url: `${jobsUrl}/job-1`, headers });
  expect(removed.statusCode).toBe(204);
});

describe('the removal of a job', () => {
  const attempt = { number: 1, launchedAt: 1, agentId: 'a1', hostname: 'node-1' };
  const tasks = [
    {
      ...{ id: 'job-1-0', jobId: 'job-1', name: 'whole', state: 'cancelled' as const },
      attempts: [
        { ...attempt, id: 'job-1-0-1', state: 'TASK_LOST', endedAt: 2 },
        { ...attempt, id: 'job-1-0-2', state: 'TASK_KILLING' },
      ],
    },
  ] as const;

  it('says what it waits for, goes on, and can be asked for again', async () => {
    const { fastify, jobs } = await apiServer();
    await jobs.submit(exampleJob());
    jobs.setTasks('job-1', tasks);
    const gone = Promise.withResolvers<void>();
    jobs.removable = gone.promise;
    const remove = (query: string) =>
      fastify.inject({ method: 'DELETE', url: `${jobsUrl}/job-1${query}`, headers: as('root') });
    const first = await remove('?wait=0');
    expect(first.statusCode).toBe(202);
    expect(first.json()).toEqual({
      jobId: 'job-1',
      waitsFor: [
        {
          ...{ taskId: 'job-1-0', attemptId: 'job-1-0-2', state: 'TASK_KILLING' },
          ...{ agentId: 'a1', hostname: 'node-1', isAgentKnown: false },
        },
      ],
    });
    const second = remove('?wait=60');
    // When this one is answered, the one before it is waiting.
    expect((await remove('?wait=0')).statusCode).toBe(202);
    gone.resolve();
    expect((await second).statusCode).toBe(204);
    expect(jobs.job('job-1')).toBeUndefined();
    expect((await remove('')).statusCode).toBe(404);
  });

  it('is answered at once by what went wrong, and can be tried again', async () => {
    const { fastify, jobs } = await apiServer();
    await jobs.submit(exampleJob());
    jobs.failure = new JobServiceError('UNAVAILABLE', 'job-1', 'the disk is full');
    const remove = () => fastify.inject({ method: 'DELETE', url: `${jobsUrl}/job-1`, headers: as('root') });
    expect((await remove()).json()).toMatchObject({ status: 503, detail: 'the disk is full' });
    expect((await remove()).statusCode).toBe(204);
  });

  it('does not keep a daemon from stopping', async () => {
    const { fastify, jobs } = await listeningApiServer();
    await jobs.submit(exampleJob());
    jobs.removable = new Promise(() => {});
    const removing = fastify.inject({
      ...{ method: 'DELETE', url: `${jobsUrl}/job-1?wait=300`, headers: as('root') },
    });
    await eventually(() => jobs.removals).toBe(1);
    await fastify.close();
    expect((await removing).statusCode).toBe(202);
  });
});

describe('tasks, description and logs', () => {
  it('are shown', async () => {
    const { fastify, jobs } = await apiServer();
    await jobs.submit(exampleJob({ owner: 'root' }));
    jobs.logs.set('job-1-0 stderr', 'first\nlast\n');
    const get = (path: string) => fastify.inject({ url: `${jobsUrl}/job-1/${path}`, headers: as('root') });
    expect((await get('tasks')).json()).toEqual({ tasks: jobs.tasks('job-1') });
    expect((await get('description')).json()).toEqual(jobs.described('job-1'));
    expect((await get('logs?stream=stderr&bytes=5')).body).toBe('last\n');
    expect((await get('logs')).body).toBe('');
    expect((await get('logs?task=job-1-0&stream=stderr')).body).toBe('first\nlast\n');
    expect((await get('logs?task=job-2-0')).statusCode).toBe(404);
  });
});

describe('the cluster', () => {
  it('is shown: agents, what waits, and metrics', async () => {
    const { fastify, jobs } = await apiServer();
    await jobs.submit(exampleJob({ id: 'mine', owner: 'galaxy' }));
    await jobs.submit(exampleJob({ id: 'theirs', owner: 'other' }));
    const resources = { cpus: 1, mem: 2, disk: 3 };
    jobs.agentViews = [{ id: 'a1', hostname: 'h', attributes: { rack: '1' }, used: resources, tasks: 1 }];
    const waits = { tasks: 2, resources, reason: 'no agent has room', impossible: false };
    jobs.waitingViews = [
      { ...waits, jobs: ['mine', 'theirs'] },
      { ...waits, jobs: ['theirs'] },
    ];
    const get = async (path: string, name: 'root' | 'galaxy') =>
      (await fastify.inject({ url: `/api/v1/${path}`, headers: as(name) })).json();
    expect(await get('agents', 'galaxy')).toEqual({ agents: jobs.agentViews });
    expect(await get('queue', 'root')).toEqual({ waiting: jobs.waitingViews });
    expect(await get('queue', 'galaxy')).toEqual({ waiting: [{ ...waits, jobs: ['mine'] }] });
    const metrics = await fastify.inject({ url: '/api/v1/metrics', headers: as('galaxy') });
    expect(metrics.body).toContain('galaxy_mesos_jobs 1\n');
    expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
  });
});

describe('what leads nowhere', () => {
  it('is told as a problem', async () => {
    const { fastify } = await apiServer();
    const response = await fastify.inject({ url: '/api/v1/nowhere?private_token=root-token' });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ code: 'NO_SUCH_ROUTE' });
    expect(response.body).not.toContain('root-token');
  });

  it('asks for a token first', async () => {
    const { fastify } = await apiServer();
    const response = await fastify.inject({ url: '/api/v1/jobs', headers: { authorization: 'Bearer no' } });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json()).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
  });

  it('is a body that is no JSON, or is too large', async () => {
    const { fastify } = await apiServer();
    const post = (payload: string, type = 'application/json') =>
      fastify.inject({
        ...{ method: 'POST', url: jobsUrl, payload },
        headers: { ...as('root'), 'content-type': type },
      });
    for (const body of ['{"id":', '\u001b[2J', '{"__proto__": {}}']) {
      expect((await post(body)).json()).toMatchObject({ status: 400, detail: 'the body is no JSON' });
    }
    const [{ message }] = (await post('')).json().errors;
    expect(message).toMatch(/^is missing; expected a JSON object/);
    expect((await post('id=1', 'text/plain')).json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    expect((await post(`"${'x'.repeat(17 * 1024 * 1024)}"`)).json()).toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
  });
});
