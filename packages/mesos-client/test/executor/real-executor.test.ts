import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  type RealMesosOptions,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { WireFormat } from '../../src/index.ts';
import { ExecutorFramework } from './executor-framework.ts';

const patience = { timeout: 30_000 };
// Less than a test has, so that what was waited for in vain is told.
const pollPatience = { timeout: 15_000 };
const agents = [{ resources: 'cpus:4;mem:4096;disk:4096' }];

let cluster: RealMesos;
let framework: ExecutorFramework;

async function start(options: Partial<RealMesosOptions> = {}, checkpoint = false): Promise<void> {
  cluster = await startMesos({ agents, ...options });
  framework = await ExecutorFramework.start(cluster.url, checkpoint);
}

/** A file in the sandbox of an executor; empty while it is not there. */
function sandboxFile(executor: string, file: string): string {
  const paths = readdirSync(cluster.folder, { recursive: true, encoding: 'utf8' });
  const path = paths.find(
    (name) => name.includes(`/executors/${executor}/runs/`) && name.endsWith(`/${file}`),
  );
  return path ? readFileSync(join(cluster.folder, path), 'utf8') : '';
}

/** The events that an executor has written down. */
const eventsOf = (executor: string): readonly string[] => sandboxFile(executor, 'events').trim().split('\n');

const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`);

afterEach(async ({ task }) => {
  // The sandbox goes with the cluster: an executor that died of an error would leave no trace of it.
  if (task.result?.state === 'fail') console.error(`stderr of the executor:\n${sandboxFile('ex', 'stderr')}`);
  await framework?.session.close();
  await cluster?.stop();
});

describe.skipIf(!requireRealMesos())('an executor on a real Mesos', patience, () => {
  it.each<WireFormat>(['json', 'protobuf'])('lives its life in %s', async (format) => {
    await start();
    const executor = framework.executor('ex', format);
    const data = Uint8Array.of(0, 255);
    await framework.launchWith(executor, ['a', { data }], ['b']);
    expect((await framework.update('a')).state).toBe('TASK_STARTING');
    expect(await framework.update('a')).toMatchObject({
      state: 'TASK_RUNNING',
      source: 'SOURCE_EXECUTOR',
      data,
      executor_id: { value: 'ex' },
    });
    await framework.updateTo('b', 'TASK_RUNNING');

    await framework.tell('ex', 'grüße');
    const { message } = await framework.next('MESSAGE');
    expect(Buffer.from(message.data).toString()).toBe('echo: grüße');

    const kill_policy = { grace_period: { nanoseconds: 7_000_000_000n } };
    await framework.session.send({ type: 'KILL', kill: { task_id: { value: 'b' }, kill_policy } });
    expect(await framework.update('b')).toMatchObject({ state: 'TASK_KILLED', message: 'grace 7000000000' });

    await framework.launchGroup(executor, 'g-1', 'g-2');
    await framework.updateTo('g-1', 'TASK_RUNNING');
    await framework.updateTo('g-2', 'TASK_RUNNING');
    await framework.tell('ex', 'finish a');
    expect((await framework.update('a')).state).toBe('TASK_FINISHED');

    const executor_id = { value: 'ex' };
    await framework.session.send({ type: 'SHUTDOWN', shutdown: { executor_id, agent_id: framework.agent } });
    for (const id of ['g-1', 'g-2'])
      expect(await framework.update(id)).toMatchObject({ state: 'TASK_KILLED', message: 'shut down' });
    const { failure } = await framework.next('FAILURE');
    expect(failure).toMatchObject({ executor_id, status: 0 });
    expect(eventsOf('ex').filter((type) => type !== 'ACKNOWLEDGED')).toStrictEqual([
      'SUBSCRIBED',
      'LAUNCH',
      'LAUNCH',
      'MESSAGE',
      'KILL',
      'LAUNCH_GROUP',
      'MESSAGE',
      'SHUTDOWN',
    ]);
  });

  it('can end once all is acknowledged: nothing is lost', async () => {
    await start();
    await framework.launchWith(framework.executor('ex'), ['a'], ['b']);
    await framework.updateTo('a', 'TASK_RUNNING');
    await framework.updateTo('b', 'TASK_RUNNING');
    for (const words of ['finish a', 'finish b', 'exit']) await framework.tell('ex', words);
    const { failure } = await framework.next('FAILURE');
    expect(failure.status).toBe(0);
    expect((await framework.update('a')).state).toBe('TASK_FINISHED');
    expect((await framework.update('b')).state).toBe('TASK_FINISHED');
  });

  it('is missed when it is killed', async () => {
    await start();
    await framework.launchWith(framework.executor('ex'), ['a']);
    const { message } = await framework.updateTo('a', 'TASK_RUNNING');
    process.kill(Number(message), 'SIGKILL');
    expect(await framework.update('a')).toMatchObject({
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
    });
  });

  it('goes on with its agent where the framework checkpoints: nothing is lost or told twice', async () => {
    await start({ separateProcesses: true }, true);
    await framework.launchWith(framework.executor('ex'), ['while-away'], ['after']);
    for (const id of ['while-away', 'after'])
      await framework.next('UPDATE', ({ update }) => {
        const { state, task_id } = update.status;
        return state === 'TASK_STARTING' && task_id.value === id;
      });
    await framework.tell('ex', 'finish-later while-away');
    await framework.tell('ex', 'sign');
    await framework.next('MESSAGE');
    await cluster.agents[0]?.kill();
    await expect.poll(() => eventsOf('ex'), pollPatience).toContain('RETRYING');
    await cluster.agents[0]?.restart();
    expect(await framework.statesUntil('while-away', 'TASK_FINISHED')).toStrictEqual([
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_FINISHED',
    ]);
    await framework.tell('ex', 'finish after');
    expect(await framework.statesUntil('after', 'TASK_FINISHED')).toStrictEqual([
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_FINISHED',
    ]);
    expect(eventsOf('ex').filter((type) => type === 'SUBSCRIBED')).toHaveLength(2);
  });

  it('ends with its agent where the framework does not checkpoint', async () => {
    await start({ separateProcesses: true });
    await framework.launchWith(framework.executor('ex'), ['a']);
    const { message } = await framework.updateTo('a', 'TASK_RUNNING');
    await cluster.agents[0]?.kill();
    await expect.poll(() => isRunning(Number(message)), pollPatience).toBe(false);
    expect(eventsOf('ex').slice(-2)).toStrictEqual(['FAILED', 'RECOVERY_TIMED_OUT']);
    expect(eventsOf('ex')).not.toContain('DISCONNECTED');
  });

  it('shows the token that the agent has given it', async () => {
    await start({ executorTokens: true });
    await framework.launchWith(framework.executor('ex'), ['a']);
    expect((await framework.updateTo('a', 'TASK_RUNNING')).source).toBe('SOURCE_EXECUTOR');
  });
});
