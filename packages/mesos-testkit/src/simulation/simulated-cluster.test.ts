import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BareFramework } from '../../test-helpers/bare-framework.ts';
import { audit } from './audit/audit.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

/** What may happen to a cluster of {@link agentCount} agents; `which` chooses among agents, offers and tasks. */
const agentCount = 4;
const usual = ['launch', 'wait', 'decline', 'kill', 'reconcile'];
const unusual = [
  'partition',
  'heal',
  'kill agent',
  'power off',
  'start agent',
  'fail master',
  'subscribe',
  'leave',
  'drain',
  'wait long',
];
const step = fc.record({
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('launch', 'wait') },
    { weight: 2, arbitrary: fc.constantFrom(...usual) },
    { weight: 2, arbitrary: fc.constantFrom(...unusual) },
  ),
  which: fc.integer({ min: 0, max: 100 }),
});
type Step = { readonly what: string; readonly which: number };

/** Does what the steps say, and answers all that two frameworks were told. */
function play(steps: readonly Step[], seed: number) {
  const cluster = new SimulatedCluster({
    seed,
    behaviour: (_task, random) => ({
      startSeconds: random.fraction(),
      runSeconds: random.between(1, 200),
      exitCode: random.chance(0.2) ? 1 : 0,
    }),
  });
  cluster.addAgents(agentCount, { resources: { cpus: 0.3, mem: 96, disk: 0 } });
  const frameworks = [
    new BareFramework(cluster),
    new BareFramework(cluster, { isPartitionAware: false, roles: ['a'] }),
  ];
  const violations: string[] = [];
  cluster.time.advance(2000);
  for (const [index, { what, which }] of steps.entries()) {
    const framework = frameworks[which % 2] ?? expect.fail();
    act(cluster, framework, { what, which }, index);
    violations.push(...audit(cluster).violations);
  }
  return { told: frameworks.map(({ events }) => events.map(withoutObjects)), violations, cluster };
}

const withoutObjects = (event: BareFramework['events'][number]) =>
  event.type === 'OFFERS' ? event.offers.map(({ id, bag }) => `${id} ${bag.cpus}`) : event;

function act(
  cluster: SimulatedCluster,
  framework: BareFramework,
  { what, which }: Step,
  index: number,
): void {
  const agentId = `agents-S${which % agentCount}`;
  const tasks = [...(cluster.master?.state.frameworks.get(framework.id)?.tasks.keys() ?? [])];
  const actions: Readonly<Record<string, () => void>> = {
    launch: () => framework.launch(`t-${index}`, `u-${index}`),
    decline: () => {
      const offerIds = framework.offers.slice(0, 2).map(({ id }) => id);
      framework.call({ type: 'DECLINE', offerIds, refuseSeconds: which / 10 });
    },
    kill: () => framework.call({ type: 'KILL', taskId: tasks[which % Math.max(1, tasks.length)] ?? 'none' }),
    partition: () => cluster.partitionAgent(agentId),
    heal: () => cluster.healAgent(agentId),
    'kill agent': () => cluster.killAgent(agentId),
    'power off': () => cluster.powerOff(agentId),
    'start agent': () => cluster.startAgent(agentId),
    'fail master': () => cluster.failMaster(which / 10),
    subscribe: () => framework.subscribe(),
    leave: () => {
      const known = cluster.master?.state.frameworks.get(framework.id);
      if (known) cluster.master?.frameworks.disconnected(known, framework);
    },
    reconcile: () => framework.call({ type: 'RECONCILE', tasks: [] }),
    drain: () => cluster.master?.drains.drain(agentId, { marksGone: false }),
    wait: () => {
      if (!cluster.master?.state.frameworks.get(framework.id)?.isConnected) framework.subscribe();
      cluster.time.advance(which * 100);
    },
    'wait long': () => cluster.time.advance(which * 10_000),
  };
  actions[what]?.();
}

describe('a simulated cluster', () => {
  it('over-commits no agent and keeps its books balanced, whatever happens', () => {
    let starts = 0;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 80 }),
        fc.integer({ min: 1, max: 1000 }),
        (steps, seed) => {
          const { violations, cluster } = play(steps, seed);
          expect(violations).toEqual([]);
          starts += cluster.ledger.starts;
        },
      ),
      { numRuns: 400 },
    );
    // That it was not for want of tasks.
    expect(starts).toBeGreaterThan(300);
  });

  it('does the same twice', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 80 }),
        fc.integer({ min: 1, max: 1000 }),
        (steps, seed) => {
          expect(play(steps, seed).told).toEqual(play(steps, seed).told);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('notices when an agent is given more than it has, and a task an id that was used', () => {
    const cluster = new SimulatedCluster();
    const agent = cluster.addAgent({ resources: { cpus: 1, mem: 100, disk: 0 } });
    const framework = new BareFramework(cluster);
    cluster.time.advance(1000);
    framework.launch('a');
    const { info } = cluster.master?.state.frameworks.get(framework.id) ?? expect.fail();
    const [task] = [...agent.tasks.values()];
    if (task) agent.launch(info, { ...task.launch, bag: { ...task.launch.bag, cpus: 1000 } });
    expect(audit(cluster).violations).toEqual([
      expect.stringContaining(
        'agents-S0 has cpus:1; mem:100; disk:0, of which cpus:0.1; mem:32; disk:0 is in use',
      ),
      'a task was launched twice under the id a',
    ]);
    expect(audit(cluster, { answerWithinSeconds: 0, taskOf: () => 'same' }).alive).toBe(1);
  });
});
