import { ExecutorSession, type ExecutorSessionEvent } from '@galaxy-mesos/mesos-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScriptedAgent } from '../../../packages/mesos-client/test/executor/scripted-agent.ts';

// As in the bundle: what a session uses of undici must be there.
vi.mock('undici', () => import('./lean-http.ts'));

describe('a session over the lean replacement of undici', () => {
  const agents: ScriptedAgent[] = [];
  const events: ExecutorSessionEvent[] = [];

  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.close();
  });

  it('subscribes, tells updates, and comes back to an agent that was away', async () => {
    const agent = await new ScriptedAgent().listen();
    agents.push(agent);
    agent.play = (exchange) => {
      if (exchange.call.type === 'SUBSCRIBE') exchange.subscribed().launch('a');
      else exchange.answer(202);
    };
    const { endpoint } = agent;
    await using session = new ExecutorSession({
      frameworkId: 'framework-1',
      executorId: 'executor-1',
      endpoint,
      recoveryTimeout: 60_000,
      maximumBackoff: 20,
      contentType: 'json',
    });
    await session.start((event) => {
      events.push(event);
    });
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe('LAUNCH'));
    await session.update({ task_id: { value: 'a' }, state: 'TASK_RUNNING' });

    await agent.close();
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe('RETRYING'));
    const back = await new ScriptedAgent().listen({ port: Number(endpoint.port), host: '127.0.0.1' });
    agents.push(back);
    back.play = (exchange) => exchange.subscribed();
    const { call } = await back.called('SUBSCRIBE');
    expect(call.subscribe?.unacknowledged_updates).toHaveLength(1);
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe('SUBSCRIBED'));
  });
});
