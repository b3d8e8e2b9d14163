import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import {
  type RealMesos,
  type RealMesosOptions,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { TestScheduler } from '../test-helpers/framework.ts';
import { letGo, untilLetGo } from '../test-helpers/waiting-command.ts';

const agent = { resources: 'cpus:2;mem:1024;disk:1024' };
let cluster: RealMesos | undefined;
let scheduler: TestScheduler | undefined;

async function started(options: RealMesosOptions): Promise<TestScheduler> {
  cluster = await startMesos(options);
  scheduler = new TestScheduler({ master: cluster.url });
  await scheduler.start();
  return scheduler;
}

afterEach(async () => {
  await scheduler?.session.close();
  await cluster?.stop();
});

describe.skipIf(!requireRealMesos())('a cluster for tests', () => {
  it('leaves nothing running, not even executors that wait for a killed agent to come back', async () => {
    const test = await started({ agents: [agent], separateProcesses: true });
    await test.launch('stays', 'sleep 1000 & exec sleep 1000');
    await test.updateTo('stays', 'TASK_RUNNING');
    await cluster?.agents[0]?.kill();
    const folder = cluster?.folder ?? '';
    // The executor, the command, and its child in the background.
    expect(processesBelow(folder).length).toBeGreaterThanOrEqual(3);
    await cluster?.stop();
    expect(processesBelow(folder)).toStrictEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('brings the end of a checkpointed task to light that came while its agent was down', async () => {
    const test = await started({ agents: [agent], separateProcesses: true });
    await test.launch('waits', `${untilLetGo}; exit 7`);
    await test.updateTo('waits', 'TASK_RUNNING');
    await cluster?.agents[0]?.kill();
    await letGo(cluster?.folder ?? '', 'waits');
    await cluster?.agents[0]?.restart();
    expect(await test.updateTo('waits', 'TASK_FAILED')).toMatchObject({
      message: 'Command exited with status 7',
    });
  });

  it('reports a program that is not there', async () => {
    const test = await started({ agents: [agent] });
    await test.launch('missing', '', { command: { shell: false, value: '/no/such/program' } });
    expect(await test.updateTo('missing', 'TASK_FAILED')).toMatchObject({
      message: 'Command exited with status 1',
    });
  });

  it('passes arguments, environment and exit signals through', async () => {
    const test = await started({ agents: [agent] });
    const script = 'test "$1" = "a  b" && test "$GREETING" = Größe && kill -KILL $$';
    await test.launch('direct', '', {
      command: {
        shell: false,
        value: '/bin/sh',
        arguments: ['sh', '-c', script, 'sh', 'a  b'],
        environment: { variables: [{ name: 'GREETING', value: 'Größe' }] },
      },
    });
    expect(await test.updateTo('direct', 'TASK_FAILED')).toMatchObject({
      message: 'Command terminated with signal Killed',
    });
  });

  it('can have agents that differ, and one that is frozen', async () => {
    const test = await started({ agents: [agent, { resources: 'cpus:1;mem:512', attributes: 'rack:b' }] });
    expect(cluster?.agents.length).toBe(2);
    const { offers } = await test.next('OFFERS');
    cluster?.agents[1]?.freeze();
    cluster?.agents[1]?.thaw();
    expect(offers.offers?.length).toBeGreaterThan(0);
  });
});
