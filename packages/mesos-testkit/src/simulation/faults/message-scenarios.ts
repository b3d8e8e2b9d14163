import {
  acknowledgements,
  calls,
  delay,
  duplicate,
  lose,
  reorder,
  updates,
  updatesToScheduler,
  whenSent,
} from './message-faults.ts';
import type { FaultScenario } from './scenario.ts';
import { busyAgents, frameworkOf, later, type Stage } from './stage.ts';

const stormSeconds = 600;

/** Ten minutes in which nothing that is said of tasks can be relied upon. */
function storm({ cluster, random }: Stage): void {
  const fromSeconds = cluster.time.now / 1000;
  const when = { random, fromSeconds, untilSeconds: fromSeconds + stormSeconds };
  const storms = [
    lose(updates, { ...when, probability: 0.2 }),
    lose(acknowledgements, { ...when, probability: 0.2 }),
    duplicate(updates, { ...when, probability: 0.2, apartSeconds: 3 }),
    delay(updates, stormSeconds, { ...when, probability: 0.02 }),
    reorder(updates, 5, when),
  ];
  for (const fault of storms) cluster.network.faults.add(fault);
  cluster.time.after(stormSeconds * 1000, () => {
    for (const fault of storms) cluster.network.faults.delete(fault);
  });
}

/** Tells of running tasks what masters tell: without a uuid, and without saying on which agent. */
function tellWithoutAgent(stage: Stage): void {
  const framework = frameworkOf(stage);
  for (const { launch, toldState } of [...(framework?.tasks.values() ?? [])].slice(0, 10))
    if (framework && toldState === 'TASK_RUNNING')
      stage.cluster.master?.state.tellOf(framework, { taskId: launch.taskId, state: toldState });
}

/** Refuses another task under the id of one that runs, in the words of Mesos. */
function refuseTwins(stage: Stage): void {
  const framework = frameworkOf(stage);
  for (const { launch, entry } of [...(framework?.tasks.values() ?? [])].slice(0, 3)) {
    const { taskId } = launch;
    const words = { reason: 'REASON_TASK_INVALID', message: `Task has duplicate ID: ${taskId}` };
    const status = { taskId, state: 'TASK_ERROR', agentId: entry.id, ...words } as const;
    if (framework) stage.cluster.master?.state.tellOf(framework, status);
  }
}

/** Withdraws all offers while launches that use them are on their way. */
function rescindUnderLaunches({ cluster, driver }: Stage): void {
  const frameworkId = driver().session.frameworkId ?? '';
  const rescindAll = () => {
    const { master } = cluster;
    const framework = master?.state.frameworks.get(frameworkId);
    if (framework) for (const offer of [...framework.offers]) master?.state.offers.rescind(offer, framework);
    return 'passes' as const;
  };
  cluster.network.faults.add(whenSent(calls('ACCEPT'), rescindAll, { times: 5 }));
}

/** Agents vanish until their tasks are replaced, and come back with executors that say again what they said. */
function wakeZombies(stage: Stage): void {
  stage.cluster.network.faults.add(duplicate(updates, { apartSeconds: 900, times: 50 }));
  later(stage, 60, () => {
    for (const { id } of busyAgents(stage, 2)) {
      stage.cluster.partitionAgent(id);
      later(stage, stormSeconds, () => stage.cluster.healAgent(id));
    }
  });
}

/** What happens to messages on their way. */
export const messageScenarios: readonly FaultScenario[] = [
  {
    id: 'E.9',
    what: 'ten minutes of lost, doubled, late and reordered updates and lost acknowledgements',
    lastsSeconds: 2 * stormSeconds + 60,
    arrange: storm,
  },
  {
    id: 'E.10',
    what: 'updates without a uuid and without an agent',
    lastsSeconds: 60,
    arrange: (stage) => later(stage, 30, () => tellWithoutAgent(stage)),
  },
  {
    id: 'E.11',
    what: 'offers that are rescinded while launches with them are on their way',
    lastsSeconds: 60,
    arrange: rescindUnderLaunches,
  },
  {
    id: 'E.12',
    what: 'an error for a second task under the id of one that runs',
    lastsSeconds: 60,
    arrange: (stage) => later(stage, 30, () => refuseTwins(stage)),
  },
  {
    id: 'E.20',
    what: 'a flood of updates',
    lastsSeconds: 60,
    arrange: ({ cluster }) =>
      void cluster.network.faults.add(duplicate(updatesToScheduler, { copies: 1000, times: 20 })),
  },
  {
    id: 'E.24',
    what: 'executors that come back after their tasks were replaced and repeat old updates',
    lastsSeconds: 1000,
    arrange: wakeZombies,
  },
];
