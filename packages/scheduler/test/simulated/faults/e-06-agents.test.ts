import { launches, lose, whenSent } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, test } from 'vitest';
import { aPlan } from '../world/plan.ts';
import { type Play, type StageOptions, stage } from '../world/play.ts';
import { allKinds, attemptStates, expectAllWell } from '../world/scene.ts';

/** The agent on which a task runs. */
const agentOf = ({ world }: Play): string => {
  const busy = [...world.cluster.agents.values()].find(({ tasks }) => tasks.size > 0);
  if (!busy) throw new Error('nothing runs');
  return busy.id;
};

/** A task that runs on one of three agents for a quarter of an hour. */
async function longTask(
  options: StageOptions = {},
  changes: Parameters<typeof aPlan>[1] = {},
): Promise<Play> {
  const play = stage([aPlan('task', { runSeconds: 900, ...changes })], options);
  await play.world.pass(10);
  return play;
}

const alive = ({ world }: Play): number =>
  [...world.cluster.agents.values()]
    .flatMap(({ tasks }) => [...tasks.values()])
    .filter(({ isAlive }) => isAlive).length;

describe('E.6 agent partition', () => {
  test('E.6 agent partition: back before patience ends, the attempt goes on, and is the only one', async () => {
    const play = await longTask();
    const agent = agentOf(play);
    play.world.cluster.partitionAgent(agent);
    await play.world.pass(150);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_UNREACHABLE']);
    play.world.cluster.healAgent(agent);
    await play.world.pass(10);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_RUNNING']);
    await expectAllWell(play);
    expect(play.runs.begun('task')).toEqual(['task-1']);
  });

  test('E.6 agent partition: back after it was replaced, it is ended, and the other one survives', async () => {
    const play = await longTask();
    const agent = agentOf(play);
    play.world.cluster.partitionAgent(agent);
    await play.world.pass(300);
    expect(alive(play)).toBe(2);
    play.world.cluster.healAgent(agent);
    await play.world.pass(10);
    expect(alive(play)).toBe(1);
    await expectAllWell(play);
    expect(play.runs.begun('task')).toEqual(['task-1', 'task-2']);
    expect(play.runs.finished('task')).toEqual(['task-2']);
  });

  test('E.6 agent partition: without a policy of replacement, nothing is started in its place', async () => {
    const play = await longTask({
      scheduler: { options: { unreachablePatience: Number.POSITIVE_INFINITY } },
    });
    const agent = agentOf(play);
    play.world.cluster.partitionAgent(agent);
    await play.world.pass(3600);
    expect(play.runs.begun('task')).toEqual(['task-1']);
    play.world.cluster.healAgent(agent);
    await expectAllWell(play);
    expect(play.runs.finished('task')).toEqual(['task-1']);
  });

  test('E.6 agent partition: the scheduler dies meanwhile, and the one that comes back is ended all the same', async () => {
    const play = await longTask();
    const agent = agentOf(play);
    play.world.cluster.partitionAgent(agent);
    await play.world.pass(300);
    play.world.killScheduler();
    play.world.cluster.healAgent(agent);
    await play.world.pass(5);
    play.world.startScheduler();
    await play.world.pass(15);
    expect(alive(play)).toBe(1);
    await expectAllWell(play);
    expect(play.runs.finished('task')).toEqual(['task-2']);
  });
});

describe('E.7 agent restart', () => {
  test('E.7 agent restart: with checkpoints, what runs goes on', async () => {
    const play = await longTask();
    const agent = agentOf(play);
    play.world.cluster.killAgent(agent);
    await play.world.pass(30);
    play.world.cluster.startAgent(agent);
    await expectAllWell(play);
    expect(play.runs.finished('task')).toEqual(['task-1']);
  });

  test('E.7 agent restart: without checkpoints, what ran is lost, and replaced', async () => {
    const play = await longTask({ framework: { checkpoint: false } });
    const agent = agentOf(play);
    play.world.cluster.killAgent(agent);
    await play.world.pass(30);
    play.world.cluster.startAgent(agent);
    await expectAllWell(play);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_LOST', 'TASK_FINISHED']);
  });

  test('E.7 agent restart: an executor that died during the outage costs a retry', async () => {
    const play = await longTask({}, { spec: { retries: 1 } });
    const agent = agentOf(play);
    play.world.cluster.powerOff(agent);
    await play.world.pass(30);
    play.world.cluster.startAgent(agent);
    await expectAllWell(play);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_FAILED', 'TASK_FINISHED']);
  });

  test('E.7 agent restart: a machine that comes back empty, as another agent, has lost its tasks', async () => {
    const play = await longTask();
    play.world.cluster.replaceAgent(agentOf(play));
    await expectAllWell(play);
    expect(play.runs.begun('task')).toHaveLength(2);
    expect(play.runs.finished('task')).toEqual(['task-2']);
  });
});

