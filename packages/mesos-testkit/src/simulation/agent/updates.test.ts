import { describe, expect, it } from 'vitest';
import { BareFramework } from '../../../test-helpers/bare-framework.ts';
import { SimulatedCluster } from '../simulated-cluster.ts';
import type { TaskBehaviour } from './task-behaviour.ts';

function setUp(behaviour: Partial<TaskBehaviour> = {}) {
  const cluster = new SimulatedCluster({
    behaviour: () => ({ startSeconds: 0.1, runSeconds: 10, exitCode: 0, ...behaviour }),
  });
  const agent = cluster.addAgent({ resources: { cpus: 4, mem: 4096, disk: 1000 } });
  const framework = new BareFramework(cluster);
  const wait = (seconds: number) => cluster.time.advance(seconds * 1000);
  wait(0.5);
  return { cluster, agent, framework, wait };
}

const statesOf = (framework: BareFramework) => framework.told.map(({ state }) => state);

describe('the updates of a task', () => {
  it('come one by one, each after the acknowledgement of the one before', () => {
    const { agent, framework, wait } = setUp();
    framework.launch('a');
    wait(20);
    expect(statesOf(framework)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    expect(agent.tasks.size).toBe(0);
  });

  it('are sent again after 10 s, then after twice as long each time, up to 10 min', () => {
    const { cluster, framework, wait } = setUp();
    framework.acknowledges = false;
    const moments: number[] = [];
    const { hear } = framework;
    framework.hear = (event) => {
      if (event.type === 'UPDATE') moments.push(Math.round(cluster.time.now / 1000));
      hear.call(framework, event);
    };
    framework.launch('a');
    wait(3000);
    const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
    expect(gaps).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600]);
    expect(statesOf(framework)).toEqual(['TASK_STARTING']);
  });

  it('tell of a command that fails, of too little memory, and of too long a run', () => {
    const failed = setUp({ exitCode: 3 });
    failed.framework.launch('a');
    failed.wait(20);
    expect(failed.framework.told.at(-1)).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Command exited with status 3',
    });
    const starved = setUp({ exitCode: 137, runsOutOfMemory: true });
    starved.framework.launch('a');
    starved.wait(20);
    expect(starved.framework.told.at(-1)).toMatchObject({ reason: 'REASON_CONTAINER_LIMITATION_MEMORY' });
  });

  it('tell of a kill when the task heeds it, or when its grace is over', () => {
    const { framework, wait } = setUp({ runSeconds: 1000, stopSeconds: 60 });
    framework.launch('a', 'b');
    wait(2);
    framework.call({ type: 'KILL', taskId: 'a', agentId: 'not-its-agent' });
    framework.call({ type: 'KILL', taskId: 'b', graceSeconds: 10 });
    wait(9);
    expect(statesOf(framework).at(-1)).toBe('TASK_KILLING');
    wait(2);
    expect(framework.told.at(-1)).toMatchObject({
      task: 'b',
      state: 'TASK_KILLED',
      message: 'Command terminated with signal Killed',
    });
    expect(framework.told.filter(({ task }) => task === 'a').at(-1)?.state).toBe('TASK_RUNNING');
  });

  it('come again at once to a framework that has subscribed again', () => {
    const { cluster, framework, wait } = setUp();
    framework.acknowledges = false;
    framework.launch('a');
    wait(1);
    const before = framework.events.length;
    cluster.master?.frameworks.disconnected(
      cluster.master.state.frameworks.get(framework.id) ?? expect.fail(),
      framework,
    );
    framework.acknowledges = true;
    framework.subscribe();
    wait(0.5);
    expect(framework.events.slice(before).map(({ type }) => type)).toEqual([
      'SUBSCRIBED',
      'UPDATE',
      'OFFERS',
      'UPDATE',
    ]);
  });

  it('say DROPPED of a launch that was lost, once its agent registers again', () => {
    const { cluster, agent, framework, wait } = setUp();
    const lost = {
      name: 'lost',
      fates: ({ type }: { type: string }) => (type === 'LAUNCH' ? [] : undefined),
    };
    cluster.network.faults.add(lost);
    framework.launch('a');
    wait(5);
    cluster.network.faults.delete(lost);
    cluster.killAgent(agent.id);
    wait(5);
    cluster.startAgent(agent.id);
    wait(5);
    expect(framework.told).toMatchObject([
      { state: 'TASK_DROPPED', reason: 'REASON_RECONCILIATION', source: 'SOURCE_AGENT', hasUuid: true },
    ]);
  });
});
