import { emptyBag } from '../resources/bag.ts';
import { launches, lose, whenSent } from './message-faults.ts';
import type { FaultScenario } from './scenario.ts';
import { busyAgents, frameworkOf, later, type Stage } from './stage.ts';

/** Partitions busy agents for so long. */
function partition(stage: Stage, count: number, seconds: number): void {
  for (const { id } of busyAgents(stage, count)) {
    stage.cluster.partitionAgent(id);
    later(stage, seconds, () => stage.cluster.healAgent(id));
  }
}

/** Does something to the agent of the next launch while that is on its way. */
function duringLaunch(stage: Stage, action: (agentId: string) => void): void {
  stage.cluster.network.faults.add(
    whenSent(
      launches,
      ({ agentId = '' }) => {
        later(stage, 0.05, () => action(agentId));
        return 'passes';
      },
      { times: 1 },
    ),
  );
}

/** A task of the framework that no scheduler remembers. */
function plantStranger(stage: Stage): void {
  const [entry] = busyAgents(stage, 1);
  const framework = frameworkOf(stage);
  if (!entry || !framework) return;
  const taskId = `stranger-${stage.cluster.ledger.starts}`;
  const launch = { taskId, bag: emptyBag, command: '', environment: {}, killGraceSeconds: 1 };
  const staging = { state: 'TASK_STAGING', toldState: 'TASK_STAGING', toldUuid: undefined } as const;
  stage.cluster.master?.state.enter({ framework, entry, launch, ...staging });
  entry.agent.launch(framework.info, launch);
}

/** What happens to agents, and what operators do to them. */
export const agentScenarios: readonly FaultScenario[] = [
  {
    id: 'E.6',
    what: 'agents that cannot be reached for ten minutes and return with their tasks',
    lastsSeconds: 700,
    arrange: (stage) => later(stage, 5, () => partition(stage, 2, 600)),
  },
  {
    id: 'E.6',
    what: 'agents that cannot be reached for less time than anybody notices',
    lastsSeconds: 60,
    arrange: (stage) => later(stage, 5, () => partition(stage, 2, 30)),
  },
  {
    id: 'E.7',
    what: 'an agent whose process is killed and started again, while its tasks go on',
    lastsSeconds: 60,
    arrange: (stage) =>
      later(stage, 5, () => {
        for (const { id } of busyAgents(stage, 1)) {
          stage.cluster.killAgent(id);
          later(stage, 20, () => stage.cluster.startAgent(id));
        }
      }),
  },
  {
    id: 'E.7',
    what: 'an agent without power for half a minute, whose tasks are dead',
    lastsSeconds: 90,
    arrange: (stage) =>
      later(stage, 5, () => {
        for (const { id } of busyAgents(stage, 1)) {
          stage.cluster.powerOff(id);
          later(stage, 30, () => stage.cluster.startAgent(id));
        }
      }),
  },
  {
    id: 'E.7',
    what: 'an agent that comes back without its work directory, as another one',
    lastsSeconds: 60,
    arrange: (stage) =>
      later(stage, 5, () => {
        for (const { id } of busyAgents(stage, 1)) stage.cluster.replaceAgent(id);
      }),
  },
  {
    id: 'E.13',
    what: 'launches that the master has taken and that never reach their agents',
    lastsSeconds: 300,
    arrange: ({ cluster }) => void cluster.network.faults.add(lose(launches, { times: 3 })),
  },
  {
    id: 'E.14',
    what: 'a task of the framework that the store does not know',
    lastsSeconds: 60,
    arrange: (stage) => later(stage, 10, () => plantStranger(stage)),
  },
  {
    id: 'E.23',
    what: 'an agent that is drained during a launch',
    lastsSeconds: 300,
    arrange: (stage) =>
      duringLaunch(stage, (agentId) => {
        stage.cluster.master?.drains.drain(agentId, { marksGone: false });
        later(stage, 240, () => stage.cluster.master?.drains.reactivate(agentId));
      }),
  },
  {
    id: 'E.23',
    what: 'an agent that is deactivated during a launch',
    lastsSeconds: 120,
    arrange: (stage) =>
      duringLaunch(stage, (agentId) => {
        stage.cluster.master?.drains.deactivate(agentId);
        later(stage, 60, () => stage.cluster.master?.drains.reactivate(agentId));
      }),
  },
  {
    id: 'E.23',
    what: 'an agent that is marked gone by mistake, and lives',
    lastsSeconds: 60,
    arrange: (stage) => duringLaunch(stage, (agentId) => stage.cluster.master?.agents.markGone(agentId)),
  },
  {
    id: 'E.23',
    what: 'maintenance that is scheduled during a launch, and called off',
    lastsSeconds: 300,
    arrange: (stage) =>
      duringLaunch(stage, (agentId) => {
        const unavailability = { start: stage.cluster.time.date + 120_000, duration: 60_000 };
        stage.cluster.master?.maintenance.schedule([agentId], unavailability);
        later(stage, 240, () => stage.cluster.master?.maintenance.schedule([agentId], undefined));
      }),
  },
];
