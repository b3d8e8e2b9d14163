import { ExecutorSession, type ExecutorSessionEvent } from '@galaxy-mesos/mesos-client';
import { ScriptedAgent } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it, vi } from 'vitest';

// As in the bundle: what a session uses of undici must be there.
vi.mock('undici', () => import('./lean-http.ts'));

/** Patient with a machine that has other things to do. */
const eventually = (isThere: () => void): Promise<void> => vi.waitFor(isThere, { timeout: 20_000 });

describe('a session over the lean replacement of undici', () => {
  it('subscribes, tells updates, and comes back to an agent that was away', async () => {
    await using agent = await ScriptedAgent.listen();
    agent.acknowledges = false;
    agent.expectExecutor({
      executorInfo: { executor_id: { value: 'executor-1' } },
      frameworkInfo: { user: 'root', name: 'test', id: { value: 'framework-1' } },
    });
    const events: ExecutorSessionEvent[] = [];
    await using session = new ExecutorSession({
      frameworkId: 'framework-1',
      executorId: 'executor-1',
      endpoint: new URL('/slave(1)/api/v1/executor', agent.url),
      recoveryTimeout: 60_000,
      maximumBackoff: 20,
      contentType: 'json',
    });
    await session.start((event) => {
      events.push(event);
    });
    const task = { name: 'a', task_id: { value: 'a' }, agent_id: { value: agent.id } };
    (await agent.nextSubscription()).send({ type: 'LAUNCH', launch: { task } });
    await eventually(() => expect(events.at(-1)?.type).toBe('LAUNCH'));
    await session.update({ task_id: { value: 'a' }, state: 'TASK_RUNNING' });

    agent.crash();
    await eventually(() => expect(events.at(-1)?.type).toBe('RETRYING'));
    await agent.comeBack();
    const { subscribe } = await agent.nextSubscription();
    expect(subscribe.unacknowledged_updates).toHaveLength(1);
    await eventually(() => expect(events.at(-1)?.type).toBe('SUBSCRIBED'));
  });
});
