import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { doctorForGalaxy } from './doctor-for-galaxy.ts';
import { PulsarCaller } from './pulsar-caller.ts';
import { trialJob } from './trial-job.ts';

/** What a scripted daemon answers: a status, or a text with status 200. */
type Answers = Readonly<Record<string, (query: URLSearchParams, body: string) => string | number>>;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A daemon that answers by script; paths have the job's id taken out. */
async function scriptedDaemon(changed: Answers = {}): Promise<{ url: string; calls: string[] }> {
  const calls: string[] = [];
  let word = '';
  const answers: Answers = {
    'GET /healthz': () => JSON.stringify({ version: '0.16.0', status: 'ok' }),
    'POST /jobs': (query) => {
      const directories = {
        job_directory: '/j',
        inputs_directory: '/j/inputs',
        working_directory: '/j/working',
      };
      return JSON.stringify({ job_id: query.get('job_id'), outputs_directory: '/j/outputs', ...directories });
    },
    'POST /jobs/ID/files': (query, body) => {
      word = body.trim();
      return JSON.stringify({ path: `/j/inputs/${query.get('name')}` });
    },
    'POST /jobs/ID/submit': () => 'OK',
    'GET /jobs/ID/status': () => JSON.stringify({ complete: 'true', status: 'complete', returncode: 0 }),
    'GET /jobs/ID/files': () => `${word}\n4\nhttp://master:5050\n`,
    'PUT /jobs/ID/cancel': () => 'OK',
    'DELETE /jobs/ID': () => 'OK',
    ...changed,
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://daemon');
    const call = `${request.method} ${pathname.replace(/\/jobs\/[^/]+/, '/jobs/ID')}`;
    calls.push(call);
    const answer = answers[call]?.(searchParams, await textOf(request)) ?? 404;
    response.writeHead(typeof answer === 'number' ? answer : 200).end(String(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** A URL at which something listened until now. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function doctor(daemon: string, token?: string): Promise<{ code: number; printed: string }> {
  const lines: string[] = [];
  const code = await doctorForGalaxy({ daemon, ...(token !== undefined && { token }) }, (line) =>
    lines.push(line),
  );
  return { code, printed: lines.join('\n') };
}

describe('doctorForGalaxy', () => {
  it('has a job run as Galaxy would, tells each step, and prints what to add to job_conf.yml', async () => {
    const { url, calls } = await scriptedDaemon();
    const { code, printed } = await doctor(`${url}/`, 'tokentoken');
    expect(code).toBe(0);
    expect(printed).toMatch(/^ok {4}daemon .* speaks Pulsar 0\.16\.0$/m);
    expect(printed).toMatch(/^ok {4}in jobs +GALAXY_SLOTS=4, MESOS_URL=http:\/\/master:5050$/m);
    expect(printed).toContain(`      url: ${url}/\n      private_token: 'tokentoken'\n`);
    expect(calls.at(-1)).toBe('DELETE /jobs/ID');
    expect(calls).not.toContain('PUT /jobs/ID/cancel');
  });

  it('says what to do where nothing answers, and prints nothing to paste', async () => {
    const { code, printed } = await doctor(await closedPort());
    expect(code).toBe(1);
    expect(printed).toMatch(/^BAD {3}http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/);
    expect(printed).toContain('-> start it with: galaxy-mesos daemon');
    expect(printed).not.toContain('runners:');
  });

  it('tells of a token that is refused', async () => {
    const { url } = await scriptedDaemon({ 'POST /jobs': () => 401 });
    const { code, printed } = await doctor(url);
    expect(code).toBe(1);
    expect(printed).toContain('BAD   the daemon refuses this token');
  });

  it('tells that something else listens there', async () => {
    const { url } = await scriptedDaemon({ 'GET /healthz': () => '<html>hello</html>' });
    expect((await doctor(url)).printed).toMatch(/GET \/healthz answered what no daemon does: <html>hello/);
  });

  it('tells that what listens there is no daemon, or does not speak TLS', async () => {
    const { url } = await scriptedDaemon({ 'GET /healthz': () => 404 });
    expect((await doctor(url)).printed).toContain('BAD   there is no daemon at this address');
    const secure = url.replace('http:', 'https:');
    expect((await doctor(secure)).printed).toContain(`BAD   ${secure} answers, but does not speak TLS`);
  });

  it('tells how a job ended that failed, and removes it', async () => {
    const status = { complete: 'true', status: 'failed', returncode: null, stderr: 'no room' };
    const { url, calls } = await scriptedDaemon({ 'GET /jobs/ID/status': () => JSON.stringify(status) });
    const { code, printed } = await doctor(url);
    expect(code).toBe(1);
    expect(printed).toContain('BAD   the job ended as failed, exit code null: no room');
    expect(calls.slice(-2)).toEqual(['PUT /jobs/ID/cancel', 'DELETE /jobs/ID']);
  });

  it('tells what a job wrote last that does not end', async () => {
    const status = { complete: 'false', status: 'running' };
    const { url, calls } = await scriptedDaemon({
      'GET /jobs/ID/status': () => JSON.stringify(status),
      'GET /api/v1/jobs/ID/logs': (query) => `${query.get('stream')}: no way to the daemon\n`,
    });
    let now = 0;
    const surroundings = {
      now: () => now,
      pause: async (ms: number) => {
        now += ms * 100;
      },
      word: '01234567',
    };
    const steps = async () => {
      for await (const _ of trialJob(new PulsarCaller({ url }), surroundings));
    };
    await expect(steps()).rejects.toThrow(
      'the job is still running after 120 s: stderr: no way to the daemon',
    );
    expect(calls.slice(-2)).toEqual(['PUT /jobs/ID/cancel', 'DELETE /jobs/ID']);
  });

  it('tells of an output that is not what the input makes it', async () => {
    const { url } = await scriptedDaemon({ 'GET /jobs/ID/files': () => 'other\n1\n\n' });
    expect((await doctor(url)).printed).toMatch(
      /BAD {3}the output has 'other' where the input has '[0-9a-f]{8}'/,
    );
  });

  it('refuses what is no URL', async () => {
    expect(await doctor('localhost:8913')).toMatchObject({ code: 2 });
  });
});
