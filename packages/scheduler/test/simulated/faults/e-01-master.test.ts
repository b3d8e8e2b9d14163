import { answers, calls, whenSent } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, test } from 'vitest';
import { aPlan } from '../world/plan.ts';
import { type Play, stage } from '../world/play.ts';
import { allKinds, attemptStates, expectAllWell } from '../world/scene.ts';
import { listen } from '../world/sent-messages.ts';

/** The master dies at the next such message, which it still gets or does not, and another one leads 8 s later. */
function failMasterAt(
  { world: { cluster } }: Play,
  pattern: Parameters<typeof whenSent>[0],
  then: 'passes' | 'is lost',
): void {
  const strike = () => {
    if (then === 'is lost') cluster.failMaster(8);
    else cluster.time.after(10, () => cluster.failMaster(8));
    return then;
  };
  cluster.network.faults.add(whenSent(pattern, strike, { times: 1 }));
}

describe('E.1 master killed mid-ACCEPT', () => {
  test('E.1 master killed mid-ACCEPT: before it takes the launch, a second attempt runs and no other', async () => {
    const play = stage([aPlan('task')]);
    failMasterAt(play, calls('ACCEPT'), 'is lost');
    await expectAllWell(play);
    expect(play.runs.begun('task')).toEqual(['task-2']);
    expect((await attemptStates(play, 'task')).at(-1)).toBe('TASK_FINISHED');
  });

  test.each([
    ['before it answers', 'is lost'],
    ['after its answer', 'passes'],
  ] as const)(
    'E.1 master killed mid-ACCEPT: %s, the attempt goes on and there is no other',
    async (_when, then) => {
      const play = stage([aPlan('task', { runSeconds: 60 })]);
      failMasterAt(play, answers('ACCEPT'), then);
      await expectAllWell(play);
      expect(play.runs.begun('task')).toEqual(['task-1']);
      expect(await attemptStates(play, 'task')).toEqual(['TASK_FINISHED']);
    },
  );

  test('E.1 master killed mid-ACCEPT: again and again, nothing is lost or doubled', async () => {
    const play = stage(allKinds());
    for (let second = 5; second < 200; second += 20)
      play.world.later(second, () =>
        failMasterAt(play, second % 40 === 5 ? calls('ACCEPT') : answers('ACCEPT'), 'is lost'),
      );
    await expectAllWell(play);
  });
});

describe('E.8 agent never returns', () => {
  test('E.8 agent never returns: it is asked for ever more rarely while the master is silent, then replaced', async () => {
    const play = stage([aPlan('task', { runSeconds: 3000 })]);
    const { world, runs } = play;
    await world.pass(10);
    const [agent] = [...world.cluster.agents.values()].filter(({ tasks }) => tasks.size > 0);
    world.cluster.partitionAgent(agent?.id ?? '');
    world.cluster.failMaster(8);
    const { calls: sent } = listen(world.cluster);
    await world.pass(600);
    expect(runs.begun('task')).toEqual(['task-1']);
    const times = sent('RECONCILE').map(({ at }) => at);
    // 5, 10, 20, 40 s apart, then every minute; and one question for all.
    expect(times.length).toBeGreaterThan(9);
    expect(times.length).toBeLessThan(20);
    expect(times.at(-1)).toBeGreaterThan(540);
    // Ten minutes after its election the master gives the agent up; the scheduler does two minutes later.
    await world.pass(180);
    expect(runs.begun('task')).toEqual(['task-1', 'task-2']);
    world.cluster.healAgent(agent?.id ?? '');
    await expectAllWell(play);
    expect(runs.finished('task')).toEqual(['task-2']);
  });
});

describe('E.18 no leading master', () => {
  test('E.18 no leading master for ten minutes: what ended meanwhile is heard of, the rest goes on', async () => {
    const play = stage(allKinds());
    await play.world.pass(20);
    play.world.cluster.failMaster(600);
    await play.world.pass(500);
    const begun = play.world.cluster.ledger.starts;
    await expectAllWell(play);
    expect(play.world.cluster.ledger.starts).toBeGreaterThan(begun);
  });
});
