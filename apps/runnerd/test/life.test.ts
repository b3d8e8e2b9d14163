import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob, untilThere } from './pulsar-job.ts';

const stateForTest = (): string => path.join(directoryForTest(), 'state');

/** A command that tells that it has begun, counts how often it was run, and waits for a file. */
const waiting = (directory: string, outputs: string): string =>
  `echo run >> ${directory}/runs; touch ${directory}/begun; ` +
  `while [ -d ${directory} ] && [ ! -e ${directory}/go ]; do sleep 0.05; done; cat ${directory}/runs > ${outputs}/runs`;

describe('the life of a daemon', () => {
  it('finds jobs again that ran when it was killed, and runs none of them twice', async () => {
    const state = stateForTest();
    const signs = directoryForTest();
    const first = startDaemon({ state });
    const job = await submitJob(callerOf(await first.url()), '7', ({ outputs }) => waiting(signs, outputs));
    await untilThere(signs, 'begun');
    await first.killed();
    const second = startDaemon({ state });
    const caller = callerOf(await second.url());
    expect(await caller.status(job.id)).toMatchObject({ complete: 'false' });
    writeFileSync(path.join(signs, 'go'), '');
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await caller.download(job.id, 'runs')).toBe('run\n');
  });

  it('reports a job that ended while there was no daemon', async () => {
    const state = stateForTest();
    const signs = directoryForTest();
    const first = startDaemon({ state });
    const command = (outputs: string) => `${waiting(signs, outputs)}; echo done > ${signs}/done; exit 3`;
    const job = await submitJob(callerOf(await first.url()), '7', ({ outputs }) => command(outputs));
    await untilThere(signs, 'begun');
    expect(await first.stopped()).toMatchObject({ code: 0, signal: null });
    writeFileSync(path.join(signs, 'go'), '');
    await untilThere(signs, 'done');
    const second = startDaemon({ state });
    const caller = callerOf(await second.url());
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 3 });
    expect(await caller.download(job.id, 'runs')).toBe('run\n');
  });

  it('cancels and pauses jobs though the cluster was never reached, and logs why that is', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => other.close(resolve));
    const daemon = startDaemon({ state: stateForTest(), flags: ['--mesos', `127.0.0.1:${port}`] });
    const url = await daemon.url();
    const caller = callerOf(url);
    const job = await submitJob(caller, '7', () => 'true');
    const ask = async (what: string) =>
      (await fetch(`${url}/api/v1/jobs/default._default_.7/${what}`, { method: 'POST' })).json();
    expect(await ask('pause')).toMatchObject({ state: 'paused' });
    await ask('resume');
    expect(await ask('cancel')).toMatchObject({ state: 'deleted' });
    await caller.delete(job.id);
    await daemon.until(() =>
      daemon.logged().some(({ detail }) => String(detail).includes('connection refused')),
    );
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'connecting' });
    expect((await daemon.stopped()).code).toBe(0);
  });

  it('answers what is being asked before it stops', async () => {
    const daemon = startDaemon({ state: stateForTest() });
    const url = await daemon.url();
    await callerOf(url).setUp('1');
    let more: (chunk?: string) => void = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        more = (chunk) => (chunk === undefined ? controller.close() : controller.enqueue(Buffer.from(chunk)));
      },
    });
    const upload = fetch(`${url}/jobs/1/files?name=a&type=input`, { method: 'POST', body, duplex: 'half' });
    more('first ');
    // It is being taken as soon as another request is answered that came later.
    await fetch(`${url}/healthz`);
    daemon.signal('SIGTERM');
    more('second');
    more();
    expect((await upload).status).toBe(200);
    expect((await daemon.ended()).code).toBe(0);
  });

  it('ends although somebody follows its events and a log', async () => {
    const signs = directoryForTest();
    const daemon = startDaemon({ state: stateForTest() });
    const url = await daemon.url();
    await submitJob(callerOf(url), '1', ({ outputs }) => waiting(signs, outputs));
    await untilThere(signs, 'begun');
    const events = new WebSocket(`${url.replace('http', 'ws')}/api/v1/events`);
    await once(events, 'open');
    const log = await fetch(`${url}/api/v1/jobs/default._default_.1/logs?follow=true&stream=stdout`);
    expect(log.status).toBe(200);
    daemon.signal('SIGTERM');
    await Promise.all([once(events, 'close'), log.text().catch(() => '')]);
    expect((await daemon.ended()).code).toBe(0);
  });

  it('takes tokens, and leaves what is wrong or needs a restart, when it is told to read its configuration again', async () => {
    const file = path.join(directoryForTest(), 'a.yml');
    writeFileSync(file, 'tokens: {galaxy: {value: first-token}}\n');
    const daemon = startDaemon({ state: stateForTest(), flags: ['--config', file] });
    const url = await daemon.url();
    const status = async (token: string) =>
      (await fetch(`${url}/jobs/1/status?private_token=${token}`)).status;
    expect([await status('first-token'), await status('other-token')]).toEqual([200, 401]);

    writeFileSync(file, 'tokens: {galaxy: {value: other-token}}\npulsar: {managers: [x]}\n');
    daemon.signal('SIGHUP');
    await daemon.until(async () => (await status('other-token')) === 200);
    expect(await status('first-token')).toBe(401);
    await daemon.until(() => daemon.logged().some(({ settings }) => String(settings) === 'pulsar'));

    writeFileSync(file, 'tokens: {galaxy: {value: third-token}}\nlistn: x\n');
    daemon.signal('SIGHUP');
    await daemon.until(() => daemon.stderr.includes('nothing was changed'));
    expect(daemon.logged().find(({ problems }) => problems)).toMatchObject({
      level: 'error',
      problems: [`${file}:2:1: listn: there is no such setting; did you mean listen?`],
    });
    expect([await status('other-token'), await status('third-token')]).toEqual([200, 401]);
  });

  it('logs one line of JSON an event, with the job that it is about and without any token', async () => {
    const daemon = startDaemon({
      state: stateForTest(),
      flags: ['--token', 'secret-token', '--log-level', 'debug'],
    });
    const caller = callerOf(await daemon.url(), 'secret-token');
    const job = await submitJob(caller, '9', () => 'SECRET_OF_TOOL=1 true');
    await completed(caller, job);
    await daemon.until(() => daemon.stderr.includes('job ok'));
    const { stderr } = await daemon.stopped();
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
    const states = daemon
      .logged()
      .filter(({ jobId }) => typeof jobId === 'string' && jobId.endsWith('9'))
      .map(({ msg }) => msg)
      .filter((msg) => String(msg).startsWith('job '));
    expect(states.at(-1)).toBe('job ok');
    expect(stderr).not.toContain('secret-token');
    expect(stderr).not.toContain('SECRET_OF_TOOL');
  });
});
