import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Authorizer } from '../http/credential.ts';
import { MesosError } from '../mesos-error.ts';
import { CallChannel } from './call-channel.ts';

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

/** A server that holds its answers until it is told to give them. */
async function holdingServer() {
  const arrived: string[] = [];
  const held: ServerResponse[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    arrived.push(text);
    held.push(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  toClose.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
  const answer = async (status = 202): Promise<void> => {
    await expect.poll(() => held.length).toBeGreaterThan(0);
    held.shift()?.writeHead(status).end('words');
  };
  const cutAnswer = async (): Promise<void> => {
    await expect.poll(() => held.length).toBeGreaterThan(0);
    const response = held.shift()?.writeHead(202, { 'content-length': '100' });
    response?.write('half', () => response.socket?.destroy());
  };
  return { url, arrived, answer, cutAnswer };
}

function channelTo(url: URL, failed: (error: MesosError) => void = () => {}) {
  const channel = new CallChannel({
    url,
    headers: {},
    connection: { timeout: 5000 },
    authorizer: new Authorizer(undefined),
    refused: ({ status, text }, callType) =>
      new MesosError('CALL_REFUSED', `${status} ${text}`, { status, callType }),
    failed,
  });
  toClose.push(() => channel.close(new MesosError('SESSION_LOST', 'the test has ended')));
  const post = (name: string, more: { isUrgent?: boolean; signal?: AbortSignal } = {}) =>
    channel.post({ type: name, body: Buffer.from(name), ...more });
  return { channel, post };
}

describe('a call channel', () => {
  it('sends one call at a time, acknowledgements before what waits', async () => {
    const { url, arrived, answer } = await holdingServer();
    const { post } = channelTo(url);
    const all = [post('a'), post('b'), post('c'), post('ack 1', { isUrgent: true })];
    all.push(post('ack 2', { isUrgent: true }));
    for (const _ of all) await answer();
    await Promise.all(all);
    expect(arrived).toStrictEqual(['a', 'ack 1', 'ack 2', 'b', 'c']);
  });

  it('goes on after a call that is refused', async () => {
    const { url, answer } = await holdingServer();
    const failures: string[] = [];
    const { post } = channelTo(url, (error) => failures.push(error.code));
    const [first, second] = [post('a'), post('b')];
    const refused = expect(first).rejects.toMatchObject({ code: 'CALL_REFUSED', callType: 'a', status: 400 });
    await answer(400);
    await answer();
    await Promise.all([refused, second]);
    expect(failures).toStrictEqual(['CALL_REFUSED']);
  });

  it('takes back a call that waits when its signal fires', async () => {
    const { url, arrived, answer } = await holdingServer();
    const { post } = channelTo(url);
    const abort = new AbortController();
    const [first, second, third] = [post('a'), post('b', { signal: abort.signal }), post('c')];
    const aborted = expect(second).rejects.toMatchObject({ code: 'ABORTED', callType: 'b' });
    abort.abort(new Error('enough'));
    await answer();
    await answer();
    await Promise.all([first, third, aborted]);
    expect(arrived).toStrictEqual(['a', 'c']);
    await expect(post('d', { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('leaves a call alone that is on its way when its signal fires, and says that its fate is unknown', async () => {
    const { url, arrived, answer } = await holdingServer();
    const { post } = channelTo(url);
    const abort = new AbortController();
    const first = expect(post('a', { signal: abort.signal })).rejects.toMatchObject({
      code: 'CALL_FATE_UNKNOWN',
    });
    await expect.poll(() => arrived).toStrictEqual(['a']);
    abort.abort();
    await first;
    const second = post('b');
    await answer();
    await answer();
    await second;
    expect(arrived).toStrictEqual(['a', 'b']);
  });

  it('rejects what waits when it is closed, and all that come after', async () => {
    const { url, arrived } = await holdingServer();
    const { channel, post } = channelTo(url);
    const first = expect(post('a')).rejects.toMatchObject({ code: 'CALL_FATE_UNKNOWN' });
    const second = expect(post('b')).rejects.toMatchObject({ code: 'SESSION_LOST' });
    await expect.poll(() => arrived).toStrictEqual(['a']);
    await channel.close(new MesosError('SESSION_LOST', 'over'));
    await Promise.all([first, second]);
    await expect(post('c')).rejects.toMatchObject({ code: 'SESSION_LOST' });
  });

  it('takes the head of an answer for an answer, though its body is cut off', async () => {
    const { url, arrived, cutAnswer, answer } = await holdingServer();
    const { post } = channelTo(url);
    const [first, second] = [post('a'), post('b')];
    await cutAnswer();
    await answer();
    await Promise.all([first, second]);
    expect(arrived).toStrictEqual(['a', 'b']);
  });

  it('sends nothing more where no connection for calls can be made, and says so', async () => {
    const failures: string[] = [];
    const { post } = channelTo(new URL('http://127.0.0.1:1/api'), (error) => failures.push(error.code));
    const [first, second] = await Promise.allSettled([post('a'), post('b')]);
    expect(first).toMatchObject({ reason: { code: 'NOT_CONNECTED' } });
    expect(second).toMatchObject({ reason: { code: 'SESSION_LOST' } });
    expect(failures).toStrictEqual(['NOT_CONNECTED']);
  });

  it('waits for its answers no longer than it is told to', async () => {
    const { url, answer } = await holdingServer();
    const { channel, post } = channelTo(url);
    let isAnswered = false;
    const first = post('a').then(() => {
      isAnswered = true;
    });
    await channel.drain(10);
    expect(isAnswered).toBe(false);
    await answer();
    await channel.drain(5000);
    expect(isAnswered).toBe(true);
    await first;
  });
});
