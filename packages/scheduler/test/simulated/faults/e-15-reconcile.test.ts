import type { AttemptReference, AttemptUpdate, TaskRecord } from '@galaxy-mesos/scheduler';
import { defaultOptions, defaultPolicy } from '@galaxy-mesos/scheduler';
import { expect, test } from 'vitest';
import { type CoreInput, SchedulerCore } from '../../../src/runtime/core.ts';
import { aPlan } from '../world/plan.ts';
import { stage } from '../world/play.ts';
import { listen } from '../world/sent-messages.ts';

const resources = { cpus: 0.001, mem: 1, disk: 0 };

test('E.15 10,000-task reconcile on a cluster: in batches, one round at a time, while offers are answered', async () => {
  const plans = Array.from({ length: 10_000 }, (_, index) =>
    aPlan(`${index}`, { runSeconds: 100_000, spec: { resources } }),
  );
  const { world } = stage(plans, { quietTurns: 20 });
  world.cluster.addAgents(20, { resources: { cpus: 0.5, mem: 500, disk: 0 } });
  await world.pass(30);
  expect(world.cluster.ledger.starts).toBe(plans.length);
  world.killScheduler();
  await world.pass(1);
  const { calls: sent } = listen(world.cluster);
  world.startScheduler();
  const began = world.cluster.time.now / 1000;
  await world.pass(0.5);
  // The round is not over yet.
  expect(sent('RECONCILE').length).toBeLessThan(8);
  await world.pass(20);
  const rounds = sent('RECONCILE').map(({ at }) => at - began);
  // Ten batches of a thousand, and then the question for all that the store does not know.
  expect(rounds).toHaveLength(11);
  for (const [index, at] of rounds.slice(1).entries())
    expect(at - (rounds[index] ?? 0)).toBeGreaterThan(0.099);
  world.submit([aPlan('late').spec]);
  await world.pass(3);
  expect(world.store.stateOf('late')).toBe('active');
  await world.pass(300);
  expect(sent('RECONCILE')).toHaveLength(11);
  expect(world.cluster.ledger.starts).toBe(plans.length + 1);
});

/** A task that an earlier scheduler left running. */
const running = (id: string): TaskRecord => ({
  spec: { ...aPlan(id).spec, resources },
  state: 'active',
  attempts: [
    {
      id: `${id}-1`,
      taskId: id,
      number: 1,
      state: 'TASK_RUNNING',
      agentId: `agent-${Number(id) % 200}`,
      hostname: 'host',
      launchedAt: 0,
      startedAt: 1,
    },
  ],
});

const answerTo = ({ attemptId, agentId }: AttemptReference): CoreInput => {
  const update: AttemptUpdate = { attemptId, agentId, state: 'TASK_RUNNING', timestamp: 2 };
  return { type: 'driver', event: { type: 'update', update } };
};

test('E.15 100,000-task reconcile: 1,000 every 100 ms, each once, and offers are answered at once meanwhile', () => {
  const core = new SchedulerCore({ options: defaultOptions, policy: defaultPolicy, placements: [] });
  core.restore(
    Array.from({ length: 100_000 }, (_, index) => running(`${index}`)),
    0,
  );
  const asked: string[] = [];
  let inputs: readonly CoreInput[] = [
    { type: 'driver', event: { type: 'subscribed', frameworkId: 'framework' } },
    { type: 'submit', specs: [aPlan('late').spec] },
  ];
  let unanswered = 0;
  for (let round = 0; round < 100; round++) {
    const offer = {
      id: `offer-${round}`,
      agent: { id: 'free', hostname: 'free', attributes: {} },
      resources: { cpus: 1, mem: 128, disk: 10 },
    };
    const offered: CoreInput = { type: 'driver', event: { type: 'offers', offers: [offer] } };
    const { effects } = core.advance([...inputs, offered], round * 100, round * 100);
    const questions = effects.flatMap((effect) => (effect.type === 'reconcile' ? [effect.attempts] : []));
    expect(questions.map(({ length }) => length)).toEqual([1000]);
    const isAnswered = effects.some(
      (effect) =>
        (effect.type === 'launch' || effect.type === 'decline') && effect.offerIds.includes(offer.id),
    );
    if (!isAnswered) unanswered++;
    asked.push(...questions.flat().map(({ attemptId }) => attemptId));
    // The answers come while the next are asked for.
    inputs = questions.flat().map(answerTo);
  }
  expect(new Set(asked).size).toBe(100_000);
  expect(unanswered).toBe(0);
  const { effects } = core.advance(inputs, 10_000, 10_000);
  expect(effects.filter(({ type }) => type === 'reconcile')).toHaveLength(1);
});