describe('E.13 launch that stays silent', () => {
  test('E.13 launch that stays silent: it is asked for, found to be gone, and made again under a new id', async () => {
    const play = stage([aPlan('task')]);
    const { world } = play;
    world.cluster.network.faults.add(lose(launches, { times: 1 }));
    await world.pass(55);
    expect(await attemptStates(play, 'task')).toEqual(['TASK_STAGING']);
    expect(world.notices.some(({ type }) => type === 'disconnected')).toBe(false);
    await expectAllWell(play);
    expect(play.runs.begun('task')).toEqual(['task-2']);
    expect(world.notices.some(({ type }) => type === 'disconnected')).toBe(false);
  });
});

describe('E.14 unknown task', () => {
  const stranger = async (unknownAttempts: 'kill' | 'leave') => {
    const play = await longTask({ scheduler: { options: { unknownAttempts } } });
    const { world } = play;
    // Another scheduler of the framework, of which this store knows nothing, had it launched.
    world.killScheduler();
    await world.pass(1);
    world.loseStore();
    world.startScheduler();
    await world.pass(30);
    const news = world.notices.filter(({ type }) => type === 'unknown-attempt');
    return { play, news };
  };

  test('E.14 unknown task: it is killed where that is the policy, and said to be', async () => {
    const { play, news } = await stranger('kill');
    expect(news).toEqual([expect.objectContaining({ attemptId: 'task-1', action: 'kill' })]);
    expect(alive(play)).toBe(0);
  });

  test('E.14 unknown task: it is left alone where that is the policy, and said to be, once', async () => {
    const { play, news } = await stranger('leave');
    expect(news).toEqual([expect.objectContaining({ attemptId: 'task-1', action: 'leave' })]);
    expect(alive(play)).toBe(1);
  });

  test('E.14 unknown task: none is killed for being heard of before the store is read', async () => {
    const play = await longTask();
    for (let restart = 0; restart < 5; restart++) {
      play.world.killScheduler();
      play.world.startScheduler();
      await play.world.pass(5);
    }
    await expectAllWell(play);
    expect(play.runs.finished('task')).toEqual(['task-1']);
  });
});

describe('E.23 operators during a launch', () => {
  /** Does something to the agent of the first launch while that is on its way to it. */
  const during = (act: (play: Play, agentId: string) => void): Play => {
    const play = stage(allKinds());
    const strike = ({ agentId = '' }: { readonly agentId?: string }) => {
      play.world.later(0, () => act(play, agentId));
      return 'passes' as const;
    };
    play.world.cluster.network.faults.add(whenSent(launches, strike, { times: 1 }));
    return play;
  };

  test('E.23 operators during a launch: drain', async () => {
    const play = during(({ world }, agentId) => {
      world.cluster.master?.drains.drain(agentId, { marksGone: false });
      world.later(100, () => world.cluster.master?.drains.reactivate(agentId));
    });
    await expectAllWell(play);
  });

  test('E.23 operators during a launch: an agent is marked gone by mistake, and never comes back', async () => {
    const play = during(({ world }, agentId) => world.cluster.master?.agents.markGone(agentId));
    await expectAllWell(play);
    expect([...play.world.cluster.agents.values()].filter(({ isUp }) => isUp)).toHaveLength(2);
  });

  test('E.23 operators during a launch: deactivation', async () => {
    const play = during(({ world }, agentId) => {
      world.cluster.master?.drains.deactivate(agentId);
      world.later(60, () => world.cluster.master?.drains.reactivate(agentId));
    });
    await expectAllWell(play);
  });

  test('E.23 operators during a launch: maintenance is answered, and called off', async () => {
    const play = during(({ world }, agentId) => {
      const unavailability = { start: world.cluster.time.date + 120_000, duration: 60_000 };
      world.cluster.master?.maintenance.schedule([agentId], unavailability);
      world.later(200, () => world.cluster.master?.maintenance.schedule([agentId], undefined));
    });
    await expectAllWell(play);
    expect(play.world.notices.some(({ type }) => type === 'maintenance')).toBe(true);
  });
});
