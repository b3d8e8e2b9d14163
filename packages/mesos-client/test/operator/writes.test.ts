import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { Resource } from '../../src/gen/mesos.ts';
import { MasterClient } from '../../src/index.ts';
import { RunningTask } from '../../test-helpers/running-task.ts';

const reservations = [{ type: 'DYNAMIC', role: 'web', principal: 'ops' }] as const;
const disk = (value: number): Resource => ({ name: 'disk', type: 'SCALAR', scalar: { value }, reservations });
const volume = (value: number): Resource => ({
  ...disk(value),
  disk: { persistence: { id: 'volume-1', principal: 'ops' }, volume: { container_path: 'data', mode: 'RW' } },
});

describe.skipIf(!requireRealMesos())('calls that change something', () => {
  let cluster: RealMesos;
  let master: MasterClient;
  let agentId: { readonly value: string };

  beforeAll(async () => {
    const agent = { resources: 'cpus:2;mem:1024;disk:1024' };
    cluster = await startMesos({ agents: [agent, agent], separateProcesses: true });
    master = new MasterClient({ master: cluster.url });
    const { agents = [] } = await master.call({ type: 'GET_AGENTS' });
    agentId = agents[0]?.agent_info.id ?? { value: '' };
  });

  afterAll(async () => {
    await master?.close();
    await cluster?.stop();
  });

  async function agent(id = agentId.value) {
    const { agents = [] } = await master.call({ type: 'GET_AGENTS' });
    const found = agents.find(({ agent_info }) => agent_info.id?.value === id);
    if (!found) throw new Error(`no agent ${id}`);
    return found;
  }

  /** What is reserved for the role on the agent, in MiB of disk, volumes apart. */
  async function reserved() {
    const { total_resources = [] } = await agent();
    const own = total_resources.filter((one) => one.reservations?.some(({ role }) => role === 'web'));
    const sum = (list: readonly Resource[]) =>
      list.reduce((total, { scalar }) => total + (scalar?.value ?? 0), 0);
    return {
      plain: sum(own.filter(({ disk: of }) => !of?.persistence)),
      volumes: sum(own.filter(({ disk: of }) => of?.persistence)),
    };
  }

  describe.each(['json', 'protobuf'] as const)('in %s', (contentType) => {
    let client: MasterClient;

    beforeAll(() => {
      client = new MasterClient({ master: cluster.url, contentType });
    });

    afterAll(async () => {
      await client.close();
    });

    it('set the level of logging for a while', async () => {
      const duration = { nanoseconds: 200_000_000n };
      const set = { type: 'SET_LOGGING_LEVEL', set_logging_level: { level: 1, duration } } as const;
      expect(await client.call(set)).toBeUndefined();
      expect(await client.call({ type: 'GET_LOGGING_LEVEL' })).toStrictEqual({ level: 1 });
      await expect.poll(() => client.call({ type: 'GET_LOGGING_LEVEL' })).toStrictEqual({ level: 0 });
    });

    it('set weights', async () => {
      const weight = contentType === 'json' ? 2.5 : 3.5;
      const weight_infos = [{ role: 'web', weight }];
      expect(await client.call({ type: 'UPDATE_WEIGHTS', update_weights: { weight_infos } })).toBeUndefined();
      expect(await client.call({ type: 'GET_WEIGHTS' })).toStrictEqual({ weight_infos });
    });

    it('set quota, and take it away', async () => {
      const config = { role: 'batch', guarantees: { cpus: { value: 0.5 } }, limits: { mem: { value: 512 } } };
      await client.call({ type: 'UPDATE_QUOTA', update_quota: { quota_configs: [config] } });
      const { status } = await client.call({ type: 'GET_QUOTA' });
      expect(status.configs).toStrictEqual([config]);
      await client.call({ type: 'UPDATE_QUOTA', update_quota: { quota_configs: [{ role: 'batch' }] } });
      expect((await client.call({ type: 'GET_QUOTA' })).status.configs).toStrictEqual([{ role: 'batch' }]);
    });

    it('reserve, make volumes, change their size, and undo it all', async () => {
      const agent_id = agentId;
      const reserve = { agent_id, resources: [disk(96)] };
      expect(await client.call({ type: 'RESERVE_RESOURCES', reserve_resources: reserve })).toBeUndefined();
      await expect.poll(reserved).toStrictEqual({ plain: 96, volumes: 0 });
      await client.call({ type: 'CREATE_VOLUMES', create_volumes: { agent_id, volumes: [volume(64)] } });
      await expect.poll(reserved).toStrictEqual({ plain: 32, volumes: 64 });
      const grow = { agent_id, volume: volume(64), addition: disk(32) };
      await client.call({ type: 'GROW_VOLUME', grow_volume: grow });
      await expect.poll(reserved).toStrictEqual({ plain: 0, volumes: 96 });
      const shrink = { agent_id, volume: volume(96), subtract: { value: 16 } };
      await client.call({ type: 'SHRINK_VOLUME', shrink_volume: shrink });
      await expect.poll(reserved).toStrictEqual({ plain: 16, volumes: 80 });
      await client.call({ type: 'DESTROY_VOLUMES', destroy_volumes: { agent_id, volumes: [volume(80)] } });
      await expect.poll(reserved).toStrictEqual({ plain: 96, volumes: 0 });
      await client.call({ type: 'UNRESERVE_RESOURCES', unreserve_resources: reserve });
      await expect.poll(reserved).toStrictEqual({ plain: 0, volumes: 0 });
    });

    it('plan maintenance, to the nanosecond, and carry it out', async () => {
      const machine = { hostname: 'elsewhere' };
      const unavailability = {
        start: { nanoseconds: 4_102_444_800_123_456_789n },
        duration: { nanoseconds: 600_000_000_000n },
      };
      const schedule = { windows: [{ machine_ids: [machine], unavailability }] };
      await client.call({ type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: { schedule } });
      expect(await client.call({ type: 'GET_MAINTENANCE_SCHEDULE' })).toStrictEqual({ schedule });
      await client.call({ type: 'START_MAINTENANCE', start_maintenance: { machines: [machine] } });
      const down = { status: { down_machines: [machine] } };
      expect(await client.call({ type: 'GET_MAINTENANCE_STATUS' })).toStrictEqual(down);
      await client.call({ type: 'STOP_MAINTENANCE', stop_maintenance: { machines: [machine] } });
      expect(await client.call({ type: 'GET_MAINTENANCE_STATUS' })).toStrictEqual({ status: {} });
      const none = { schedule: {} };
      await client.call({ type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: none });
    });

    it('deactivate an agent and take it back', async () => {
      const agent_id = agentId;
      await client.call({ type: 'DEACTIVATE_AGENT', deactivate_agent: { agent_id } });
      expect(await agent()).toMatchObject({ deactivated: true });
      await client.call({ type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id } });
      expect(await agent()).toMatchObject({ deactivated: false });
    });
  });

  it('are refused with the words of the master', async () => {
    const agent_id = agentId;
    const nobody = { value: 'no-such' };
    const tooMuch = disk(4096);
    const refusals = [
      [400, 'No framework found with specified ID', { type: 'TEARDOWN', teardown: { framework_id: nobody } }],
      [404, "Agent 'no-such' not found", { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: nobody } }],
      [400, 'Unknown agent', { type: 'DRAIN_AGENT', drain_agent: { agent_id: nobody } }],
      [400, 'Agent is not deactivated', { type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id } }],
      [
        400,
        "Failed to validate update weights request JSON for role 'r': Invalid weight '-1': Weights must be positive",
        { type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: [{ role: 'r', weight: -1 }] } },
      ],
      [
        409,
        'cpus:2; mem:1024; disk:1024; ports:[31000-32000] does not contain disk:4096',
        { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id, resources: [tooMuch] } },
      ],
    ] as const;
    for (const [status, answer, call] of refusals)
      await expect(master.call(call)).rejects.toMatchObject({ code: 'CALL_REFUSED', status, answer });
  });

  it('drain an agent, which then waits to be taken back; mark one gone; end a framework', async () => {
    const task = await RunningTask.start(cluster, 'drained', 'exec sleep 1000');
    const agent_id = { value: task.agentId };
    const drain = { agent_id, max_grace_period: { seconds: 1n } };
    await master.call({ type: 'DRAIN_AGENT', drain_agent: drain });
    expect(await agent(task.agentId)).toMatchObject({ drain_info: { config: { max_grace_period: {} } } });
    await task.scheduler.updateTo('drained', 'TASK_KILLED');
    await expect.poll(() => agent(task.agentId)).toMatchObject({ drain_info: { state: 'DRAINED' } });
    await master.call({ type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id } });
    expect((await agent(task.agentId)).drain_info).toBeUndefined();

    await master.call({ type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id } });
    await expect(agent(task.agentId)).rejects.toThrow(/no agent/);

    await master.call({ type: 'TEARDOWN', teardown: { framework_id: { value: task.frameworkId } } });
    expect(await task.scheduler.failure()).toMatchObject({ code: 'FRAMEWORK_REMOVED' });
    const { completed_frameworks = [] } = await master.call({ type: 'GET_FRAMEWORKS' });
    expect(completed_frameworks.map(({ framework_info }) => framework_info.id?.value)).toStrictEqual([
      task.frameworkId,
    ]);
    await task.close();
  });
});
