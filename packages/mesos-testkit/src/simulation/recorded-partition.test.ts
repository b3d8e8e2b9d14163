import { describe, expect, it } from 'vitest';
import { BareFramework, byTask } from '../../test-helpers/bare-framework.ts';
import { recordedUpdates } from '../../test-helpers/recorded-updates.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

const hostname = '127.0.0.1';
const resources = { cpus: 2, mem: 2048, disk: 1000 };
const untilKilled = () => ({ startSeconds: 0.1, runSeconds: Number.POSITIVE_INFINITY, exitCode: 0 });
const seconds = 1000;

/** A cluster of one agent, as in the recordings. */
function oneAgent() {
  const cluster = new SimulatedCluster({ behaviour: untilKilled });
  const agent = cluster.addAgent({ hostname, resources });
  return { cluster, agent, wait: (count: number) => cluster.time.advance(count * seconds) };
}

/** Asks for one task by its name and agent, and then for all. */
function reconcile(framework: BareFramework, taskId: string, agentId: string): void {
  framework.call({ type: 'RECONCILE', tasks: [{ taskId, agentId }] });
  framework.call({ type: 'RECONCILE', tasks: [] });
}

describe('the recorded partitions of Mesos 1.11.0', () => {
  it('are told to frameworks in the same words: 08-partition', () => {
    const { cluster, agent, wait } = oneAgent();
    const aware = new BareFramework(cluster);
    wait(1);
    aware.launch('a-1');
    wait(2);
    const notAware = new BareFramework(cluster, { isPartitionAware: false });
    wait(2);
    for (const offer of aware.offers) aware.call({ type: 'DECLINE', offerIds: [offer.id], refuseSeconds: 3 });
    wait(2);
    notAware.launch('n-1');
    wait(2);
    notAware.call({ type: 'SUPPRESS' });
    const askAll = (agentId: string) => {
      reconcile(aware, 'a-1', agentId);
      reconcile(notAware, 'n-1', agentId);
    };
    wait(5);

    cluster.partitionAgent(agent.id);
    wait(80);
    askAll(agent.id);
    aware.call({ type: 'KILL', taskId: 'a-1', agentId: agent.id });
    cluster.healAgent(agent.id);
    wait(3);
    askAll(agent.id);

    aware.launch('a-2');
    wait(2);
    cluster.partitionAgent(agent.id);
    wait(80);
    const doomed = [...agent.tasks.values()].find(({ launch }) => launch.taskId === 'a-2');
    if (doomed) agent.killProcess(doomed);
    cluster.healAgent(agent.id);
    wait(3);

    cluster.killAgent(agent.id);
    wait(80);
    cluster.startAgent(agent.id);
    wait(3);
    askAll(agent.id);
    cluster.killAgent(agent.id);
    wait(1);
    cluster.startAgent(agent.id);
    wait(3);
    askAll(agent.id);

    const other = cluster.replaceAgent(agent.id);
    wait(2);
    askAll(agent.id);
    aware.launch('a-3');
    wait(1);
    aware.call({ type: 'SUPPRESS' });
    for (const offer of aware.offers) aware.call({ type: 'DECLINE', offerIds: [offer.id], refuseSeconds: 3 });
    notAware.call({ type: 'REVIVE' });
    wait(2);
    notAware.launch('n-3');
    notAware.call({ type: 'SUPPRESS' });
    wait(2);
    const forgetful = new BareFramework(cluster, { checkpoint: false });
    wait(2);
    forgetful.launch('c-3');
    wait(2);

    cluster.killAgent(other.id);
    wait(80);
    reconcile(aware, 'a-3', other.id);
    reconcile(notAware, 'n-3', other.id);
    forgetful.call({ type: 'RECONCILE', tasks: [{ taskId: 'c-3', agentId: other.id }] });
    aware.call({
      type: 'RECONCILE',
      tasks: [{ taskId: 'a-3' }, { taskId: 'never-was', agentId: other.id }, { taskId: 'never-was-2' }],
    });

    const recorded = (name: string) => byTask(recordedUpdates('08-partition.jsonl', name));
    expect(byTask(aware.told)).toEqual(recorded('aware'));
    expect(byTask(notAware.told)).toEqual(recorded('not-aware'));
    expect(byTask(forgetful.told)).toEqual(recorded('aware-not-checkpointing'));
  });

  it('leave the same questions unanswered under a new master: 10-recovering-agents', () => {
    const { cluster, agent, wait } = oneAgent();
    const framework = new BareFramework(cluster);
    wait(1);
    framework.launch('t-1');
    wait(2);
    framework.call({ type: 'SUPPRESS' });
    cluster.partitionAgent(agent.id);
    cluster.failMaster(1);
    wait(2);
    framework.subscribe();
    const ask = (taskId: string, agentId?: string) =>
      framework.call({ type: 'RECONCILE', tasks: [{ taskId, ...(agentId && { agentId }) }] });
    ask('t-1', agent.id);
    ask('t-1');
    ask('never-was');
    ask('never-was', 'no-such-agent');
    framework.call({ type: 'RECONCILE', tasks: [] });
    framework.call({ type: 'KILL', taskId: 't-1', agentId: 'no-such-agent' });
    cluster.healAgent(agent.id);
    wait(3);
    ask('t-1', agent.id);
    ask('never-was', agent.id);
    ask('never-was-2');
    framework.call({ type: 'RECONCILE', tasks: [] });
    framework.call({ type: 'KILL', taskId: 't-1' });
    wait(3);
    expect(byTask(framework.told)).toEqual(
      byTask(recordedUpdates('10-recovering-agents.jsonl', 'scheduler')),
    );
  });
});
