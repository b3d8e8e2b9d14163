import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { ExecutorFramework, nodeCommand } from './executor-framework.ts';

const program = fileURLToPath(new URL('../../../../examples/mesos-client/executor.ts', import.meta.url));

describe.skipIf(!requireRealMesos())('the example executor.ts', () => {
  let cluster: RealMesos;
  let framework: ExecutorFramework;

  beforeAll(async () => {
    cluster = await startMesos({ agents: [{ resources: 'cpus:4;mem:4096;disk:4096' }] });
    framework = await ExecutorFramework.start(cluster.url);
  });

  afterAll(async () => {
    await framework?.session.close();
    await cluster?.stop();
  });

  it('hashes files in one process, and ends when told to', async () => {
    const executor = framework.executor('hasher', 'protobuf', nodeCommand(program));
    const path = (name: string) => ({ data: Buffer.from(name) });
    await framework.launchWith(
      executor,
      ['this', path(program)],
      ['missing', path('/no/such/file')],
      ['endless', path('/dev/zero')],
    );
    const { data } = await framework.updateTo('this', 'TASK_FINISHED');
    expect(data).toStrictEqual(Uint8Array.from(createHash('sha256').update(readFileSync(program)).digest()));
    expect((await framework.updateTo('missing', 'TASK_FAILED')).message).toContain('no such file');
    await framework.updateTo('endless', 'TASK_RUNNING');
    await framework.session.send({ type: 'KILL', kill: { task_id: { value: 'endless' } } });
    await framework.updateTo('endless', 'TASK_KILLED');

    await framework.launchWith(executor, ['again', path('/dev/zero')]);
    await framework.updateTo('again', 'TASK_RUNNING');
    const executor_id = { value: 'hasher' };
    await framework.session.send({ type: 'SHUTDOWN', shutdown: { executor_id, agent_id: framework.agent } });
    await framework.updateTo('again', 'TASK_KILLED');
    expect((await framework.next('FAILURE')).failure).toMatchObject({ executor_id, status: 0 });
  });
});
