import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { MasterClient, type MasterWatchEvent } from '../../src/index.ts';
import { TestScheduler } from '../../test-helpers/framework.ts';

/** An event in a few words. */
function describeEvent(event: MasterWatchEvent): string {
  switch (event.type) {
    case 'TASK_ADDED':
      return `${event.type} ${event.task_added.task.task_id.value}`;
    case 'TASK_UPDATED':
      // `task_updated.state` is the latest that the agent knew, which may be ahead of this status.
      return `${event.type} ${event.task_updated.status.task_id.value} ${event.task_updated.status.state}`;
    case 'FRAMEWORK_ADDED':
      return `${event.type} ${event.framework_added.framework.framework_info.name}`;
    case 'FRAMEWORK_REMOVED':
      return `${event.type} ${event.framework_removed.framework_info.name}`;
    case 'SUBSCRIBED': {
      const { get_agents, get_tasks } = event.subscribed.get_state ?? {};
      return `${event.type} ${get_agents?.agents?.length ?? 0} agents, ${get_tasks?.tasks?.length ?? 0} tasks`;
    }
    case 'DISCONNECTED':
      return `${event.type} ${event.reason.code}`;
    default:
      return event.type;
  }
}

describe.skipIf(!requireRealMesos())('events of a real master', () => {
  let cluster: RealMesos;
  const stop = new AbortController();

  beforeAll(async () => {
    const agents = [{ resources: 'cpus:2;mem:1024;disk:1024' }];
    cluster = await startMesos({ agents, separateProcesses: true, masterFlags: { registry: 'in_memory' } });
  });

  afterAll(async () => {
    stop.abort();
    await cluster?.stop();
  });

  /** The next events that say something, told in words. */
  async function take(events: AsyncGenerator<MasterWatchEvent>, count: number): Promise<string[]> {
    const told: string[] = [];
    while (told.length < count) {
      const { value, done } = await events.next();
      if (done) throw new Error('the events have ended');
      if (value.type !== 'HEARTBEAT' && value.type !== 'RETRYING') told.push(describeEvent(value));
    }
    return told;
  }

  it.each(['json', 'protobuf'] as const)(
    'tell the life of a task and its framework, in %s',
    async (contentType) => {
      await using master = new MasterClient({ master: cluster.url, contentType });
      const events = master.subscribe();
      expect(await take(events, 1)).toStrictEqual(['SUBSCRIBED 1 agents, 0 tasks']);
      const scheduler = new TestScheduler({ master: cluster.url });
      await scheduler.start();
      const id = `task-${contentType}`;
      await scheduler.launch(id, 'sleep 0.1');
      await scheduler.updateTo(id, 'TASK_FINISHED');
      await scheduler.session.send({ type: 'TEARDOWN' });
      expect(await take(events, 6)).toStrictEqual([
        'FRAMEWORK_ADDED mesos-client-test',
        `TASK_ADDED ${id}`,
        `TASK_UPDATED ${id} TASK_STARTING`,
        `TASK_UPDATED ${id} TASK_RUNNING`,
        `TASK_UPDATED ${id} TASK_FINISHED`,
        'FRAMEWORK_REMOVED mesos-client-test',
      ]);
      await events.return();
    },
  );

  it('tell the life of agents, and go on with a master that is restarted', async () => {
    await using master = new MasterClient({ master: cluster.url });
    const events = master.watch({ signal: stop.signal });
    expect(await take(events, 1)).toStrictEqual(['SUBSCRIBED 1 agents, 0 tasks']);
    const [agent] = cluster.agents;
    await agent?.kill();
    // Without its memory it comes as another.
    rmSync(join(cluster.folder, 'agent-0'), { recursive: true });
    await agent?.restart();
    expect((await take(events, 2)).sort()).toStrictEqual(['AGENT_ADDED', 'AGENT_REMOVED']);
    const afterwards = take(events, 3);
    await cluster.restartMaster();
    expect(await afterwards).toStrictEqual([
      'DISCONNECTED CONNECTION_LOST',
      'SUBSCRIBED 0 agents, 0 tasks',
      'AGENT_ADDED',
    ]);
  });
});
