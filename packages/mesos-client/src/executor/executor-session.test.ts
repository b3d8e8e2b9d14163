import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventRecorder } from '../../test/executor/recorder.ts';
import { type AgentExchange, ScriptedAgent } from '../../test/executor/scripted-agent.ts';
import type { ExecutorSessionEvent, ExecutorTaskStatus } from './executor-messages.ts';
import { ExecutorSession } from './executor-session.ts';
import type { ExecutorSessionOptions } from './session-options.ts';

let agent: ScriptedAgent;
let session: ExecutorSession;
let recorder: EventRecorder;

/** A session that waits for its agent unless told otherwise. */
function newSession(options: Partial<ExecutorSessionOptions> = {}): ExecutorSession {
  session = new ExecutorSession({
    frameworkId: 'framework-1',
    executorId: 'executor-1',
    endpoint: agent.endpoint,
    contentType: 'json',
    recoveryTimeout: 60_000,
    maximumBackoff: 20,
    ...options,
  });
  return session;
}

const running = (id: string): ExecutorTaskStatus => ({ task_id: { value: id }, state: 'TASK_RUNNING' });
const finished = (id: string): ExecutorTaskStatus => ({ task_id: { value: id }, state: 'TASK_FINISHED' });

/** Takes everything, and launches tasks with the first subscription. */
function takeAll(...tasks: readonly string[]): (exchange: AgentExchange) => void {
  let isFirst = true;
  return (exchange) => {
    if (exchange.call.type !== 'SUBSCRIBE') return exchange.answer(202);
    exchange.subscribed();
    if (isFirst) exchange.launch(...tasks);
    isFirst = false;
  };
}

async function started(...tasks: readonly string[]): Promise<AgentExchange> {
  agent.play = takeAll(...tasks);
  await newSession().start(recorder.listener);
  for (const _ of tasks) await recorder.next('LAUNCH');
  return agent.called('SUBSCRIBE');
}

/** What updates say, in few words. */
const told = (exchanges: readonly AgentExchange[]): readonly string[] =>
  exchanges.flatMap(({ call }) =>
    call.update ? [`${call.update.status.task_id.value} ${call.update.status.state}`] : [],
  );

const statesIn = ({ call }: AgentExchange) =>
  (call.subscribe?.unacknowledged_updates ?? []).map(({ status }) => status.state);
const tasksIn = ({ call }: AgentExchange) =>
  (call.subscribe?.unacknowledged_tasks ?? []).map(({ task_id }) => task_id.value);

beforeEach(async () => {
  agent = await new ScriptedAgent().listen();
  recorder = new EventRecorder();
});

afterEach(async () => {
  await session.close();
  await agent.close();
});

