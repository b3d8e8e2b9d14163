import {
  acknowledgements,
  calls,
  delay,
  duplicate,
  frameworkOf,
  lose,
  reorder,
  updates,
  updatesToScheduler,
  whenSent,
} from '@galaxy-mesos/mesos-testkit';
import { describe, expect, test } from 'vitest';
import { aPlan } from '../world/plan.ts';
import { type Play, stage } from '../world/play.ts';
import { allKinds, attemptStates, expectAllWell } from '../world/scene.ts';
import { listen } from '../world/sent-messages.ts';

describe('E.9 updates that cannot be relied upon', () => {
  test.each([
    ['doubled', duplicate(updates, { copies: 3, apartSeconds: 2 })],
    ['late by ten minutes', delay(updates, 600, { times: 10 })],
    ['lost on their way to the master, each at first', lose(updates, { times: 60 })],
    ['lost on their way to the scheduler', lose(updatesToScheduler, { times: 60 })],
  ])('E.9 updates that cannot be relied upon: %s', async (_how, fault) => {
    const play = stage(allKinds());
    play.world.cluster.network.faults.add(fault);
    await expectAllWell(play, { afterwards: 3000 });
  });

  test('E.9 updates that cannot be relied upon: out of order', async () => {
    const play = stage(allKinds());
    play.world.cluster.network.faults.add(reorder(updates, 8, { random: play.world.random }));
    await expectAllWell(play, { afterwards: 3000 });
  });

  test('E.9 acknowledgements that are lost: updates come again, are acknowledged again, and change nothing', async () => {
    const play = stage(allKinds());
    const { calls: sent } = listen(play.world.cluster);
    play.world.cluster.network.faults.add(lose(acknowledgements, { times: 100 }));
    await expectAllWell(play, { afterwards: 3000 });
    const { world } = play;
    const attempts = (await world.store.load()).flatMap((task) => task.attempts).length;
    // Two for the way to its run, and one for the end of each.
    expect(sent('ACKNOWLEDGE').length).toBeGreaterThan(2 * attempts);
  });
});

describe('E.10 updates without a uuid', () => {
  test('E.10 updates without a uuid: are never acknowledged', async () => {
    const play = stage([aPlan('task', { runSeconds: 100 })]);
    const { world } = play;
    await world.pass(10);
    const { calls: sent } = listen(world.cluster);
    const framework = frameworkOf(world);
    for (let times = 0; times < 5; times++)
      if (framework)
        world.cluster.master?.state.tellOf(framework, { taskId: 'task-1', state: 'TASK_RUNNING' });
    await world.pass(10);
    expect(sent('ACKNOWLEDGE')).toEqual([]);
    await expectAllWell(play);
  });

  test('E.10 updates without an agent: are taken in, also for attempts that nobody knows', async () => {
    const play = stage([aPlan('task', { runSeconds: 100 })]);
    const { world } = play;
    await world.pass(10);
    const framework = frameworkOf(world);
    const tell = (taskId: string, state: 'TASK_RUNNING' | 'TASK_LOST') =>
      framework && world.cluster.master?.state.tellOf(framework, { taskId, state });
    tell('nobody', 'TASK_RUNNING');
    tell('nobody', 'TASK_LOST');
    tell('task-1', 'TASK_RUNNING');
    await expectAllWell(play);
    expect(play.runs.begun('task')).toEqual(['task-1']);
  });
});

