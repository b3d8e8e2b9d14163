import type { mesos } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { Agents } from './agents.ts';

const offerOf = (url: mesos.URL | undefined): mesos.Offer => ({
  id: { value: 'offer' },
  framework_id: { value: 'framework' },
  agent_id: { value: 'agent' },
  hostname: 'node1',
  ...(url && { url }),
});

const sandboxFrom = (url: mesos.URL | undefined, frameworkId?: string, attemptId = 'task-1') => {
  const agents = new Agents({
    credential: undefined,
    tls: undefined,
    masterUrl: () => undefined,
    frameworkId: () => frameworkId,
    list: async () => ({ agents: [], awaited: 0 }),
  });
  agents.learn(offerOf(url));
  return agents.sandboxOf({ attemptId, agentId: 'agent' });
};

const address = { hostname: 'node1', ip: '10.0.0.2', port: 5051 };

describe('Agents', () => {
  it('finds the sandbox at the root of the agent, whatever path the agent has', () => {
    const expected =
      'http://node1:5051/files/browse?path=/frameworks/framework-1/executors/task-1/runs/latest';
    expect(sandboxFrom({ scheme: 'http', address, path: '/slave(1)' }, 'framework-1')).toBe(expected);
    expect(sandboxFrom({ scheme: 'http', address }, 'framework-1')).toBe(expected);
  });

  it('keeps to the scheme of the agent, and escapes what an attempt id may hold', () => {
    expect(sandboxFrom({ scheme: 'https', address }, 'framework-1', 'a b&c#d')).toBe(
      'https://node1:5051/files/browse?path=/frameworks/framework-1/executors/a%20b%26c%23d/runs/latest',
    );
  });

  it('takes the address of an agent that calls itself localhost', () => {
    const url = { scheme: 'http', address: { ...address, hostname: 'localhost' } };
    expect(sandboxFrom(url, 'framework-1')).toMatch(/^http:\/\/10\.0\.0\.2:5051\//);
  });

  it('knows no sandbox on an agent that it has not heard of, or before there is a framework', () => {
    expect(sandboxFrom(undefined, 'framework-1')).toBeUndefined();
    expect(sandboxFrom({ scheme: 'http', address })).toBeUndefined();
  });

  it('finds the sandbox of an attempt in a group below that of its executor', () => {
    const agents = new Agents({
      credential: undefined,
      tls: undefined,
      masterUrl: () => undefined,
      frameworkId: () => 'framework-1',
      list: async () => ({ agents: [], awaited: 0 }),
    });
    agents.learn(offerOf({ scheme: 'http', address }));
    agents.learnExecutor('task-1', 'group-1');
    expect(agents.sandboxOf({ attemptId: 'task-1', agentId: 'agent' })).toBe(
      'http://node1:5051/files/browse?path=/frameworks/framework-1/executors/group-1/runs/latest/tasks/task-1',
    );
  });

  it('goes on without addresses where the master does not answer', async () => {
    const agents = new Agents({
      credential: undefined,
      tls: undefined,
      masterUrl: () => undefined,
      frameworkId: () => 'framework-1',
      list: () => new Promise(() => {}),
    });
    await agents.learnFromMaster(['agent']);
    expect(agents.sandboxOf({ attemptId: 'task-1', agentId: 'agent' })).toBeUndefined();
  });

  it('has no tail of anything while there is no master to ask', async () => {
    const agents = new Agents({
      credential: undefined,
      tls: undefined,
      masterUrl: () => undefined,
      frameworkId: () => 'framework-1',
      list: async () => ({ agents: [], awaited: 0 }),
    });
    await agents.learnFromMaster(['agent']);
    expect(await agents.tail({ attemptId: 'a', agentId: 'agent' }, 'stdout', 10)).toBe('');
  });
});
