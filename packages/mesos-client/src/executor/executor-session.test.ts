import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutorStream, ScriptedAgent } from '@galaxy-mesos/mesos-testkit';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EventRecorder } from '../../test/executor/recorder.ts';
import { useClosing } from '../../test-helpers/closing.ts';
import { launchedTask } from '../../test-helpers/launched-task.ts';
import type { Call } from '../gen/executor.ts';
import type { ExecutorSessionEvent, ExecutorTaskStatus } from './executor-messages.ts';
import { ExecutorSession } from './executor-session.ts';
import type { ExecutorSessionOptions } from './session-options.ts';

const { closing } = useClosing();
const path = '/slave(1)/api/v1/executor';
const expected = {
  executorInfo: { executor_id: { value: 'executor-1' } },
  frameworkInfo: { user: 'root', name: 'test', id: { value: 'framework-1' } },
};

let agent: ScriptedAgent;
let session: ExecutorSession;
let recorder: EventRecorder;

/** An agent that expects the executor, and acknowledges nothing by itself. */
async function listen(options: { readonly socketPath?: string } = {}): Promise<ScriptedAgent> {
  const listening = closing(await ScriptedAgent.listen(options));
  listening.expectExecutor(expected);
  listening.acknowledges = false;
  return listening;
}

/** A session that waits for its agent unless told otherwise. */
function newSession(options: Partial<ExecutorSessionOptions> = {}): ExecutorSession {
  session = new ExecutorSession({
    frameworkId: 'framework-1',
    executorId: 'executor-1',
    endpoint: new URL(path, agent.url),
    contentType: 'json',
    recoveryTimeout: 60_000,
    maximumBackoff: 20,
    ...options,
  });
  return closing(session);
}

const running = (id: string): ExecutorTaskStatus => ({ task_id: { value: id }, state: 'TASK_RUNNING' });
const finished = (id: string): ExecutorTaskStatus => ({ task_id: { value: id }, state: 'TASK_FINISHED' });

/** Launches tasks, and waits until the session has told of them. */
async function launch(stream: ExecutorStream, ...tasks: readonly string[]): Promise<void> {
  for (const id of tasks) stream.send({ type: 'LAUNCH', launch: { task: launchedTask(id) } });
  for (const _ of tasks) await recorder.next('LAUNCH');
}

/** Subscribes, and has tasks launched. */
async function started(
  tasks: readonly string[] = [],
  options: Partial<ExecutorSessionOptions> = {},
): Promise<ExecutorStream> {
  await newSession(options).start(recorder.listener);
  await recorder.next('SUBSCRIBED');
  const stream = await agent.nextSubscription();
  await launch(stream, ...tasks);
  return stream;
}

function acknowledge(stream: ExecutorStream, { status }: Call.Update): void {
  const { task_id, uuid } = status;
  if (!uuid) throw new Error('an update without a uuid');
  stream.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id, uuid } });
}

const typesOf = (events: readonly ExecutorSessionEvent[]) => events.map(({ type }) => type);

/** What updates say, in few words. */
const told = (calls: readonly Call[]): readonly string[] =>
  calls.flatMap(({ update }) => (update ? [`${update.status.task_id.value} ${update.status.state}`] : []));

/** All calls that have come in, those that were not taken among them. */
const allCalls = (): readonly Call[] => agent.exchanges.map(({ call }) => call);
const count = (wanted: Call['type']): number => allCalls().filter(({ type }) => type === wanted).length;

const statesIn = ({ subscribe }: ExecutorStream) =>
  (subscribe.unacknowledged_updates ?? []).map(({ status }) => status.state);
const tasksIn = ({ subscribe }: ExecutorStream) =>
  (subscribe.unacknowledged_tasks ?? []).map(({ task_id }) => task_id.value);

