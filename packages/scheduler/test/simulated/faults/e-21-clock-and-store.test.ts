import { describe, expect, test } from 'vitest';
import { aPlan } from '../world/plan.ts';
import { type Play, stage } from '../world/play.ts';
import { allKinds, expectAllWell } from '../world/scene.ts';
import { listen } from '../world/sent-messages.ts';

const hour = 3_600_000;

describe('E.21 clock jumps', () => {
  test.each([
    ['forward', hour],
    ['back', -hour],
  ])(
    'E.21 clock jumps: an hour %s in the middle of everything, and all goes on',
    async (_where, milliseconds) => {
      const play = stage(allKinds());
      for (let second = 7; second < 60; second += 13)
        play.world.later(second, () => play.world.clock().jump(milliseconds));
      await expectAllWell(play);
    },
  );

  test('E.21 clock jumps: they neither hasten nor delay what was to be waited for', async () => {
    const when = async (jump: number): Promise<number | undefined> => {
      const play = stage([aPlan('task', { runSeconds: 900 })]);
      const { world } = play;
      await world.pass(10);
      const busy = [...world.cluster.agents.values()].find(({ tasks }) => tasks.size > 0);
      world.cluster.partitionAgent(busy?.id ?? '');
      await world.pass(80);
      world.clock().jump(jump);
      const { calls: sent } = listen(world.cluster);
      await world.pass(300);
      expect(play.runs.begun('task')).toHaveLength(2);
      return sent('ACCEPT')[0]?.at;
    };
    const untroubled = await when(0);
    expect(untroubled).toBeGreaterThan(195);
    expect(await when(hour)).toBe(untroubled);
    expect(await when(-hour)).toBe(untroubled);
  });
});

describe('E.22 store down or full', () => {
  /** Everything that has an effect on attempts waits for the store. */
  const effects = (sent: ReturnType<typeof listen>): number =>
    sent.calls('ACCEPT').length + sent.calls('ACKNOWLEDGE').length;

  const unwritable = (play: Play, fromSecond: number, forSeconds: number): void => {
    play.world.later(fromSecond, () => play.world.failStore(true));
    play.world.later(fromSecond + forSeconds, () => play.world.failStore(false));
  };

  test('E.22 store down or full: nothing is launched or acknowledged until it can write again; then all goes on', async () => {
    const play = stage(allKinds(), { scheduler: { options: { storePatience: 3600 } } });
    const { world } = play;
    unwritable(play, 12, 300);
    await world.pass(13);
    const sent = listen(world.cluster);
    await world.pass(290);
    expect(effects(sent)).toBe(0);
    expect(world.notices.at(-1)).toMatchObject({
      type: 'store-trouble',
      error: { message: 'the store is down' },
    });
    await expectAllWell(play);
    const trouble = world.notices.filter(({ type }) => type === 'store-trouble');
    // Told when it began and when it was over, and once each.
    expect(trouble).toEqual([
      expect.objectContaining({ error: expect.anything() }),
      { type: 'store-trouble' },
    ]);
  });

  test('E.22 store down or full: when patience ends the scheduler stops with the error, and the next one goes on', async () => {
    const play = stage(allKinds(), { scheduler: { options: { storePatience: 60 } } });
    const { world } = play;
    unwritable(play, 12, 200);
    await world.pass(100);
    expect(String(world.reign.stopError)).toContain('the store is down');
    const sent = listen(world.cluster);
    await world.pass(120);
    expect(sent.all.filter(({ hop }) => hop === 'scheduler-to-master')).toEqual([]);
    delete world.reign.stopError;
    world.killScheduler();
    world.startScheduler();
    await expectAllWell(play);
  });

  test('E.22 store down or full: a scheduler that dies meanwhile has done nothing that the next one does not know', async () => {
    const play = stage(allKinds(), { scheduler: { options: { storePatience: 3600 } } });
    const { world } = play;
    unwritable(play, 12, 100);
    await world.pass(60);
    world.killScheduler();
    world.startScheduler();
    await expectAllWell(play);
  });
});