describe('E.11 RESCIND racing ACCEPT', () => {
  test('E.11 RESCIND racing ACCEPT: costs neither a retry nor a loss, however often', async () => {
    const plans = Array.from({ length: 20 }, (_, index) => aPlan(`task-${index}`, { spec: { retries: 0 } }));
    const play = stage(plans, { scheduler: { options: { lossesTolerated: 0 } } });
    const { world } = play;
    const rescindAll = () => {
      const framework = frameworkOf(world);
      for (const offer of framework ? [...framework.offers] : [])
        if (framework) world.cluster.master?.state.offers.rescind(offer, framework);
      return 'passes' as const;
    };
    const accepts = { hop: 'scheduler-to-master', type: 'ACCEPT' } as const;
    world.cluster.network.faults.add(whenSent(accepts, rescindAll, { times: 10 }));
    await expectAllWell(play);
    const attempts = (await world.store.load()).flatMap((task) => task.attempts);
    const dropped = attempts.filter(({ reason }) => reason === 'REASON_INVALID_OFFERS');
    expect(dropped.length).toBeGreaterThan(10);
  });

  test('E.11 stale offer in a batch: no launch names offers of two agents, so that one spoils no other', async () => {
    const play = stage(Array.from({ length: 24 }, (_, index) => aPlan(`task-${index}`)));
    const { world } = play;
    // Of the offers of one agent only.
    const rescindOne = () => {
      const framework = frameworkOf(world);
      const [offer] = framework?.offers ?? [];
      if (framework && offer) world.cluster.master?.state.offers.rescind(offer, framework);
      return 'passes' as const;
    };
    const accepts = { hop: 'scheduler-to-master', type: 'ACCEPT' } as const;
    world.cluster.network.faults.add(whenSent(accepts, rescindOne, { times: 1 }));
    await world.pass(5);
    const states = (await world.store.load()).map(({ attempts }) => attempts[0]?.state);
    expect(states.filter((state) => state === 'TASK_DROPPED')).toHaveLength(8);
    expect(states.filter((state) => state === 'TASK_RUNNING')).toHaveLength(16);
    await expectAllWell(play);
  });
});

describe('E.12 duplicate LAUNCH id', () => {
  const refuseTwin = ({ world }: Play): void => {
    const framework = frameworkOf(world);
    const [task] = framework?.tasks.values() ?? [];
    if (!framework || !task) throw new Error('nothing was launched');
    const { taskId } = task.launch;
    const words = { reason: 'REASON_TASK_INVALID', message: `Task has duplicate ID: ${taskId}` };
    const status = { taskId, state: 'TASK_ERROR', agentId: task.entry.id, ...words } as const;
    world.cluster.master?.state.tellOf(framework, status);
  };

  test('E.12 duplicate LAUNCH id: the error does not end the attempt that runs', async () => {
    const play = stage([aPlan('task', { runSeconds: 100 })]);
    await play.world.pass(10);
    refuseTwin(play);
    await expectAllWell(play);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_FINISHED']);
  });

  test('E.12 duplicate LAUNCH id: the error does not end an attempt that was launched and has not begun', async () => {
    const play = stage([aPlan('task', { runSeconds: 100 })]);
    play.world.cluster.network.faults.add(delay(updates, 30, { times: 2 }));
    await play.world.pass(10);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_STAGING']);
    refuseTwin(play);
    await expectAllWell(play);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_FINISHED']);
  });
});

describe('E.20 slow consumer', () => {
  test('E.20 slow consumer: a flood of updates is written and acknowledged in order, and nothing is lost', async () => {
    const play = stage(allKinds());
    play.world.cluster.network.faults.add(duplicate(updatesToScheduler, { copies: 2000, times: 30 }));
    await expectAllWell(play);
    expect(play.world.reign.calls.heard).toBeGreaterThan(50_000);
  });
});

describe('E.24 zombie executors', () => {
  test('E.24 zombie executors: old updates after a replacement change neither the task nor its new attempt', async () => {
    const play = stage([aPlan('task', { runSeconds: 900 })]);
    const { world } = play;
    world.cluster.network.faults.add(duplicate(updates, { apartSeconds: 400, times: 2 }));
    await world.pass(10);
    const busy = [...world.cluster.agents.values()].find(({ tasks }) => tasks.size > 0);
    world.cluster.partitionAgent(busy?.id ?? '');
    await world.pass(300);
    expect(play.runs.begun('task')).toEqual(['task-1', 'task-2']);
    world.cluster.healAgent(busy?.id ?? '');
    await world.pass(200);
    expect((await attemptStates(play, 'task')).at(-1)).toBe('TASK_RUNNING');
    await expectAllWell(play);
    expect(play.runs.begun('task')).toEqual(['task-1', 'task-2']);
    expect(play.runs.finished('task')).toEqual(['task-2']);
  });

  test('E.24 zombie executors: a launch that arrives after it was given up is ended', async () => {
    const play = stage([aPlan('task', { runSeconds: 900 })], {
      scheduler: { options: { launchTimeout: 20 } },
    });
    play.world.cluster.network.faults.add(delay(calls('ACCEPT'), 60, { times: 1 }));
    await play.world.pass(200);
    await expectAllWell(play);
    expect(play.runs.begun('task')).toEqual(['task-2', 'task-1']);
    expect(play.runs.finished('task')).toEqual(['task-2']);
  });
});