/** From now on the agent opens event streams and says nothing. */
function openSilently(): void {
  agent
    .onEvery('SUBSCRIBE')
    .play(({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders());
}

beforeEach(async () => {
  agent = await listen();
  recorder = new EventRecorder();
});

describe('a session with its agent', () => {
  it('tells what the agent says, in order', async () => {
    const stream = await started(['a']);
    stream
      .send({ type: 'KILL', kill: { task_id: { value: 'a' } } })
      .send({ type: 'MESSAGE', message: { data: Uint8Array.of(1, 2) } })
      .send({ type: 'HEARTBEAT' })
      .send({ type: 'SHUTDOWN' });
    await recorder.next('SHUTDOWN');
    expect(typesOf(recorder.events)).toStrictEqual([
      'SUBSCRIBED',
      'LAUNCH',
      'KILL',
      'MESSAGE',
      'HEARTBEAT',
      'SHUTDOWN',
    ]);
  });

  it('fills in what an update needs beside what is new', async () => {
    await started(['a']);
    await session.update({ ...running('a'), message: 'here we go' });
    const call = await agent.nextCall('UPDATE');
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
    const uuid = Buffer.from(call.update.status.uuid ?? []).toString('hex');
    expect(uuid).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  it('sends updates and messages in the order in which they are given', async () => {
    await started(['a', 'b']);
    await Promise.all([
      session.update(running('a')),
      session.update(running('b')),
      session.message(Buffer.from('hello')),
      session.update(finished('a')),
    ]);
    const [, ...calls] = agent.calls;
    expect(calls.map(({ type }) => type)).toStrictEqual(['UPDATE', 'UPDATE', 'MESSAGE', 'UPDATE']);
    expect(Buffer.from(calls[2]?.message?.data ?? []).toString()).toBe('hello');
  });

  it.each([
    ['a state that is not for executors to tell', { ...running('a'), state: 'TASK_STAGING' }, /TASK_STAGING/],
    ['a field that there is not', { ...running('a'), mesage: 'x' }, /mesage/],
    ['a task that was not launched', running('b'), /no such task/],
  ])('refuses an update of %s', async (_, status, words) => {
    await started(['a']);
    await expect(session.update(status as ExecutorTaskStatus)).rejects.toThrow(words);
    await session.update(running('a'));
    expect(told(allCalls())).toStrictEqual(['a TASK_RUNNING']);
  });

  it('refuses an update after the last one of its task', async () => {
    await started(['a']);
    await session.update(finished('a'));
    await expect(session.update(running('a'))).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  });

  it('takes back an update that the agent refuses, and does not tell it again', async () => {
    const stream = await started(['a']);
    agent.onNext('UPDATE').answer(400, 'Not like this');
    await expect(session.update(finished('a'))).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      answer: 'Not like this',
    });
    await session.acknowledged();
    stream.end();
    expect(statesIn(await agent.nextSubscription())).toStrictEqual([]);
  });

  it('waits until all is acknowledged', async () => {
    const stream = await started(['a', 'b']);
    await Promise.all([session.update(running('a')), session.update(finished('b'))]);
    let isDone = false;
    const done = session.acknowledged().then(() => {
      isDone = true;
    });
    const [first, second] = [await agent.nextCall('UPDATE'), await agent.nextCall('UPDATE')];
    acknowledge(stream, second.update);
    await recorder.next('ACKNOWLEDGED');
    expect(isDone).toBe(false);
    acknowledge(stream, first.update);
    await done;
    await session.acknowledged();
  });

  it('tells a busy listener of nothing more once its signal has fired', async () => {
    const abort = new AbortController();
    const [toldOf, done] = [[] as string[], Promise.withResolvers<void>()];
    await newSession().start(
      ({ type }) => {
        toldOf.push(type);
        return type === 'LAUNCH' ? done.promise : undefined;
      },
      { signal: abort.signal },
    );
    const stream = await agent.nextSubscription();
    for (const id of ['a', 'b', 'c']) stream.send({ type: 'LAUNCH', launch: { task: launchedTask(id) } });
    await expect.poll(() => toldOf).toStrictEqual(['SUBSCRIBED', 'LAUNCH']);
    // The others are here as well: without that the listener would have nothing left to be told of.
    await expect.poll(() => session.update(running('c'))).toBeUndefined();
    abort.abort();
    done.resolve();
    await session.close();
    expect(toldOf).toStrictEqual(['SUBSCRIBED', 'LAUNCH']);
  });

  it('can be told to wait no longer for acknowledgements', async () => {
    await started(['a']);
    await session.update(running('a'));
    const controller = new AbortController();
    const waiting = session.acknowledged({ signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('sends a heartbeat every half hour, also to an agent that knows none', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const stream = await started(['a']);
      agent.onEvery('HEARTBEAT').answer(400);
      for (const _ of ['the first', 'the second']) {
        vi.advanceTimersByTime(30 * 60 * 1000);
        await agent.nextExchange(({ call }) => call.type === 'HEARTBEAT');
      }
      await session.update(running('a'));
      stream.send({ type: 'SHUTDOWN' });
      await recorder.next('SHUTDOWN');
    } finally {
      vi.useRealTimers();
    }
  });

  it('holds events while the listener is busy, and takes acknowledgements meanwhile', async () => {
    agent.acknowledges = true;
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
    const stream = await agent.nextSubscription();
    for (const id of ['a', 'b']) stream.send({ type: 'LAUNCH', launch: { task: launchedTask(id) } });
    await bothLaunched.promise;
    expect(order).toStrictEqual(['a acknowledged', 'b acknowledged']);
  });

  it('speaks over a UNIX socket, with the path of the agent and its token', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'executor-socket-'));
    try {
      const socketPath = join(folder, 'agent.sock');
      const overSocket = await listen({ socketPath });
      await newSession({ socketPath, credential: { token: 'a.b.c' } }).start(recorder.listener);
      await session.message(Uint8Array.of(1));
      for (const { path: asked, request } of overSocket.exchanges) {
        expect(asked).toBe(path);
        expect(request.headers.authorization).toBe('Bearer a.b.c');
      }
      expect(overSocket.exchanges).toHaveLength(2);
      expect(agent.connectionsSoFar).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves no socket when closed, and takes no more', async () => {
    await started(['a']);
    await session.update(running('a'));
    await session.close();
    await expect.poll(() => agent.connections).toBe(0);
    await expect(session.update(running('a'))).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await expect(session.acknowledged()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expect(session.isConnected).toBe(false);
  });

  it('is closed by the signal', async () => {
    const controller = new AbortController();
    await newSession().start(recorder.listener, { signal: controller.signal });
    controller.abort();
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({ code: 'ABORTED' });
    await expect.poll(() => agent.connections).toBe(0);
  });
});

describe('a session that has lost its agent', () => {
  it('tells it again what it may not know', async () => {
    const stream = await started(['a', 'b', 'c']);
    await session.update(running('a'));
    await session.update(running('b'));
    acknowledge(stream, (await agent.nextCall('UPDATE')).update);
    await recorder.next('ACKNOWLEDGED');
    stream.reset();
    const { reason } = await recorder.next('DISCONNECTED');
    expect(reason.code).toBe('CONNECTION_LOST');
    const again = await agent.nextSubscription();
    expect(tasksIn(again)).toStrictEqual(['b', 'c']);
    expect(again.subscribe.unacknowledged_updates).toStrictEqual([(await agent.nextCall('UPDATE')).update]);
  });

  it('keeps updates until it is back, and sends those once that were given meanwhile', async () => {
    const stream = await started(['a', 'b']);
    const held = agent.onNext('SUBSCRIBE').hold();
    stream.end();
    await recorder.next('DISCONNECTED');
    const first = session.update(running('a'));
    await held.arrived;
    const second = session.update(finished('a'));
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    held.release();
    await Promise.all([first, second]);
    expect(statesIn(await agent.nextSubscription())).toStrictEqual(['TASK_RUNNING']);
    expect(told(allCalls())).toStrictEqual(['a TASK_FINISHED']);
  });

  it('lets no update overtake one whose answer got lost', async () => {
    await started(['a', 'b']);
    agent.onNext('UPDATE').dropBeforeTaking();
    await Promise.all([running('a'), running('b'), finished('a')].map((status) => session.update(status)));
    expect(told(allCalls())).toStrictEqual(['a TASK_RUNNING']);
    expect(statesIn(await agent.nextSubscription())).toStrictEqual([
      'TASK_RUNNING',
      'TASK_RUNNING',
      'TASK_FINISHED',
    ]);
  });

  it('tells of a message whose answer got lost, does not send it again, and goes on', async () => {
    await started(['a']);
    agent.onNext('MESSAGE').dropAfterTaking();
    await expect(session.message(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'CALL_FATE_UNKNOWN',
      callType: 'MESSAGE',
    });
    await recorder.next('DISCONNECTED');
    await recorder.next('SUBSCRIBED');
    await session.update(running('a'));
    expect(count('MESSAGE')).toBe(1);
  });

  it('subscribes again where the agent says that it is not subscribed', async () => {
    await started(['a']);
    agent.onNext('UPDATE').answer(403, 'Executor is not subscribed');
    await Promise.all([session.update(running('a')), session.update(finished('a'))]);
    expect(told(allCalls())).toStrictEqual(['a TASK_RUNNING']);
    expect(statesIn(await agent.nextSubscription())).toStrictEqual(['TASK_RUNNING', 'TASK_FINISHED']);
  });

  it('tries again while the agent recovers', async () => {
    agent.onNext('SUBSCRIBE').answer(404);
    agent.onNext('SUBSCRIBE').answer(503, 'Agent has not finished recovery');
    await newSession().start(recorder.listener);
    expect(typesOf(recorder.events)).toStrictEqual(['RETRYING', 'RETRYING', 'SUBSCRIBED']);
  });

  it('gives up when the agent is away for too long', async () => {
    await started(['a'], { recoveryTimeout: 100 });
    agent.crash();
    const update = session.update(running('a')).catch((error: unknown) => error);
    const { error } = await recorder.next('FAILED');
    expect(error).toMatchObject({ code: 'RECOVERY_TIMED_OUT', cause: { code: 'CONNECTION_LOST' } });
    expect(await update).toBe(error);
    await expect(session.acknowledged()).rejects.toBe(error);
    await recorder.next('RETRYING');
  });

  it('gives up an agent that does not answer in that time', async () => {
    const stream = await started([], { recoveryTimeout: 100 });
    agent.onEvery('SUBSCRIBE').hold();
    stream.end();
    const { error } = await recorder.next('FAILED');
    expect(error.code).toBe('RECOVERY_TIMED_OUT');
  });

  it('gives up at once without checkpointing, and an update that nobody waits for harms nobody', async () => {
    const stream = await started(['a'], { recoveryTimeout: 0 });
    agent.onEvery('UPDATE').hold();
    void session.update(running('a'));
    stream.end();
    const { error } = await recorder.next('FAILED');
    expect(error.code).toBe('RECOVERY_TIMED_OUT');
    expect(error.message).toContain('without checkpointing');
    expect(typesOf(recorder.events)).not.toContain('DISCONNECTED');
    expect(count('SUBSCRIBE')).toBe(1);
  });
});

describe('an agent that does not do as agents do', () => {
  it.each(['SUBSCRIBED', 'LAUNCH', 'KILL', 'ACKNOWLEDGED', 'ERROR'] as const)(
    'breaks the stream, not the session, with %s without a payload',
    async (type) => {
      const stream = await started(['a']);
      stream.send({ type });
      expect((await recorder.next('DISCONNECTED')).reason).toMatchObject({
        code: 'MALFORMED_MESSAGE',
        message: expect.stringContaining(type),
      });
      await recorder.next('SUBSCRIBED');
    },
  );

  it('has one subscription however often it says so', async () => {
    const stream = await started(['a']);
    const { executorInfo: executor_info, frameworkInfo: framework_info } = expected;
    const subscribed = { executor_info, framework_info, agent_info: agent.info };
    const began = vi.spyOn(globalThis, 'setInterval');
    try {
      stream.send({ type: 'SUBSCRIBED', subscribed });
      await recorder.next('SUBSCRIBED');
      await session.update(running('a'));
      expect(began).not.toHaveBeenCalled();
    } finally {
      began.mockRestore();
    }
  });

  it('can be left while it has not said SUBSCRIBED', async () => {
    openSilently();
    const start = newSession().start(recorder.listener);
    start.catch(() => {});
    await agent.nextExchange();
    await session.close();
    await expect(start).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await expect.poll(() => agent.connections).toBe(0);
  });

  it('is given up where it has not said SUBSCRIBED in time', async () => {
    const stream = await started([], { recoveryTimeout: 100 });
    openSilently();
    stream.end();
    const { error } = await recorder.next('FAILED');
    expect(error.code).toBe('RECOVERY_TIMED_OUT');
  });

  it('may be subscribed at for longer than it may be away', async () => {
    const stream = await started([], { recoveryTimeout: 100 });
    stream.end();
    await recorder.next('SUBSCRIBED');
    await sleep(150);
    await session.message(Uint8Array.of(1));
    expect(count('SUBSCRIBE')).toBe(2);
  });
});

describe('a session that the agent does not want', () => {
  it('ends where the agent does not know the executor', async () => {
    agent.forget();
    agent.expectExecutor({ ...expected, executorInfo: { executor_id: { value: 'another' } } });
    await expect(newSession().start(recorder.listener)).rejects.toMatchObject({
      code: 'EXECUTOR_REFUSED',
      answer: 'Executor cannot be found',
    });
    expect(agent.exchanges).toHaveLength(1);
    expect(recorder.events).toStrictEqual([]);
  });

  it('ends where the agent has forgotten it meanwhile', async () => {
    const stream = await started(['a']);
    agent.forget();
    stream.end();
    const { error } = await recorder.next('FAILED');
    expect(error).toMatchObject({ code: 'EXECUTOR_REFUSED', answer: 'Framework cannot be found' });
  });

  it('ends where the token is refused', async () => {
    agent.onEvery('SUBSCRIBE').answer(401);
    const start = newSession({ credential: { token: 's3cret' } }).start(recorder.listener);
    await expect(start).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(start).rejects.not.toThrow(/s3cret/);
  });

  it('ends at an ERROR event', async () => {
    const stream = await started(['a']);
    stream.send({ type: 'ERROR', error: { message: 'go away' } });
    const { error } = await recorder.next('FAILED');
    expect(error).toMatchObject({ code: 'EXECUTOR_REFUSED', answer: 'go away' });
    const last: ExecutorSessionEvent | undefined = recorder.events.at(-1);
    expect(last?.type).toBe('FAILED');
  });
});
