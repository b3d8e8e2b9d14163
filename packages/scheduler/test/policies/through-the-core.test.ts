import type { TaskSpec } from '@galaxy-mesos/scheduler';
import { describe, expect, test } from 'vitest';
import { agentNamed, aTask, CoreFixture } from '../../src/testing/core-fixture.ts';

const size = (cpus: number) => ({ cpus, mem: 1024, disk: 1024 });
const asking = (cpus: number, changes: Partial<TaskSpec> = {}) => ({
  ...changes,
  resources: { cpus, mem: 64, disk: 0, ...changes.resources },
});

describe('gangs and groups', () => {
  test('a gang is launched on several agents in one turn, each agent by a call of its own', async () => {
    const core = await CoreFixture.connected();
    await core.submit(...['a', 'b'].map((id) => aTask(id, asking(2, { gang: { id: 'mpi', size: 2 } }))));
    await core.offer({ cpus: 2 });
    expect(core.launched()).toEqual([]);
    const offers = ['agent-1', 'agent-2'].map((id) => ({
      id: `of ${id}`,
      agent: agentNamed(id),
      resources: size(2),
    }));
    await core.tell({ type: 'driver', event: { type: 'offers', offers } });
    const launches = core.took('launch');
    expect(launches.map(({ offerIds }) => offerIds)).toEqual([['of agent-1'], ['of agent-2']]);
    expect(launches.flatMap((call) => call.launches.map(({ groupId }) => groupId))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('a group is launched by one call, as a group', async () => {
    const core = await CoreFixture.connected();
    await core.submit(...['a', 'b'].map((id) => aTask(id, asking(1, { group: { id: 'pod', size: 2 } }))));
    await core.offer({ cpus: 2 });
    expect(core.took('launch').map((call) => call.launches.map(({ groupId }) => groupId))).toEqual([
      ['pod', 'pod'],
    ]);
  });
});

describe('what a launch names', () => {
  test('is the ports and disks that it was given, and what else it asks for', async () => {
    const core = await CoreFixture.connected();
    const resources = {
      ...size(1),
      gpus: 1,
      ports: { any: 1, fixed: [31005] },
      disks: [{ size: 10, containerPath: 'scratch' }],
      volumes: [{ persistenceId: 'v', containerPath: 'data' }],
      reservation: { labels: { team: 'blue' } },
    };
    await core.submit(aTask('a', { resources }));
    await core.offer({
      ...size(1),
      gpus: 2,
      ports: [{ begin: 31000, end: 31009 }],
      disks: [{ id: '/mnt/1', size: 20 }],
      volumes: [{ persistenceId: 'v', size: 5, shared: false }],
      reserved: [{ type: 'DYNAMIC', role: 'eng', labels: { team: 'blue' }, resources: size(1) }],
    });
    expect(core.took('launch')[0]?.launches[0]).toMatchObject({
      resources,
      assigned: { ports: [31005, 31000], disks: ['/mnt/1'] },
    });
  });
});

describe('why tasks wait', () => {
  test('is told by role, attribute, cores, memory, disk and ports, agent by agent', async () => {
    const core = await CoreFixture.connected();
    await core.submit(
      aTask('a', {
        role: 'eng',
        resources: { cpus: 2, mem: 2000, disk: 2000, ports: { any: 1 } },
        constraints: [{ type: 'equals', field: 'rack', value: 'r1' }],
      }),
    );
    const all = { cpus: 4, mem: 4000, disk: 4000, ports: [{ begin: 1, end: 9 }] };
    const rack = { rack: 'r1' };
    const offers = [
      { role: 'web' },
      { attributes: {} },
      { resources: { ...all, cpus: 1 } },
      { resources: { ...all, mem: 1000 } },
      { resources: { ...all, disk: 1000 } },
      { resources: { cpus: 4, mem: 4000, disk: 4000 } },
    ].map(({ role = 'eng', attributes = rack, resources = all }, index) => {
      const agent = { ...agentNamed(`agent-${index}`), attributes };
      return { id: `offer-${index}`, agent, role, resources };
    });
    await core.tell({ type: 'driver', event: { type: 'offers', offers } });
    const [explanation = ''] = core.explained();
    expect(explanation.slice(explanation.indexOf('could run it now'))).toBe(
      [
        'could run it now: 0 of 6 agents',
        '    1 holds out something for other roles only',
        '    1 is ruled out: rack must be r1',
        '    1 has less than 2 cpus, 1 at most',
        '    1 has less than 2000 MiB of memory, 1000 at most',
        '    1 has less than 2000 MiB of disk, 1000 at most',
        '    1 has not the ports',
      ].join('\n'),
    );
  });

  test('what no known agent could ever run fails at once where there will never be others', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ 'agent-1': size(4) });
    await core.submit(aTask('large', asking(8)), aTask('small'));
    expect(await core.state('large')).toBe('failed');
    expect(await core.state('small')).toBe('waiting');
  });

  test('what no known agent could ever run is told of within one round of offers where there may be others', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ 'agent-1': size(4) }, { final: false });
    await core.submit(aTask('large', asking(8)));
    await core.offer(size(4));
    await core.wait(1);
    expect(core.told('unplaced').map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'no known agent could ever run it: it asks for 8 cpus; the largest of 1 agent has 4',
      ),
    ]);
  });

  test('the shortfall says what an autoscaler should add, and what it may take away', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ 'agent-1': size(4), 'agent-2': size(8) }, { final: false });
    await core.submit(...Array.from({ length: 10 }, (_, index) => aTask(`t${index}`, asking(4))));
    const { shortfalls, idleAgents } = core.shortfall();
    expect(shortfalls).toMatchObject([
      {
        tasks: 10,
        missing: { cpus: 40, mem: 640 },
        sizes: [{ agents: 5, tasksPerAgent: 2 }, { agents: 10 }],
      },
    ]);
    expect(idleAgents).toEqual(['agent-1', 'agent-2']);
  });
});

describe('the wish', () => {
  test('names what is the least that waits and the agents that would do, for the master to filter by', async () => {
    const core = await CoreFixture.connected();
    await core.submit(
      aTask('a', asking(2, { constraints: [{ type: 'matches', field: 'rack', pattern: 'r[12]' }] })),
      aTask('b', asking(4, { constraints: [{ type: 'equals', field: '@zone', value: 'eu/1' }] })),
    );
    const wishes = core.took('revive').map(({ wish }) => wish);
    expect(wishes.at(-1)).toEqual({
      smallest: [{ cpus: 2, mem: 64, disk: 0 }],
      agents: [
        [
          { field: '@region', predicate: 'equals', operand: 'eu' },
          { field: '@zone', predicate: 'equals', operand: '1' },
        ],
        [{ field: 'rack', predicate: 'matches', operand: 'r[12]' }],
      ],
    });
  });
});
