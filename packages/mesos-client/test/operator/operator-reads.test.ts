import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { OperatorClient, type WireFormat } from '../../src/index.ts';
import { TestScheduler } from '../../test-helpers/framework.ts';

const formats = ['json', 'protobuf'] as const satisfies readonly WireFormat[];

describe.skipIf(!requireRealMesos())('the operator API', () => {
  let cluster: RealMesos;
  let scheduler: TestScheduler;

  beforeAll(async () => {
    const agent = { resources: 'cpus:2;mem:1024;disk:1024', attributes: 'rack:a' };
    cluster = await startMesos({ agents: [agent, agent] });
    scheduler = new TestScheduler({ master: cluster.url });
    await scheduler.start();
    await scheduler.launch('writes', 'printf "Größe: 12345"; exec sleep 1000');
    await scheduler.updateTo('writes', 'TASK_RUNNING');
  });

  afterAll(async () => {
    await scheduler?.session.close();
    await cluster?.stop();
  });

  /** The agent that runs the task, by the path that its `pid` names. */
  async function agentOfTask(contentType: WireFormat): Promise<OperatorClient<'agent'>> {
    await using master = new OperatorClient('master', { url: cluster.url, contentType });
    const [task] = (await master.call({ type: 'GET_TASKS' })).tasks ?? [];
    const { agents = [] } = await master.call({ type: 'GET_AGENTS' });
    const pid = agents.find(({ agent_info }) => agent_info.id?.value === task?.agent_id.value)?.pid ?? '';
    const url = cluster.agents.find((agent) => agent.url.endsWith(pid.split('@')[0] ?? '?'))?.url ?? '';
    return new OperatorClient('agent', { url, contentType });
  }

  describe.each(formats)('in %s', (contentType) => {
    it('answers questions about the master', async () => {
      await using master = new OperatorClient('master', { url: `${cluster.url}/api/v1`, contentType });
      expect((await master.call({ type: 'GET_VERSION' })).version_info.version).toBe('1.11.0');
      expect(await master.call({ type: 'GET_HEALTH' })).toStrictEqual({ healthy: true });
      expect((await master.call({ type: 'GET_FLAGS' })).flags).toContainEqual({
        name: 'allocation_interval',
        value: '50ms',
      });
      const { agents = [] } = await master.call({ type: 'GET_AGENTS' });
      expect(agents.map(({ agent_info }) => agent_info.attributes?.[0]?.text?.value)).toStrictEqual([
        'a',
        'a',
      ]);
      const state = await master.call({ type: 'GET_STATE' });
      expect(state.get_tasks?.tasks?.map((task) => task.task_id.value)).toStrictEqual(['writes']);
      expect(state.get_frameworks?.frameworks?.[0]?.framework_info.id?.value).toBe(
        scheduler.session.frameworkId,
      );
    });

    it('reads files in the sandbox of a task, on the agent that runs it', async () => {
      await using agent = await agentOfTask(contentType);
      const [executor] = (await agent.call({ type: 'GET_EXECUTORS' })).executors ?? [];
      const { frameworks = [] } = await agent.call({ type: 'GET_FRAMEWORKS' });
      const id = frameworks[0]?.framework_info.id?.value;
      const sandbox = `/frameworks/${id}/executors/${executor?.executor_info.executor_id.value}/runs/latest`;
      const { file_infos = [] } = await agent.call({ type: 'LIST_FILES', list_files: { path: sandbox } });
      const stdout = file_infos.find(({ path }) => path.endsWith('/stdout'));
      expect(stdout?.size).toBe(14n);
      const read_file = { path: `${sandbox}/stdout`, offset: 9n };
      const { data, size } = await agent.call({ type: 'READ_FILE', read_file });
      expect(size).toBe(14n);
      expect(Buffer.from(data).toString()).toBe('12345');
    });

    it('keeps 64-bit times exact, there and back', async () => {
      await using master = new OperatorClient('master', { url: cluster.url, contentType });
      const start = { nanoseconds: 4_102_444_800_123_456_789n };
      const window = { machine_ids: [{ hostname: 'elsewhere' }], unavailability: { start } };
      const answer = await master.call({
        type: 'UPDATE_MAINTENANCE_SCHEDULE',
        update_maintenance_schedule: { schedule: { windows: [window] } },
      });
      expect(answer).toBeUndefined();
      const { schedule } = await master.call({ type: 'GET_MAINTENANCE_SCHEDULE' });
      expect(schedule.windows?.[0]?.unavailability.start).toStrictEqual(start);
      await master.call({
        type: 'UPDATE_MAINTENANCE_SCHEDULE',
        update_maintenance_schedule: { schedule: {} },
      });
    });

    it('passes on what it is refused with', async () => {
      await using master = new OperatorClient('master', { url: cluster.url, contentType });
      await expect(
        master.call({ type: 'TEARDOWN', teardown: { framework_id: { value: 'nobody' } } }),
      ).rejects.toMatchObject({ code: 'CALL_REFUSED', status: 400, callType: 'TEARDOWN' });
      await expect(
        master.call({ type: 'READ_FILE', read_file: { path: '/nowhere', offset: 0n } }),
      ).rejects.toMatchObject({ code: 'CALL_REFUSED', status: 404 });
    });
  });

  it('says what was not sent, and stops waiting when told to', async () => {
    await using nobody = new OperatorClient('master', { url: 'http://127.0.0.1:1' });
    await expect(nobody.call({ type: 'GET_HEALTH' })).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await using master = new OperatorClient('master', { url: cluster.url });
    const signal = AbortSignal.abort();
    await expect(master.call({ type: 'GET_HEALTH' }, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
