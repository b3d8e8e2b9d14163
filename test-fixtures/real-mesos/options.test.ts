import { describe, expect, it } from 'vitest';
import {
  agentEnvironment,
  masterEnvironment,
  needsSeparateProcesses,
  type RealMesosOptions,
  sharedEnvironment,
} from './options.ts';

const surroundings = {
  master: '127.0.0.1:5050',
  credentialsFile: '/folder/credentials.json',
  executorKeyFile: '/folder/executor-key',
};
const agent = { resources: 'cpus:4', attributes: 'rack:a' };

describe('the environment of a process of Mesos', () => {
  it('lets flags that were asked for win over those that make tests quick', () => {
    const masterFlags = { allocation_interval: '1secs' };
    const agentFlags = { recovery_timeout: '2mins' };
    const options = { agents: [agent], masterFlags, agentFlags };
    expect(masterEnvironment(options, surroundings)).toMatchObject({ MESOS_ALLOCATION_INTERVAL: '1secs' });
    expect(agentEnvironment(options, surroundings, agent)).toMatchObject({ MESOS_RECOVERY_TIMEOUT: '2mins' });
    expect(sharedEnvironment(options, surroundings)).toMatchObject({
      MESOS_ALLOCATION_INTERVAL: '1secs',
      MESOS_RECOVERY_TIMEOUT: '2mins',
      MESOS_RESOURCES: 'cpus:4',
      MESOS_ATTRIBUTES: 'rack:a',
      RIG_AGENTS: '1',
    });
  });

  it('has flags of its own that win over those of all agents', () => {
    const named = { ...agent, flags: { hostname: 'left' } };
    const options = { agents: [named, agent], agentFlags: { hostname: 'right' } };
    expect(agentEnvironment(options, surroundings, named)).toMatchObject({ MESOS_HOSTNAME: 'left' });
    expect(agentEnvironment(options, surroundings, agent)).toMatchObject({ MESOS_HOSTNAME: 'right' });
    expect(needsSeparateProcesses(options)).toBe(true);
  });

  it('keeps flags of masters from agents that have a process of their own, and the other way round', () => {
    const options = { agents: [agent], masterFlags: { quorum: '2' }, agentFlags: { isolation: 'posix/cpu' } };
    expect(agentEnvironment(options, surroundings, agent)).not.toHaveProperty('MESOS_QUORUM');
    expect(masterEnvironment(options, surroundings)).not.toHaveProperty('MESOS_ISOLATION');
  });

  it('sends masters and agents to the same ZooKeeper', () => {
    const zookeeper = 'zk://127.0.0.1:2181/mesos';
    const options = { agents: [agent], zookeeper };
    const elected = { ...surroundings, master: zookeeper };
    expect(masterEnvironment(options, elected)).toMatchObject({ MESOS_ZK: zookeeper });
    expect(agentEnvironment(options, elected, agent)).toMatchObject({ RIG_MASTER: zookeeper });
    expect(masterEnvironment({ agents: [] }, surroundings)).not.toHaveProperty('MESOS_ZK');
  });

  it('names the file of credentials to masters and agents, and no secret', () => {
    const options = { agents: [agent], credentials: [{ principal: 'galaxy', secret: 's3cret' }] };
    const file = 'file:///folder/credentials.json';
    for (const environment of [
      masterEnvironment(options, surroundings),
      agentEnvironment(options, surroundings, agent),
    ]) {
      expect(environment).toMatchObject({ MESOS_CREDENTIALS: file, MESOS_HTTP_CREDENTIALS: file });
      expect(JSON.stringify(environment)).not.toContain('s3cret');
    }
  });
});

describe('whether masters and agents need processes of their own', () => {
  it.each<[string, boolean, Partial<RealMesosOptions>]>([
    ['agents that are alike do not', false, { agents: [agent, agent] }],
    ['agents that differ do', true, { agents: [agent, { resources: 'cpus:1' }] }],
    ['a master without agents does', true, { agents: [] }],
    ['a master that contends in ZooKeeper does', true, { zookeeper: 'zk://127.0.0.1:2181/mesos' }],
    ['a master that need not lead does', true, { awaitLeader: false }],
    ['what is asked for does', true, { separateProcesses: true }],
  ])('%s', (_, expected, options) => {
    expect(needsSeparateProcesses({ agents: [agent], ...options })).toBe(expected);
  });

  it('refuses what rules itself out', () => {
    const separateProcesses = false;
    expect(() => needsSeparateProcesses({ agents: [agent], masters: 2 })).toThrow('zookeeper');
    expect(() =>
      needsSeparateProcesses({ agents: [agent, { resources: 'cpus:1' }], separateProcesses }),
    ).toThrow('separateProcesses');
    const credentials = [{ principal: 'galaxy', secret: 's3cret' }];
    expect(() => needsSeparateProcesses({ agents: [], executorTokens: true, credentials })).toThrow(
      'not both',
    );
  });
});
