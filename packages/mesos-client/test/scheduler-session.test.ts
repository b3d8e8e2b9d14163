import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { MasterClient, type SchedulerSessionOptions, type WireFormat } from '../src/index.ts';
import { framework, TestScheduler } from '../test-helpers/framework.ts';

const agent = { resources: 'cpus:4;mem:4096;disk:4096' };
const formats = ['json', 'protobuf'] as const satisfies readonly WireFormat[];
const sockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

const schedulers: TestScheduler[] = [];

function scheduler(options: ConstructorParameters<typeof TestScheduler>[0]): TestScheduler {
  const created = new TestScheduler(options);
  schedulers.push(created);
  return created;
}

async function started(options: Omit<SchedulerSessionOptions, 'framework'>): Promise<TestScheduler> {
  const created = scheduler(options);
  await created.start();
  return created;
}

afterEach(async () => {
  await Promise.all(schedulers.splice(0).map(({ session }) => session.close()));
});

describe.skipIf(!requireRealMesos())('a session with a real master', () => {
  let cluster: RealMesos;

  beforeAll(async () => {
    cluster = await startMesos({
      agents: [agent, agent],
      agentFlags: { executor_shutdown_grace_period: '2secs' },
    });
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  describe.each(formats)('in %s', (contentType) => {
    it('is told its framework id and its master', async () => {
      const { session } = await started({ master: cluster.url, contentType });
      expect(session.frameworkId).toMatch(/-\d{4}$/);
      expect(session.masterUrl).toBe(cluster.url);
      expect(session.master?.port).toBe(Number(new URL(cluster.url).port));
    });

    it('launches a task and hears of its exit status', async () => {
      const test = await started({ master: cluster.url, contentType });
      await test.launch('exits', 'echo out; exit 3');
      expect((await test.update('exits')).state).toBe('TASK_STARTING');
      const running = await test.update('exits');
      expect(running.state).toBe('TASK_RUNNING');
      expect(running.uuid).toBeInstanceOf(Uint8Array);
      const failed = await test.update('exits');
      expect(failed).toMatchObject({
        state: 'TASK_FAILED',
        message: 'Command exited with status 3',
        source: 'SOURCE_EXECUTOR',
      });
    });

    it('kills a task, and reconciles one that runs and one that never was', async () => {
      const test = await started({ master: cluster.url, contentType });
      const { agent_id } = await test.launch('sleeps', 'sleep 1000 & sleep 1000');
      await test.updateTo('sleeps', 'TASK_RUNNING');
      const tasks = ['sleeps', 'never'].map((value) => ({ task_id: { value }, agent_id }));
      await test.session.send({ type: 'RECONCILE', reconcile: { tasks } });
      expect(await test.update('sleeps')).toMatchObject({
        state: 'TASK_RUNNING',
        reason: 'REASON_RECONCILIATION',
      });
      expect(await test.update('never')).toMatchObject({ state: 'TASK_GONE' });
      await test.session.send({ type: 'KILL', kill: { task_id: { value: 'sleeps' }, agent_id } });
      expect((await test.update('sleeps')).state).toBe('TASK_KILLING');
      expect(await test.update('sleeps')).toMatchObject({
        state: 'TASK_KILLED',
        message: 'Command terminated with signal Terminated',
      });
    });

    it('stops offers and asks for them again', async () => {
      const test = await started({ master: cluster.url, contentType });
      const offer = await test.offer();
      await test.session.send({ type: 'SUPPRESS' });
      await test.session.send({
        type: 'DECLINE',
        decline: { offer_ids: [offer.id], filters: { refuse_seconds: 3600 } },
      });
      await test.session.send({ type: 'REVIVE' });
      expect((await test.offer()).id.value).not.toBe(offer.id.value);
    });

    it('tears the framework down, after which nothing of it is active', async () => {
      const test = await started({ master: cluster.url, contentType });
      await using master = new MasterClient({ master: cluster.url, contentType });
      const named = async () =>
        ((await master.call({ type: 'GET_FRAMEWORKS' })).frameworks ?? []).filter(
          ({ framework_info }) => framework_info.id?.value === test.session.frameworkId,
        );
      expect(await named()).toMatchObject([{ active: true, connected: true }]);
      await test.session.send({ type: 'TEARDOWN' });
      expect(await named()).toStrictEqual([]);
      await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    });

    it('gives a call that the master refuses its words', async () => {
      const test = await started({ master: cluster.url, contentType });
      const { agent_id } = await test.offer();
      const acknowledge = { agent_id, task_id: { value: 'none' }, uuid: new Uint8Array([1, 2, 3]) };
      await expect(test.session.send({ type: 'ACKNOWLEDGE', acknowledge })).rejects.toMatchObject({
        code: 'CALL_REFUSED',
        status: 400,
        callType: 'ACKNOWLEDGE',
        answer: expect.stringContaining('Not a valid UUID'),
      });
    });
  });

  it('honours the kill policy of KILL, for a task that ignores SIGTERM', async () => {
    const test = await started({ master: cluster.url });
    const kill_policy = { grace_period: { nanoseconds: 60_000_000_000n } };
    const { agent_id } = await test.launch('stubborn', "trap '' TERM; echo; while true; do sleep 0.1; done", {
      kill_policy,
    });
    await test.updateTo('stubborn', 'TASK_RUNNING');
    const short = { grace_period: { nanoseconds: 300_000_000n } };
    await test.session.send({
      type: 'KILL',
      kill: { task_id: { value: 'stubborn' }, agent_id, kill_policy: short },
    });
    const killed = await test.updateTo('stubborn', 'TASK_KILLED');
    expect(killed.message).toMatch(/^Command terminated with signal (Killed|Terminated)$/);
  });

  it('reports a task that takes longer than it may', async () => {
    const test = await started({ master: cluster.url });
    await test.launch('slow', 'sleep 1000', { max_completion_time: { nanoseconds: 200_000_000n } });
    expect(await test.updateTo('slow', 'TASK_FAILED')).toMatchObject({
      message: 'Command terminated with signal Killed',
      reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
    });
  });

  it('keeps the order of calls that are not waited for', async () => {
    const test = await started({ master: cluster.url });
    const { id, agent_id } = await test.offer();
    const task = { name: 'a', task_id: { value: 'ordered' }, agent_id, command: { value: 'sleep 1000' } };
    const resources = [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ] as const;
    const launch = { task_infos: [{ ...task, resources }] };
    const sent = [
      test.session.send({
        type: 'ACCEPT',
        accept: { offer_ids: [id], operations: [{ type: 'LAUNCH', launch }] },
      }),
      test.session.send({ type: 'RECONCILE', reconcile: { tasks: [{ task_id: task.task_id, agent_id }] } }),
    ];
    await Promise.all(sent);
    // Had RECONCILE come first, the task would be unknown.
    expect((await test.update('ordered')).state).toBe('TASK_STAGING');
  });

  it('stops when another scheduler takes over its framework', async () => {
    const first = await started({ master: cluster.url });
    const id = { value: first.session.frameworkId ?? '' };
    const second = scheduler({ master: cluster.url, framework: { ...framework, id } });
    await second.start();
    expect(await first.failure()).toMatchObject({
      code: 'FRAMEWORK_FAILED_OVER',
      answer: 'Framework failed over',
    });
    expect(second.session.frameworkId).toBe(id.value);
    expect(second.session.isConnected).toBe(true);
  });

  it('rejects start for a framework that was removed, or has a role that cannot be', async () => {
    const first = await started({ master: cluster.url });
    const id = { value: first.session.frameworkId ?? '' };
    await first.session.send({ type: 'TEARDOWN' });
    const again = scheduler({ master: cluster.url, framework: { ...framework, id } });
    await expect(again.start()).rejects.toMatchObject({ code: 'FRAMEWORK_REMOVED' });
    const badRole = scheduler({ master: cluster.url, framework: { ...framework, roles: ['a b'] } });
    await expect(badRole.start()).rejects.toMatchObject({
      code: 'SUBSCRIPTION_REFUSED',
      answer: expect.stringContaining('invalid role'),
    });
  });

  it('fails when the framework is torn down by an operator', async () => {
    const test = await started({ master: cluster.url });
    await using master = new MasterClient({ master: cluster.url });
    await master.call({
      type: 'TEARDOWN',
      teardown: { framework_id: { value: test.session.frameworkId ?? '' } },
    });
    expect((await test.failure()).code).toBe('FRAMEWORK_REMOVED');
  });

  it('leaves no socket and no timer behind', async () => {
    const before = [sockets(), timers()];
    const test = await started({ master: cluster.url });
    await test.session.send({ type: 'SUPPRESS' });
    expect(sockets()).toBeGreaterThan(before[0] ?? 0);
    await test.session.close();
    await expect.poll(() => [sockets(), timers()]).toStrictEqual(before);
    await using master = new MasterClient({ master: cluster.url });
    await expect
      .poll(async () => {
        const { frameworks = [] } = await master.call({ type: 'GET_FRAMEWORKS' });
        return frameworks.find(({ framework_info }) => framework_info.id?.value === test.session.frameworkId)
          ?.connected;
      })
      .toBe(false);
  });

  it('is closed by its signal', async () => {
    const controller = new AbortController();
    const test = scheduler({ master: cluster.url });
    await test.start(controller.signal);
    controller.abort();
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(scheduler({ master: cluster.url }).start(controller.signal)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe.skipIf(!requireRealMesos())('a session whose master dies', () => {
  it('subscribes again with its id once the master is back, and its task is still there', async () => {
    const cluster = await startMesos({ agents: [agent], separateProcesses: true });
    try {
      const test = await started({ master: cluster.url });
      const id = test.session.frameworkId;
      const { agent_id } = await test.launch('survivor', 'sleep 1000');
      await test.updateTo('survivor', 'TASK_RUNNING');
      await test.next('SUBSCRIBED');
      await cluster.killMaster();
      expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
      await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
      await cluster.restartMaster();
      expect((await test.next('SUBSCRIBED')).subscribed.framework_id.value).toBe(id);
      // The agent is back when it makes an offer.
      await test.offer();
      await test.session.send({
        type: 'RECONCILE',
        reconcile: { tasks: [{ task_id: { value: 'survivor' }, agent_id }] },
      });
      expect((await test.update('survivor')).state).toBe('TASK_RUNNING');
      await test.session.send({ type: 'TEARDOWN' });
    } finally {
      await cluster.stop();
    }
  });

  it('names every address and why, if none can be reached', async () => {
    const test = scheduler({ master: '127.0.0.1:1,127.0.0.1:2', connectTimeout: 300 });
    await expect(test.start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:1 .*refused.*http:\/\/127\.0\.0\.1:2 .*refused/),
    });
  });
});

describe.skipIf(!requireRealMesos())('a session with a master that asks for credentials', () => {
  let cluster: RealMesos;
  let folder: string;
  const credential = { principal: 'galaxy', secret: 'top-s3cret' };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mesos-client-'));
    const file = join(folder, 'credentials.json');
    writeFileSync(file, JSON.stringify({ credentials: [credential] }));
    cluster = await startMesos({
      agents: [],
      masterFlags: {
        authenticate_http_frameworks: 'true',
        http_framework_authenticators: 'basic',
        credentials: `file://${file}`,
      },
    });
  });

  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true });
  });

  it('subscribes with the right one', async () => {
    const test = await started({ master: cluster.url, credential });
    await test.session.send({ type: 'TEARDOWN' });
  });

  it('is refused with a wrong one, and none; the secret is in no error', async () => {
    const wrong = scheduler({ master: cluster.url, credential: { principal: 'galaxy', secret: 'wr0ng' } });
    const error = await wrong.start().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/wr0ng|Z2FsYXh5/);
    await expect(scheduler({ master: cluster.url }).start()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('is refused for a framework of another principal', async () => {
    const other = scheduler({
      master: cluster.url,
      credential,
      framework: { ...framework, principal: 'other' },
    });
    await expect(other.start()).rejects.toMatchObject({ code: 'PRINCIPAL_MISMATCH' });
  });
});
