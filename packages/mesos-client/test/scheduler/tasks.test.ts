import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { TaskInfo } from '../../src/gen/mesos.ts';
import type { TestScheduler } from '../../test-helpers/framework.ts';
import { formats, smallResources, useCluster } from './real-cluster.ts';

const agents = [{ resources: 'cpus:2;mem:1024;disk:1024' }];
const seconds = (count: number) => ({ nanoseconds: BigInt(count * 1e9) });
const untilKilled = "trap '' TERM; echo ready; while true; do sleep 0.1; done";

/** The next update of a task, which is left without acknowledgement. */
async function unacknowledged(test: TestScheduler, taskId: string) {
  return (await test.next('UPDATE', ({ update }) => update.status.task_id.value === taskId)).update.status;
}

describe.skipIf(!requireRealMesos()).each(formats)('tasks on a real cluster, in %s', (contentType) => {
  const { subscribed } = useCluster({ agents });

  it('tell how they begin and end', async () => {
    const test = await subscribed({ contentType });
    const { agent_id } = await test.launch('exits', 'echo out; exit 3');
    expect((await test.update('exits')).state).toBe('TASK_STARTING');
    const running = await test.update('exits');
    expect(running).toMatchObject({ state: 'TASK_RUNNING', agent_id, executor_id: { value: 'exits' } });
    expect(running.uuid).toBeInstanceOf(Uint8Array);
    expect(running.uuid?.length).toBe(16);
    expect(await test.update('exits')).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Command exited with status 3',
      source: 'SOURCE_EXECUTOR',
    });
  });

  it('that cannot be are answered with TASK_ERROR, which asks for no acknowledgement', async () => {
    const test = await subscribed({ contentType });
    await test.launch('a/b', 'true');
    const status = await unacknowledged(test, 'a/b');
    expect(status).toMatchObject({
      state: 'TASK_ERROR',
      source: 'SOURCE_MASTER',
      reason: 'REASON_TASK_INVALID',
      message: expect.stringContaining("'a/b' contains invalid characters"),
    });
    expect(status.uuid).toBeUndefined();
    expect(await test.session.acknowledge(status)).toBe(false);
  });

  it('of a group need the DEFAULT executor', async () => {
    const test = await subscribed({ contentType });
    const { id, agent_id } = await test.offer();
    const resources = smallResources;
    const task = (name: string): TaskInfo => ({ name, task_id: { value: name }, agent_id, resources });
    const executor = { type: 'CUSTOM', executor_id: { value: 'own' }, command: { value: 'true' } } as const;
    const launch_group = { executor, task_group: { tasks: [task('one'), task('two')] } };
    await test.session.send({
      type: 'ACCEPT',
      accept: { offer_ids: [id], operations: [{ type: 'LAUNCH_GROUP', launch_group }] },
    });
    for (const name of ['one', 'two'])
      expect(await test.update(name)).toMatchObject({
        state: 'TASK_ERROR',
        reason: 'REASON_TASK_GROUP_INVALID',
      });
  });

  it('are gone from the master once their end is acknowledged, and not before', async () => {
    const test = await subscribed({ contentType });
    const { agent_id } = await test.launch('ends', 'true');
    await test.updateTo('ends', 'TASK_RUNNING');
    const ended = await unacknowledged(test, 'ends');
    expect(ended.state).toBe('TASK_FINISHED');
    const tasks = [{ task_id: ended.task_id, agent_id }];
    await test.session.send({ type: 'RECONCILE', reconcile: { tasks } });
    expect(await unacknowledged(test, 'ends')).toMatchObject({
      state: 'TASK_FINISHED',
      reason: 'REASON_RECONCILIATION',
    });
    expect(await test.session.acknowledge(ended)).toBe(true);
    await test.session.send({ type: 'RECONCILE', reconcile: { tasks } });
    expect(await unacknowledged(test, 'ends')).toMatchObject({ state: 'TASK_GONE' });
  });

  it('take no acknowledgement but the one that was asked for', async () => {
    const test = await subscribed({ contentType });
    const { agent_id } = await test.launch('asks', 'exec sleep 1000');
    const starting = await unacknowledged(test, 'asks');
    const acknowledge = { agent_id, task_id: { value: 'asks' } };
    const invalid = new Uint8Array([1, 2, 3]);
    await expect(
      test.session.send({ type: 'ACKNOWLEDGE', acknowledge: { ...acknowledge, uuid: invalid } }),
    ).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 400,
      callType: 'ACKNOWLEDGE',
      answer: 'Failed to validate scheduler::Call: Not a valid UUID',
    });
    const foreign = Buffer.from('a1ae8ad5fd744bf8a1c9482f41a5ef4b', 'hex');
    await test.session.send({ type: 'ACKNOWLEDGE', acknowledge: { ...acknowledge, uuid: foreign } });
    expect(await test.session.acknowledge(starting)).toBe(true);
    expect((await test.update('asks')).state).toBe('TASK_RUNNING');
  });

  it('are reconciled one by one: running, never heard of, and with an agent never heard of', async () => {
    const test = await subscribed({ contentType });
    const { agent_id } = await test.launch('runs', 'exec sleep 1000');
    await test.updateTo('runs', 'TASK_RUNNING');
    await test.session.send({
      type: 'RECONCILE',
      reconcile: {
        tasks: [
          { task_id: { value: 'runs' } },
          { task_id: { value: 'never' }, agent_id },
          { task_id: { value: 'never-anywhere' } },
          { task_id: { value: 'never-there' }, agent_id: { value: 'no-such-agent' } },
        ],
      },
    });
    const reconciled = { source: 'SOURCE_MASTER', reason: 'REASON_RECONCILIATION' };
    expect(await test.update('runs')).toMatchObject({
      ...reconciled,
      state: 'TASK_RUNNING',
      agent_id,
      message: 'Reconciliation: Latest task state',
    });
    expect(await test.update('never')).toMatchObject({
      ...reconciled,
      state: 'TASK_GONE',
      message: 'Reconciliation: Task is unknown to the agent',
    });
    for (const id of ['never-anywhere', 'never-there'])
      expect(await test.update(id)).toMatchObject({
        ...reconciled,
        state: 'TASK_UNKNOWN',
        message: 'Reconciliation: Task is unknown',
      });
  });

  it('are reconciled all at once', async () => {
    const test = await subscribed({ contentType });
    for (const id of ['first', 'second']) {
      await test.launch(id, 'exec sleep 1000');
      await test.updateTo(id, 'TASK_RUNNING');
    }
    await test.session.send({ type: 'RECONCILE', reconcile: { tasks: [] } });
    for (const id of ['first', 'second'])
      expect(await test.update(id)).toMatchObject({
        state: 'TASK_RUNNING',
        message: 'Reconciliation: Latest task state',
      });
  });

  it('are killed; one that is unknown is reconciled instead, one at a wrong agent left alone', async () => {
    const test = await subscribed({ contentType });
    const { agent_id } = await test.launch('killed', 'sleep 1000 & sleep 1000');
    await test.updateTo('killed', 'TASK_RUNNING');
    const task_id = { value: 'killed' };
    await test.session.send({ type: 'KILL', kill: { task_id, agent_id: { value: 'wrong-agent' } } });
    await test.session.send({ type: 'KILL', kill: { task_id: { value: 'never' } } });
    expect(await test.update('never')).toMatchObject({
      state: 'TASK_UNKNOWN',
      reason: 'REASON_RECONCILIATION',
    });
    await test.session.send({ type: 'RECONCILE', reconcile: { tasks: [{ task_id, agent_id }] } });
    expect((await test.update('killed')).state).toBe('TASK_RUNNING');
    await test.session.send({ type: 'KILL', kill: { task_id, agent_id } });
    expect((await test.update('killed')).state).toBe('TASK_KILLING');
    expect(await test.update('killed')).toMatchObject({
      state: 'TASK_KILLED',
      message: 'Command terminated with signal Terminated',
    });
  });

  it('that ignore SIGTERM are killed as the policy of KILL says, not as their own does', async () => {
    const test = await subscribed({ contentType });
    const patient: Partial<TaskInfo> = { kill_policy: { grace_period: seconds(60) } };
    const { agent_id } = await test.launch('stubborn', untilKilled, patient);
    await test.updateTo('stubborn', 'TASK_RUNNING');
    const kill_policy = { grace_period: seconds(0.1) };
    await test.session.send({
      type: 'KILL',
      kill: { task_id: { value: 'stubborn' }, agent_id, kill_policy },
    });
    const killed = await test.updateTo('stubborn', 'TASK_KILLED');
    // Terminated where the signal came before the shell had read its trap.
    expect(killed.message).toMatch(/^Command terminated with signal (Killed|Terminated)$/);
  });

  it('that take longer than they may are reported', async () => {
    const test = await subscribed({ contentType });
    await test.launch('slow', 'exec sleep 1000', { max_completion_time: seconds(0.1) });
    expect(await test.updateTo('slow', 'TASK_FAILED')).toMatchObject({
      message: 'Command terminated with signal Killed',
      reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
    });
  });

  it('are known to a RECONCILE that follows their launch without waiting for it', async () => {
    const test = await subscribed({ contentType });
    const { id, agent_id } = await test.offer();
    const task_id = { value: 'ordered' };
    const task = {
      name: 'a',
      task_id,
      agent_id,
      resources: smallResources,
      command: { value: 'sleep 1000' },
    };
    await Promise.all([
      test.session.send({
        type: 'ACCEPT',
        accept: { offer_ids: [id], operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }] },
      }),
      test.session.send({ type: 'RECONCILE', reconcile: { tasks: [{ task_id, agent_id }] } }),
    ]);
    // Had RECONCILE come first, the task would be unknown.
    expect((await test.update('ordered')).state).toBe('TASK_STAGING');
  });

  it('of one offer are launched together, each with what it is given', async () => {
    const test = await subscribed({ contentType });
    const { id, agent_id } = await test.offer();
    const task = (name: string): TaskInfo => ({
      name,
      task_id: { value: name },
      agent_id,
      resources: smallResources,
      command: {
        shell: false,
        value: '/bin/sh',
        arguments: ['sh', '-c', 'test "$NAME" = "$1" && test "$2" = "Größe 😀"', 'sh', name, 'Größe 😀'],
        environment: { variables: [{ name: 'NAME', value: name }] },
      },
    });
    const operations = [
      { type: 'LAUNCH', launch: { task_infos: [task('one'), task('two')] } },
      { type: 'LAUNCH', launch: { task_infos: [task('three')] } },
    ] as const;
    await test.session.send({ type: 'ACCEPT', accept: { offer_ids: [id], operations } });
    for (const name of ['one', 'two', 'three'])
      expect((await test.updateTo(name, 'TASK_FINISHED')).message).toBe('Command exited with status 0');
  });
});