describe('a session with its agent', () => {
  it('tells what the agent says, in order', async () => {
    const stream = await started('a');
    stream
      .send({ type: 'KILL', kill: { task_id: { value: 'a' } } })
      .send({ type: 'MESSAGE', message: { data: Uint8Array.of(1, 2) } })
      .send({ type: 'HEARTBEAT' })
      .send({ type: 'SHUTDOWN' });
    await recorder.next('SHUTDOWN');
    expect(recorder.events.map(({ type }) => type)).toStrictEqual([
      'SUBSCRIBED',
      'LAUNCH',
      'KILL',
      'MESSAGE',
      'HEARTBEAT',
      'SHUTDOWN',
    ]);
  });

  it('fills in what an update needs beside what is new', async () => {
    await started('a');
    await session.update({ ...running('a'), message: 'here we go' });
    const { call } = await agent.called('UPDATE');
    expect(call).toMatchObject({
      framework_id: { value: 'framework-1' },
      executor_id: { value: 'executor-1' },
      update: {
        status: {
          task_id: { value: 'a' },
          state: 'TASK_RUNNING',
          message: 'here we go',
          source: 'SOURCE_EXECUTOR',
          executor_id: { value: 'executor-1' },
          timestamp: expect.closeTo(Date.now() / 1000, -2),
        },
      },
    });
    const uuid = Buffer.from(call.update?.status.uuid ?? []).toString('hex');
    expect(uuid).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  it('sends updates and messages in the order in which they are given', async () => {
    await started('a', 'b');
    await Promise.all([
      session.update(running('a')),
      session.update(running('b')),
      session.message(Buffer.from('hello')),
      session.update(finished('a')),
    ]);
    const calls = agent.exchanges.slice(1).map(({ call }) => call);
    expect(calls.map(({ type }) => type)).toStrictEqual(['UPDATE', 'UPDATE', 'MESSAGE', 'UPDATE']);
    expect(Buffer.from(calls[2]?.message?.data ?? []).toString()).toBe('hello');
  });

  it.each([
    ['a state that is not for executors to tell', { ...running('a'), state: 'TASK_STAGING' }, /TASK_STAGING/],
    ['a field that there is not', { ...running('a'), mesage: 'x' }, /mesage/],
    ['a task that was not launched', running('b'), /no such task/],
  ])('refuses an update of %s', async (_, status, words) => {
    await started('a');
    await expect(session.update(status as ExecutorTaskStatus)).rejects.toThrow(words);
    await session.update(running('a'));
    expect(told(agent.exchanges)).toStrictEqual(['a TASK_RUNNING']);
  });

  it('refuses an update after the last one of its task', async () => {
    await started('a');
    await session.update(finished('a'));
    await expect(session.update(running('a'))).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  });

  it('takes back an update that the agent refuses, and does not tell it again', async () => {
    const stream = await started('a');
    agent.play = (exchange) =>
      exchange.call.type === 'SUBSCRIBE' ? exchange.subscribed() : exchange.answer(400, 'Not like this');
    await expect(session.update(finished('a'))).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      answer: 'Not like this',
    });
    await session.acknowledged();
    stream.end();
    expect(statesIn(await agent.called('SUBSCRIBE', 2))).toStrictEqual([]);
  });

  it('waits until all is acknowledged', async () => {
    const stream = await started('a', 'b');
    await Promise.all([session.update(running('a')), session.update(finished('b'))]);
    let isDone = false;
    const done = session.acknowledged().then(() => {
      isDone = true;
    });
    const updates = agent.exchanges.slice(1).map(({ call }) => call.update);
    stream.acknowledge(updates[1]);
    await recorder.next('ACKNOWLEDGED');
    expect(isDone).toBe(false);
    stream.acknowledge(updates[0]);
    await done;
    await session.acknowledged();
  });

  it('tells a busy listener of nothing more once its signal has fired', async () => {
    agent.play = takeAll('a', 'b', 'c');
    const abort = new AbortController();
    const [toldOf, done] = [[] as string[], Promise.withResolvers<void>()];
    await newSession().start(
      ({ type }) => {
        toldOf.push(type);
        return type === 'LAUNCH' ? done.promise : undefined;
      },
      { signal: abort.signal },
    );
    await expect.poll(() => toldOf).toStrictEqual(['SUBSCRIBED', 'LAUNCH']);
    // The others are here as well: without that the listener would have nothing left to be told of.
    await expect.poll(() => session.update(running('c'))).toBeUndefined();
    abort.abort();
    done.resolve();
    await session.close();
    expect(toldOf).toStrictEqual(['SUBSCRIBED', 'LAUNCH']);
  });

  it('can be told to wait no longer for acknowledgements', async () => {
    await started('a');
    await session.update(running('a'));
    const controller = new AbortController();
    const waiting = session.acknowledged({ signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('sends a heartbeat every half hour, also to an agent that knows none', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const stream = await started('a');
      agent.play = (exchange) => exchange.answer(exchange.call.type === 'HEARTBEAT' ? 400 : 202);
      vi.advanceTimersByTime(30 * 60 * 1000);
      await agent.called('HEARTBEAT');
      vi.advanceTimersByTime(30 * 60 * 1000);
      await agent.called('HEARTBEAT', 2);
      await session.update(running('a'));
      stream.send({ type: 'SHUTDOWN' });
      await recorder.next('SHUTDOWN');
    } finally {
      vi.useRealTimers();
    }
  });

  it('holds events while the listener is busy, and takes acknowledgements meanwhile', async () => {
    agent.play = (exchange) => {
      if (exchange.call.type === 'SUBSCRIBE') exchange.subscribed().launch('a', 'b');
      else {
        exchange.answer(202);
        agent.exchanges[0]?.acknowledge(exchange.call.update);
      }
    };
    const order: string[] = [];
    const bothLaunched = Promise.withResolvers<void>();
    await newSession().start(async (event) => {
      if (event.type !== 'LAUNCH') return;
      const { task_id } = event.launch.task;
      await session.update({ task_id, state: 'TASK_FINISHED' });
      await session.acknowledged();
      order.push(`${task_id.value} acknowledged`);
      if (task_id.value === 'b') bothLaunched.resolve();
    });
    await bothLaunched.promise;
    expect(order).toStrictEqual(['a acknowledged', 'b acknowledged']);
  });

  it('speaks over a UNIX socket, with the path of the agent and its token', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'executor-socket-'));
    const socketPath = join(folder, 'agent.sock');
    const overSocket = await new ScriptedAgent().listen(socketPath);
    try {
      overSocket.play = takeAll();
      await newSession({ socketPath, credential: { token: 'a.b.c' } }).start(recorder.listener);
      await session.message(Uint8Array.of(1));
      for (const { request } of overSocket.exchanges) {
        expect(request.url).toBe('/slave(1)/api/v1/executor');
        expect(request.headers.authorization).toBe('Bearer a.b.c');
      }
      expect(overSocket.exchanges).toHaveLength(2);
      expect(agent.exchanges).toHaveLength(0);
    } finally {
      await session.close();
      await overSocket.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves no socket when closed, and takes no more', async () => {
    await started('a');
    await session.update(running('a'));
    await session.close();
    await vi.waitFor(() => expect(agent.connections).toBe(0));
    await expect(session.update(running('a'))).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await expect(session.acknowledged()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expect(session.isConnected).toBe(false);
  });

  it('is closed by the signal', async () => {
    const controller = new AbortController();
    agent.play = takeAll();
    await newSession().start(recorder.listener, { signal: controller.signal });
    controller.abort();
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({ code: 'ABORTED' });
    await vi.waitFor(() => expect(agent.connections).toBe(0));
  });
});

describe('a session that has lost its agent', () => {
  it('tells it again what it may not know', async () => {
    const stream = await started('a', 'b', 'c');
    await session.update(running('a'));
    await session.update(running('b'));
    stream.acknowledge((await agent.called('UPDATE')).call.update);
    await recorder.next('ACKNOWLEDGED');
    stream.reset();
    const { reason } = await recorder.next('DISCONNECTED');
    expect(reason.code).toBe('CONNECTION_LOST');
    const again = await agent.called('SUBSCRIBE', 2);
    expect(tasksIn(again)).toStrictEqual(['b', 'c']);
    expect(again.call.subscribe?.unacknowledged_updates).toStrictEqual([
      (await agent.called('UPDATE', 2)).call.update,
    ]);
  });

  it('keeps updates until it is back, and sends those once that were given meanwhile', async () => {
    const stream = await started('a', 'b');
    const held = Promise.withResolvers<AgentExchange>();
    agent.play = (exchange) => held.resolve(exchange);
    stream.end();
    await recorder.next('DISCONNECTED');
    const first = session.update(running('a'));
    const subscribing = await held.promise;
    const second = session.update(finished('a'));
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    agent.play = (exchange) => exchange.answer(202);
    subscribing.subscribed();
    await Promise.all([first, second]);
    expect(statesIn(subscribing)).toStrictEqual(['TASK_RUNNING']);
    expect(told(agent.exchanges)).toStrictEqual(['a TASK_FINISHED']);
  });

  it('lets no update overtake one whose answer got lost', async () => {
    await started('a', 'b');
    agent.play = (exchange) => exchange.reset();
    const updates = [running('a'), running('b'), finished('a')].map((status) => session.update(status));
    await agent.called('UPDATE');
    agent.play = takeAll();
    await Promise.all(updates);
    expect(told(agent.exchanges)).toStrictEqual(['a TASK_RUNNING']);
    expect(statesIn(await agent.called('SUBSCRIBE', 2))).toStrictEqual([
      'TASK_RUNNING',
      'TASK_RUNNING',
      'TASK_FINISHED',
    ]);
  });

  it('tells of a message whose answer got lost, does not send it again, and goes on', async () => {
    await started('a');
    agent.play = (exchange) => {
      agent.play = takeAll();
      exchange.reset();
    };
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'CALL_FATE_UNKNOWN',
      callType: 'MESSAGE',
    });
    await recorder.next('DISCONNECTED');
    await agent.called('SUBSCRIBE', 2);
    await session.update(running('a'));
    expect(agent.exchanges.filter(({ call }) => call.type === 'MESSAGE')).toHaveLength(1);
  });

  it('subscribes again where the agent says that it is not subscribed', async () => {
    await started('a');
    agent.play = (exchange) =>
      exchange.call.type === 'SUBSCRIBE'
        ? exchange.subscribed()
        : exchange.answer(403, 'Executor is not subscribed');
    await session.update(running('a'));
    expect(statesIn(await agent.called('SUBSCRIBE', 2))).toStrictEqual(['TASK_RUNNING']);
  });

  it('tries again while the agent recovers', async () => {
    let tries = 0;
    agent.play = (exchange) => {
      tries += 1;
      if (tries < 3) exchange.answer(tries === 1 ? 404 : 503, 'Agent has not finished recovery');
      else exchange.subscribed();
    };
    await newSession().start(recorder.listener);
    const types = recorder.events.map(({ type }) => type);
    expect(types).toStrictEqual(['RETRYING', 'RETRYING', 'SUBSCRIBED']);
  });

  it('gives up when the agent is away for too long', async () => {
    agent.play = takeAll('a');
    await newSession({ recoveryTimeout: 100 }).start(recorder.listener);
    await recorder.next('LAUNCH');
    await agent.close();
    const update = session.update(running('a')).catch((error: unknown) => error);
    const { error } = await recorder.next('FAILED');
    expect(error).toMatchObject({ code: 'RECOVERY_TIMED_OUT', cause: { code: 'CONNECTION_LOST' } });
    expect(await update).toBe(error);
    await expect(session.acknowledged()).rejects.toBe(error);
    await recorder.next('RETRYING');
  });

  it('gives up an agent that does not answer in that time', async () => {
    agent.play = (exchange) => exchange.subscribed();
    await newSession({ recoveryTimeout: 100 }).start(recorder.listener);
    agent.play = () => {};
    (await agent.called('SUBSCRIBE')).end();
    const { error } = await recorder.next('FAILED');
    expect(error.code).toBe('RECOVERY_TIMED_OUT');
  });

  it('gives up at once without checkpointing, and an update that nobody waits for harms nobody', async () => {
    agent.play = takeAll('a');
    await newSession({ recoveryTimeout: 0 }).start(recorder.listener);
    await recorder.next('LAUNCH');
    agent.play = () => {};
    void session.update(running('a'));
    (await agent.called('SUBSCRIBE')).end();
    const { error } = await recorder.next('FAILED');
    expect(error.code).toBe('RECOVERY_TIMED_OUT');
    expect(error.message).toContain('without checkpointing');
    expect(recorder.events.map(({ type }) => type)).not.toContain('DISCONNECTED');
    expect(agent.exchanges.filter(({ call }) => call.type === 'SUBSCRIBE')).toHaveLength(1);
  });
});

