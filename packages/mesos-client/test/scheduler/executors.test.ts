import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { ExecutorInfo } from '../../src/gen/mesos.ts';
import type { TestScheduler } from '../../test-helpers/framework.ts';
import { formats, scalar, useCluster } from './real-cluster.ts';

const program = fileURLToPath(new URL('echoing-executor.ts', import.meta.url));
const executor_id = { value: 'echoing' };
const executor: ExecutorInfo = {
  type: 'CUSTOM',
  executor_id,
  resources: [scalar('cpus', 0.1), scalar('mem', 64)],
  command: {
    shell: false,
    value: process.execPath,
    arguments: ['node', '--conditions=@galaxy-mesos/source', program],
  },
};

/** Every byte there is, and what a text would not survive. */
const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index);

describe.skipIf(!requireRealMesos()).each(formats)('executors of a real agent, in %s', (contentType) => {
  const { subscribed } = useCluster({ agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }] });

  async function launched(): Promise<{ test: TestScheduler; agent_id: { readonly value: string } }> {
    const test = await subscribed({ contentType });
    const { agent_id } = await test.launch('echoes', '', { command: undefined, executor });
    await test.updateTo('echoes', 'TASK_RUNNING');
    return { test, agent_id };
  }

  it('get messages, and theirs reach the scheduler', async () => {
    const { test, agent_id } = await launched();
    const toNobody = { agent_id, executor_id: { value: 'no-such-executor' }, data: allBytes };
    await test.session.send({ type: 'MESSAGE', message: toNobody });
    await test.session.send({
      type: 'MESSAGE',
      message: { ...toNobody, agent_id: { value: 'no-such-agent' } },
    });
    await test.session.send({ type: 'MESSAGE', message: { agent_id, executor_id, data: allBytes } });
    const { message } = await test.next('MESSAGE');
    expect(message).toMatchObject({ agent_id, executor_id });
    expect([...message.data]).toStrictEqual([...allBytes]);
  });

  it('are shut down, which is told with their exit status, and ends their tasks', async () => {
    const { test, agent_id } = await launched();
    await test.session.send({
      type: 'SHUTDOWN',
      shutdown: { executor_id: { value: 'no-such-executor' }, agent_id },
    });
    await test.session.send({ type: 'SHUTDOWN', shutdown: { executor_id, agent_id } });
    // As `wait` gives it: 7 in the second byte.
    expect((await test.next('FAILURE')).failure).toMatchObject({ agent_id, executor_id, status: 7 << 8 });
    expect(await test.update('echoes')).toMatchObject({
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
    });
  });
});
