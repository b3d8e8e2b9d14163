import { describe, expect, it } from 'vitest';
import { MasterClient, type SchedulerSessionOptions } from '../../src/index.ts';
import { useClosing } from '../../test-helpers/closing.ts';
import { framework, type TestScheduler } from '../../test-helpers/framework.ts';
import { letGo, untilLetGo } from '../../test-helpers/waiting-command.ts';
import { patient, scalar } from '../scheduler/real-cluster.ts';
import { startSessionProxy } from '../zookeeper/session-proxy.ts';
import { canElect, useElections } from './elections.ts';

interface Running {
  readonly test: TestScheduler;
  readonly frameworkId: string;
  readonly taskId: string;
  readonly agent_id: { readonly value: string };
}

describe.skipIf(!canElect)('a framework whose masters elect each other', () => {
  const { cluster, zooKeeper, addressWith, roles } = useElections({
    // Shared out beforehand, so that neither framework holds what the other one waits for.
    agents: [{ resources: 'cpus(one):1;mem(one):512;cpus(two):1;mem(two):512' }],
  });
  const { closing, subscribed } = useClosing();

  /** A framework with a task that runs until it is let go. */
  async function running(role: string, options: Partial<SchedulerSessionOptions>): Promise<Running> {
    const test = await subscribed('', { framework: { ...framework, roles: [role] }, ...options });
    const resources = [scalar('cpus', 0.1, { role }), scalar('mem', 32, { role })];
    const { agent_id } = await test.launch(role, untilLetGo, { resources });
    await test.updateTo(role, 'TASK_RUNNING');
    return { test, taskId: role, agent_id, frameworkId: test.session.frameworkId ?? '' };
  }

  const list = () =>
    cluster()
      .masters.map(({ url }) => url)
      .join(',');
  const byZooKeeper = () => running('one', { master: addressWith(undefined), contentType: 'json' });
  const byList = () => running('two', { master: list(), contentType: 'protobuf' });

  /** It has the same id at the new leader, and its task runs on. */
  async function expectMoved(
    { test, frameworkId, taskId, agent_id }: Running,
    leader: string,
  ): Promise<void> {
    expect((await test.next('SUBSCRIBED')).subscribed.framework_id.value).toBe(frameworkId);
    expect(test.session.masterUrl).toBe(leader);
    const master = closing(new MasterClient({ master: leader }));
    const agents = async () => (await master.call({ type: 'GET_AGENTS' })).agents ?? [];
    await expect.poll(agents, patient).toMatchObject([{ active: true }]);
    await test.session.send({
      type: 'RECONCILE',
      reconcile: { tasks: [{ task_id: { value: taskId }, agent_id }] },
    });
    const answer = await test.next(
      'UPDATE',
      ({ update: { status } }) =>
        status.task_id.value === taskId && status.reason === 'REASON_RECONCILIATION',
    );
    expect(answer.update.status.state).toBe('TASK_RUNNING');
  }

  it('moves to the new leader when the old one is killed, whether it asks ZooKeeper or masters', async () => {
    const { leader, standby } = await roles();
    const frameworks = [await byZooKeeper(), await byList()];
    for (const { test } of frameworks) expect(test.session.masterUrl).toBe(leader.url);
    await leader.kill();
    for (const { test } of frameworks)
      expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
    for (const one of frameworks) await expectMoved(one, standby.url);
    for (const { test } of frameworks) await test.session.send({ type: 'TEARDOWN' });
  });

  it('moves to the new leader when the old one is frozen and therefore deposed', async () => {
    const { leader, standby } = await roles();
    const moving = await byZooKeeper();
    const { test } = moving;
    leader.freeze();
    const pending = test.session.send({ type: 'REVIVE' }).catch((error: unknown) => error);
    expect((await test.next('DISCONNECTED')).reason).toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining(`${standby.url} leads now instead of ${leader.url}`),
    });
    expect(await pending).toMatchObject({ code: 'CALL_FATE_UNKNOWN', callType: 'REVIVE' });
    await expectMoved(moving, standby.url);
    await test.session.send({ type: 'TEARDOWN' });
    await leader.kill();
  });

  it('keeps its connection while ZooKeeper is out of its reach, and finds the next leader afterwards', async () => {
    const { leader, standby } = await roles();
    const proxy = closing(await startSessionProxy(zooKeeper().servers[0]?.port ?? 0));
    const staying = await running('one', { master: `zk://127.0.0.1:${proxy.port}/mesos` });
    const { test } = staying;
    proxy.isSilent = true;
    proxy.cut();
    await expect.poll(() => proxy.connected, patient).toBe(1);
    await test.session.send({ type: 'REVIVE' });
    expect(test.session).toMatchObject({ isConnected: true, masterUrl: leader.url });
    await leader.kill();
    expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
    // It tries the one that it knows of.
    await test.next('RETRYING', ({ reason }) => reason.message.includes(leader.url));
    proxy.isSilent = false;
    proxy.cut();
    await expectMoved(staying, standby.url);
    await test.session.send({ type: 'TEARDOWN' });
  });

  it('outlives ZooKeeper and all masters; a task that ends meanwhile is told of until that is acknowledged', async () => {
    const { leader, standby } = await roles();
    const [ending, staying] = [await byZooKeeper(), await byList()];
    await zooKeeper().servers[0]?.kill();
    // A leader that cannot reach ZooKeeper ends.
    for (const { test } of [ending, staying]) await test.next('DISCONNECTED');
    await staying.test.next(
      'RETRYING',
      ({ reason }) => reason.status === 503 && reason.answer === 'No leader elected',
    );
    await letGo(cluster().folder, ending.taskId);
    await standby.kill();
    await leader.kill();
    await zooKeeper().servers[0]?.restart();
    const now = (await roles()).leader;
    const finished = ending.test.updateTo(ending.taskId, 'TASK_FINISHED');
    await expectMoved(staying, now.url);
    expect((await ending.test.next('SUBSCRIBED')).subscribed.framework_id.value).toBe(ending.frameworkId);
    expect((await finished).message).toBe('Command exited with status 0');
    const task = { task_id: { value: ending.taskId }, agent_id: ending.agent_id };
    await ending.test.session.send({ type: 'RECONCILE', reconcile: { tasks: [task] } });
    const answer = await ending.test.next('UPDATE', ({ update }) => update.status.state !== 'TASK_FINISHED');
    expect(answer.update.status).toMatchObject({ state: 'TASK_GONE', reason: 'REASON_RECONCILIATION' });
    for (const { test } of [ending, staying]) await test.session.send({ type: 'TEARDOWN' });
  });
});
