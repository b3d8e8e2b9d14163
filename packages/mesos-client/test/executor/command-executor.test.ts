import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { TestScheduler } from '../../test-helpers/framework.ts';

const patience = { timeout: 30_000 };
const grace = (milliseconds: number) => ({
  grace_period: { nanoseconds: BigInt(milliseconds) * 1_000_000n },
});
/** Does for ever what a trap is to end, or not. */
const forEver = 'while true; do sleep 0.05; done';
/** Ends only by SIGKILL. */
const stubborn = `trap '' TERM; ${forEver}`;

describe.skipIf(!requireRealMesos())('the command executor of the rig', patience, () => {
  let cluster: RealMesos;
  let scheduler: TestScheduler;

  beforeAll(async () => {
    cluster = await startMesos({
      agents: [{ resources: 'cpus:4;mem:4096;disk:4096' }],
      executorTokens: true,
    });
    scheduler = new TestScheduler({ master: cluster.url });
    await scheduler.start();
  });

  const executors = () => processesBelow(`${cluster.folder}/master/agents`);

  afterEach(async () => {
    await expect.poll(executors, patience).toStrictEqual([]);
  });

  afterAll(async () => {
    await scheduler?.session.close();
    await cluster?.stop();
  });

  const kill = (task: string, policy?: ReturnType<typeof grace>) =>
    scheduler.session.send({
      type: 'KILL',
      kill: { task_id: { value: task }, ...(policy && { kill_policy: policy }) },
    });

  it('tells how a command goes', async () => {
    await scheduler.launch('goes', 'sleep 0.1');
    expect((await scheduler.update('goes')).state).toBe('TASK_STARTING');
    expect((await scheduler.update('goes')).state).toBe('TASK_RUNNING');
    expect(await scheduler.update('goes')).toMatchObject({
      state: 'TASK_FINISHED',
      message: 'Command exited with status 0',
      source: 'SOURCE_EXECUTOR',
    });
  });

  /** Launches a command whose shell heeds signals in its own way; resolves once it does, which is after TASK_RUNNING. */
  const launchTrapping = async (
    task: string,
    trap: string,
    more?: Parameters<TestScheduler['launch']>[2],
  ) => {
    const ready = join(cluster.folder, `${task}-traps`);
    await scheduler.launch(task, `${trap}; touch '${ready}'; ${forEver}`, more);
    await scheduler.updateTo(task, 'TASK_RUNNING');
    await expect.poll(() => existsSync(ready), patience).toBe(true);
  };

  it("asks a command to end, and waits for it as long as the task's policy says", async () => {
    await launchTrapping('asked', "trap 'exit 5' TERM", { kill_policy: grace(60_000) });
    await kill('asked');
    expect((await scheduler.update('asked')).state).toBe('TASK_KILLING');
    expect(await scheduler.update('asked')).toMatchObject({
      state: 'TASK_KILLED',
      message: 'Command exited with status 5',
    });
  });

  it('kills what does not end, sooner where a later KILL says so', async () => {
    await launchTrapping('stubborn', "trap '' TERM");
    await kill('stubborn', grace(600_000));
    expect((await scheduler.update('stubborn')).state).toBe('TASK_KILLING');
    await kill('stubborn', grace(50));
    expect(await scheduler.update('stubborn')).toMatchObject({
      state: 'TASK_KILLED',
      message: 'Command terminated with signal Killed',
    });
  });

  it('ends a command that takes too long', async () => {
    await scheduler.launch('long', stubborn, { max_completion_time: { nanoseconds: 300_000_000n } });
    await scheduler.updateTo('long', 'TASK_RUNNING');
    expect(await scheduler.update('long')).toMatchObject({
      state: 'TASK_FAILED',
      reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
    });
  });

  it('leaves nothing in the background', async () => {
    await scheduler.launch('background', 'sleep 600 & sleep 600 & true');
    await scheduler.updateTo('background', 'TASK_FINISHED');
  });

  it('shows its token to the agent, and to nobody else', async () => {
    await scheduler.launch('clean', 'test -z "$MESOS_EXECUTOR_AUTHENTICATION_TOKEN$NODE_COMPILE_CACHE"');
    await scheduler.updateTo('clean', 'TASK_FINISHED');
  });

  it('ends with its framework, and lets the command end in peace', async () => {
    await scheduler.launch('last', "trap 'exit 0' TERM; while true; do sleep 0.05; done");
    await scheduler.updateTo('last', 'TASK_RUNNING');
    expect(executors()).not.toStrictEqual([]);
    await scheduler.session.send({ type: 'TEARDOWN' });
  });
});
