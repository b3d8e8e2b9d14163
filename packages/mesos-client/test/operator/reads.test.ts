import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { messageShape } from '../../src/codec/message-shape.ts';
import type { Call as AgentCallMessage } from '../../src/gen/agent.ts';
import type { Call as MasterCallMessage } from '../../src/gen/master.ts';
import { AgentClient, MasterClient, type OperatorCall, type OperatorTarget } from '../../src/index.ts';
import { RunningTask } from '../../test-helpers/running-task.ts';
import { withoutUnknown } from '../../test-helpers/without-unknown.ts';

type ReadType<Call extends { readonly type?: string | undefined }> = Extract<
  NonNullable<Call['type']>,
  `GET_${string}`
>;

/** What each call that reads is expected to tell, at least. */
const ofMaster: Readonly<Record<ReadType<MasterCallMessage>, (task: RunningTask) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_FLAGS: () => ({ flags: expect.arrayContaining([{ name: 'allocation_interval', value: '50ms' }]) }),
  GET_VERSION: () => ({ version_info: { version: '1.11.0' } }),
  GET_METRICS: () => ({ metrics: expect.arrayContaining([{ name: 'master/tasks_running', value: 1 }]) }),
  GET_LOGGING_LEVEL: () => ({ level: 0 }),
  GET_STATE: ({ id, agentId }) => ({
    get_tasks: { tasks: [{ task_id: { value: id }, agent_id: { value: agentId }, state: 'TASK_RUNNING' }] },
    get_agents: { agents: [{ active: true }, { active: true }] },
  }),
  GET_AGENTS: () => ({
    agents: [{ agent_info: { attributes: [{ name: 'rack', text: { value: 'a' } }] } }, { version: '1.11.0' }],
  }),
  GET_FRAMEWORKS: ({ frameworkId }) => ({
    frameworks: [{ framework_info: { id: { value: frameworkId } }, active: true, connected: true }],
  }),
  GET_EXECUTORS: () => ({}),
  GET_OPERATIONS: () => ({}),
  GET_TASKS: ({ id }) => ({ tasks: [{ task_id: { value: id } }] }),
  GET_ROLES: ({ frameworkId }) => ({ roles: [{ name: '*', frameworks: [{ value: frameworkId }] }] }),
  // Not even the payload is there: an answer nonetheless.
  GET_WEIGHTS: () => ({}),
  GET_MASTER: () => ({ master_info: { version: '1.11.0' }, elected_time: expect.any(Number) }),
  GET_MAINTENANCE_STATUS: () => ({ status: {} }),
  GET_MAINTENANCE_SCHEDULE: () => ({ schedule: {} }),
  GET_QUOTA: () => ({ status: {} }),
};

const ofAgent: Readonly<Record<ReadType<AgentCallMessage>, (task: RunningTask) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_FLAGS: () => ({ flags: expect.arrayContaining([{ name: 'recovery_timeout', value: '1mins' }]) }),
  GET_VERSION: () => ({ version_info: { version: '1.11.0' } }),
  GET_METRICS: () => ({ metrics: expect.arrayContaining([{ name: 'slave/registered', value: 1 }]) }),
  GET_LOGGING_LEVEL: () => ({ level: 0 }),
  GET_STATE: ({ frameworkId }) => ({
    get_frameworks: { frameworks: [{ framework_info: { id: { value: frameworkId } } }] },
  }),
  GET_CONTAINERS: ({ id }) => ({ containers: [{ executor_id: { value: id } }] }),
  GET_FRAMEWORKS: ({ frameworkId }) => ({ frameworks: [{ framework_info: { id: { value: frameworkId } } }] }),
  GET_EXECUTORS: ({ id }) => ({ executors: [{ executor_info: { executor_id: { value: id } } }] }),
  GET_OPERATIONS: () => ({}),
  GET_TASKS: ({ id }) => ({ launched_tasks: [{ task_id: { value: id }, state: 'TASK_RUNNING' }] }),
  GET_AGENT: ({ agentId }) => ({ agent_info: { id: { value: agentId } } }),
  GET_RESOURCE_PROVIDERS: () => ({}),
};

/** Their answers change from one moment to the next. */
const moving = new Set(['GET_METRICS', 'GET_CONTAINERS']);

describe.skipIf(!requireRealMesos())('calls that read', () => {
  let cluster: RealMesos;
  let task: RunningTask;

  beforeAll(async () => {
    const agent = { resources: 'cpus:2;mem:1024;disk:1024', attributes: 'rack:a' };
    cluster = await startMesos({ agents: [agent, agent] });
    task = await RunningTask.start(cluster, 'reads', 'exec sleep 1000');
  });

  afterAll(async () => {
    await task?.close();
    await cluster?.stop();
  });

  async function ask(target: OperatorTarget, type: string, contentType: 'json' | 'protobuf') {
    const call = type === 'GET_METRICS' ? { type, get_metrics: {} } : { type };
    if (target === 'master') {
      await using master = new MasterClient({ master: cluster.url, contentType });
      return await master.call(call as OperatorCall<'master'>);
    }
    await using agent = new AgentClient({ agent: task.agent, contentType });
    return await agent.call(call as OperatorCall<'agent'>);
  }

  it.each(['master', 'agent'] as const)('are all here: those of the %s', (target) => {
    const type = messageShape(`mesos.v1.${target}.Call`).byName.get('type')?.value;
    const types = type?.kind === 'enum' ? [...type.enum.numberOf.keys()] : [];
    const reads = types.filter((name) => name.startsWith('GET_')).sort();
    expect(Object.keys(target === 'master' ? ofMaster : ofAgent).sort()).toStrictEqual(reads);
  });

  describe.each([
    ['master', ofMaster],
    ['agent', ofAgent],
  ] as const)('of the %s', (target, expectations) => {
    it.each(Object.entries(expectations))('%s', async (type, expected) => {
      const json = await ask(target, type, 'json');
      const protobuf = withoutUnknown(await ask(target, type, 'protobuf'));
      expect(json).toMatchObject(expected(task));
      expect(protobuf).toMatchObject(expected(task));
      // In JSON Mesos also writes fields that are unset and have a default.
      if (!moving.has(type)) expect(json).toMatchObject(protobuf as object);
    });
  });

  it('bring the same uncompressed, and take long calls either way', async () => {
    const many = Array.from({ length: 2000 }, (_, number) => ({ role: `role ${number}`, weight: -1 }));
    const update = { type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: many } } as const;
    const answers: unknown[] = [];
    for (const gzip of [true, false]) {
      await using master = new MasterClient({ master: cluster.url, gzip });
      answers.push(await master.call({ type: 'GET_FLAGS' }));
      await expect(master.call(update)).rejects.toMatchObject({
        status: 400,
        answer: expect.stringContaining("role 'role 0'"),
      });
    }
    expect(answers[0]).toStrictEqual(answers[1]);
  });

  it('are answered by agents that are found through the master', async () => {
    expect(cluster.agents.map(({ url }) => url)).toContain(task.agent);
    await using agent = new AgentClient({ agent: task.agent });
    const { agent_info } = await agent.call({ type: 'GET_AGENT' });
    expect(agent_info?.id?.value).toBe(task.agentId);
  });
});
