import { describe, expect, it } from 'vitest';
import { agentReportsOf, occupationOf } from './agent-reports.ts';

const text = (name: string, value: string) => ({ name, type: 'TEXT' as const, text: { value } });

const agentOf = (id: string, pilot: string, cluster = 'night') => ({
  hostname: 'n1',
  id: { value: id },
  attributes: [text('pilot', pilot), text('cluster', cluster)],
});

const task = (agent: string, id: string, state: 'TASK_RUNNING' | 'TASK_FINISHED', executor?: string) => ({
  name: id,
  task_id: { value: id },
  framework_id: { value: 'f' },
  agent_id: { value: agent },
  state,
  ...(executor !== undefined && { executor_id: { value: executor } }),
});

const executor = (agent: string, id: string) => ({
  agent_id: { value: agent },
  executor_info: { executor_id: { value: id }, framework_id: { value: 'f' } },
});

const allocated = [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 1 } }];

describe('agents as the master tells of them', () => {
  it('are those with the attributes of this cluster', () => {
    const agents = [
      { active: true, version: '1', agent_info: agentOf('a', 'p1') },
      { active: true, version: '1', agent_info: agentOf('b', 'p2', 'another') },
      { active: true, version: '1', agent_info: { hostname: 'n', id: { value: 'c' } } },
    ];
    expect(agentReportsOf('night', { agents }, new Map())).toEqual([
      { agentId: 'a', pilot: 'p1', isConnected: true, isActive: true, isDraining: false, tasks: 0 },
    ]);
  });

  it('take no tasks when deactivated, draining, away or not back after a failover', () => {
    const agents = [
      { active: false, deactivated: true, version: '1', agent_info: agentOf('a', 'p1') },
      {
        active: false,
        deactivated: true,
        drain_info: { state: 'DRAINING' as const, config: {} },
        version: '1',
        agent_info: agentOf('b', 'p2'),
      },
      { active: false, version: '1', agent_info: agentOf('c', 'p3') },
    ];
    const answer = { agents, recovered_agents: [agentOf('d', 'p4')] };
    const reports = agentReportsOf('night', answer, new Map());
    expect(
      reports.map(({ isConnected, isActive, isDraining }) => [isConnected, isActive, isDraining]),
    ).toEqual([
      [true, false, false],
      [true, false, true],
      [false, false, false],
      [false, false, false],
    ]);
  });

  it('have the tasks that have not ended, and executors that have none', () => {
    const tasks = [
      task('a', 't1', 'TASK_RUNNING'),
      task('a', 't2', 'TASK_FINISHED'),
      task('a', 't3', 'TASK_RUNNING', 'shared'),
      task('b', 't4', 'TASK_RUNNING'),
    ];
    const executors = [executor('a', 't1'), executor('a', 'shared'), executor('a', 'idle')];
    const occupation = occupationOf({ tasks: { tasks }, executors: { executors } });
    expect([...occupation]).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
  });

  it('are idle or not as the master says now, however old the count is', () => {
    const idle = { active: true, version: '1', agent_info: agentOf('a', 'p1') };
    const busy = { ...idle, allocated_resources: allocated };
    const tasksOf = (agent: typeof idle, count: number) =>
      agentReportsOf('night', { agents: [agent] }, new Map([['a', count]]))[0]?.tasks;
    expect([tasksOf(idle, 3), tasksOf(busy, 3), tasksOf(busy, 0)]).toEqual([0, 3, 1]);
    expect(agentReportsOf('night', { agents: [busy] }, new Map())[0]?.tasks).toBe(1);
  });
});