describe('an agent that does not do as agents do', () => {
  it.each(['SUBSCRIBED', 'LAUNCH', 'KILL', 'ACKNOWLEDGED', 'ERROR'] as const)(
    'breaks the stream, not the session, with %s without a payload',
    async (type) => {
      const stream = await started('a');
      stream.send({ type });
      expect((await recorder.next('DISCONNECTED')).reason).toMatchObject({
        code: 'MALFORMED_MESSAGE',
        message: expect.stringContaining(type),
      });
      await recorder.next('SUBSCRIBED');
    },
  );

  it('has one subscription however often it says so', async () => {
    const began = vi.spyOn(globalThis, 'setInterval');
    try {
      const stream = await started('a');
      stream.subscribed();
      await recorder.next('SUBSCRIBED');
      await session.update(running('a'));
      expect(began).toHaveBeenCalledTimes(1);
    } finally {
      began.mockRestore();
    }
  });

  it('can be left while it has not said SUBSCRIBED', async () => {
    agent.play = (exchange) => exchange.open();
    const start = newSession().start(recorder.listener);
    start.catch(() => {});
    await agent.called('SUBSCRIBE');
    await session.close();
    await expect(start).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await vi.waitFor(() => expect(agent.connections).toBe(0));
  });

  it('is given up where it has not said SUBSCRIBED in time', async () => {
    agent.play = takeAll();
    await newSession({ recoveryTimeout: 100 }).start(recorder.listener);
    agent.play = (exchange) => exchange.open();
    (await agent.called('SUBSCRIBE')).end();
    const { error } = await recorder.next('FAILED');
    expect(error.code).toBe('RECOVERY_TIMED_OUT');
  });

  it('may be subscribed at for longer than it may be away', async () => {
    agent.play = takeAll('a');
    await newSession({ recoveryTimeout: 100 }).start(recorder.listener);
    (await agent.called('SUBSCRIBE')).end();
    await recorder.next('DISCONNECTED');
    await agent.called('SUBSCRIBE', 2);
    await sleep(150);
    await session.message(Uint8Array.of(1));
    expect(agent.exchanges.filter(({ call }) => call.type === 'SUBSCRIBE')).toHaveLength(2);
  });
});

