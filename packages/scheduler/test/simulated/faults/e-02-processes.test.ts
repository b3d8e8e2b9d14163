import { describe, expect, test } from 'vitest';
import { Moments } from '../world/moments.ts';
import { aPlan } from '../world/plan.ts';
import { stage } from '../world/play.ts';
import { allKinds, attemptStates, expectAllWell } from '../world/scene.ts';
import { listen } from '../world/sent-messages.ts';

const restartAfter = () => 2;

describe('E.2 kill -9 of the scheduler', () => {
  // What of the launch has an effect: with one, the attempt goes on; without, another one takes its place.
  test.each([
    ['between the intent and the call', 'before launch is sent', ['task-2']],
    ['after the call is sent', 'after launch is sent', ['task-1']],
    ['when the launch is taken', 'after launch is answered', ['task-1']],
    ['before the first update is read', 'before update is heard', ['task-1']],
    ['when an update is read and not written', 'after update is heard', ['task-1']],
    ['between writing an update and acknowledging it', 'before acknowledge is sent', ['task-1']],
    ['after an acknowledgement is sent', 'after acknowledge is sent', ['task-1']],
  ])('E.2 kill -9 of the scheduler: %s', async (_when, moment, begun) => {
    const moments = new Moments([], [moment]);
    const play = stage([aPlan('task')], { moments, restartAfter });
    await expectAllWell(play);
    expect(moments.died).toEqual([moment]);
    expect(play.runs.begun('task')).toEqual(begun);
  });
});

describe('E.3 two schedulers with one id', () => {
  test('E.3 two schedulers with one id: the first stops and sends nothing more, the second does the rest', async () => {
    const play = stage(allKinds());
    const { world } = play;
    await world.pass(15);
    const [first] = world.reigns;
    world.startRival();
    await world.pass(0.01);
    expect(String(first?.stopError)).toMatch(/failed over|another scheduler leads/);
    const calls = first?.calls.calls;
    await world.untilEnded(2);
    expect(first?.calls.calls).toBe(calls);
    delete first?.stopError;
    await expectAllWell(play);
  });
});

describe('E.4 freeze for two minutes', () => {
  test('E.4 freeze for two minutes: the scheduler goes on where it was', async () => {
    const play = stage(allKinds());
    const { world } = play;
    await world.pass(15);
    world.driver().session.freeze();
    world.clock().freeze();
    await world.pass(120);
    world.clock().thaw();
    world.driver().session.thaw();
    await expectAllWell(play);
  });

  test('E.4 freeze for two minutes: when another one took over meanwhile, nothing it launches is taken', async () => {
    const play = stage(allKinds());
    const { world } = play;
    await world.pass(15);
    const [first] = world.reigns;
    first?.driver.session.freeze();
    first?.clock.freeze();
    await world.pass(60);
    world.startRival();
    await world.pass(60);
    const launches = world.cluster.ledger.starts;
    first?.clock.thaw();
    first?.driver.session.thaw();
    await world.pass(0.5);
    expect(String(first?.stopError)).toMatch(/failed over|another scheduler leads/);
    expect(world.cluster.ledger.starts).toBeGreaterThanOrEqual(launches);
    const calls = first?.calls.calls;
    await world.untilEnded(2);
    expect(first?.calls.calls).toBe(calls);
    delete first?.stopError;
    await expectAllWell(play);
  });
});

describe('E.16 framework removed', () => {
  test('E.16 framework removed: says so, does not ask again, and keeps its id', async () => {
    const play = stage([aPlan('task', { runSeconds: 1000 })]);
    const { world } = play;
    await world.pass(15);
    const { frameworkId = '' } = world.store;
    world.cluster.master?.frameworks.remove(frameworkId);
    const { calls: sent } = listen(world.cluster);
    await world.pass(3600);
    expect(sent('SUBSCRIBE')).toHaveLength(1);
    expect(String(world.reign.stopError)).toContain('Framework has been removed');
    expect(world.notices.at(-1)).toMatchObject({ type: 'stopped' });
    expect(world.store.frameworkId).toBe(frameworkId);
    // The task is not given up: whoever comes next decides.
    expect(world.store.stateOf('task')).toBe('active');
    // As a new framework the next scheduler finds that nothing is left of it, and starts it again.
    world.startScheduler({ withoutFrameworkId: true });
    await world.pass(200);
    expect(play.runs.begun('task')).toEqual(['task-1', 'task-2']);
    expect((await attemptStates(play, 'task')).at(-1)).toBe('TASK_RUNNING');
  });
});

describe('E.17 framework id', () => {
  test('E.17 framework id: is durable before anything is launched, and every later scheduler is that framework', async () => {
    // The first dies as soon as it has subscribed, before it could write down as what.
    const moments = new Moments(
      [],
      ['after subscribed is heard', 'after a commit', 'after launch is answered'],
    );
    const play = stage(allKinds(), { moments, restartAfter });
    await expectAllWell(play);
    expect(moments.died).toHaveLength(3);
    const ids = play.world.reigns.map(({ driver }) => driver.session.frameworkId);
    expect(new Set(ids.slice(1))).toEqual(new Set([play.world.store.frameworkId]));
  });
});
