import { expect, test } from 'vitest';
import { aPlan } from '../world/plan.ts';
import { stage } from '../world/play.ts';
import { allKinds, attemptStates, expectAllWell } from '../world/scene.ts';
import { listen } from '../world/sent-messages.ts';

test('E.5 half-open connection: noticed after 75 s, and all that is out is asked for', async () => {
  const play = stage(allKinds());
  const { world } = play;
  await world.pass(15);
  const { calls: sent } = listen(world.cluster);
  world.driver().session.cut();
  await world.pass(74);
  expect(sent('SUBSCRIBE')).toHaveLength(0);
  expect(world.notices.some(({ type }) => type === 'disconnected')).toBe(false);
  await world.pass(5);
  expect(world.notices.some(({ type }) => type === 'disconnected')).toBe(true);
  expect(sent('SUBSCRIBE').length).toBeGreaterThan(0);
  world.driver().session.mend();
  await expectAllWell(play);
  expect(sent('RECONCILE').length).toBeGreaterThan(0);
});

test('E.19 a stream that cannot be read: the connection is given up and made anew, and nothing is lost', async () => {
  const play = stage(allKinds());
  for (let second = 5; second < 100; second += 10)
    play.world.later(second, () => play.world.driver().session.breakOff('a record of no length'));
  await expectAllWell(play);
  expect(play.world.notices.filter(({ type }) => type === 'disconnected').length).toBeGreaterThan(5);
});

test('E.5 connection lost in the middle of a launch: its fate is asked for, and the launch is not sent again', async () => {
  const play = stage([aPlan('task', { runSeconds: 60 })]);
  const { world } = play;
  const { calls: sent } = listen(world.cluster);
  // The answer takes as long as the call.
  world.cluster.network.faults.add({
    name: 'the connection breaks while a launch is on its way',
    fates: ({ hop, type }) => {
      if (hop === 'answer' && type === 'ACCEPT' && sent('ACCEPT').length === 1)
        world.later(0, () => world.driver().session.breakOff());
      return undefined;
    },
  });
  await expectAllWell(play);
  expect(world.notices.some((notice) => notice.type === 'call-failed' && notice.call === 'launch')).toBe(
    true,
  );
  expect(play.runs.begun('task')).toEqual(['task-1']);
  expect(sent('ACCEPT')).toHaveLength(1);
});

test('E.5 connection lost while an offer is held back: it is void, and is launched on no more', async () => {
  const resources = { cpus: 8, mem: 100, disk: 0 };
  const gang = ['gang-0', 'gang-1'].map((id) =>
    aPlan(id, { spec: { resources, gang: { id: 'gang', size: 2 } } }),
  );
  const play = stage([aPlan('small', { runSeconds: 40 }), ...gang], {
    agents: 2,
    submitAfter: ({ spec }) => (spec.id === 'small' ? 0 : 5),
  });
  const { world } = play;
  await world.pass(20);
  // The agent that is free is held for the gang.
  expect(world.cluster.master?.state.offers.count).toBe(1);
  world.driver().session.breakOff();
  await expectAllWell(play);
  for (const { spec } of gang) expect(await attemptStates(play, spec.id)).toEqual(['TASK_FINISHED']);
});