describe('a session that the agent does not want', () => {
  it('ends where the agent does not know the executor', async () => {
    agent.play = (exchange) => exchange.answer(400, 'Executor cannot be found');
    await expect(newSession().start(recorder.listener)).rejects.toMatchObject({
      code: 'EXECUTOR_REFUSED',
      answer: 'Executor cannot be found',
    });
    expect(agent.exchanges).toHaveLength(1);
    expect(recorder.events).toStrictEqual([]);
  });

  it('ends where the agent has forgotten it meanwhile', async () => {
    const stream = await started('a');
    agent.play = (exchange) => exchange.answer(400, 'Framework cannot be found');
    stream.end();
    const { error } = await recorder.next('FAILED');
    expect(error).toMatchObject({ code: 'EXECUTOR_REFUSED', answer: 'Framework cannot be found' });
  });

  it('ends where the token is refused', async () => {
    agent.play = (exchange) => exchange.answer(401);
    const start = newSession({ credential: { token: 's3cret' } }).start(recorder.listener);
    await expect(start).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(start).rejects.not.toThrow(/s3cret/);
  });

  it('ends at an ERROR event', async () => {
    const stream = await started('a');
    stream.send({ type: 'ERROR', error: { message: 'go away' } });
    const { error } = await recorder.next('FAILED');
    expect(error).toMatchObject({ code: 'EXECUTOR_REFUSED', answer: 'go away' });
    const last: ExecutorSessionEvent | undefined = recorder.events.at(-1);
    expect(last?.type).toBe('FAILED');
  });
});
