import type { Message } from '../network.ts';
import { answers, calls, whenSent } from './message-faults.ts';
import type { FaultScenario } from './scenario.ts';
import { later, type Stage } from './stage.ts';

const downSeconds = 8;

/** The master dies at the next such message, which it still takes or does not. */
function failMasterAt(stage: Stage, pattern: Partial<Message>, then: 'passes' | 'is lost'): void {
  const { cluster } = stage;
  const fault = whenSent(
    pattern,
    () => {
      if (then === 'is lost') cluster.failMaster(downSeconds);
      else later(stage, 0.01, () => cluster.failMaster(downSeconds));
      return then;
    },
    { times: 1 },
  );
  cluster.network.faults.add(fault);
}

/** What masters do to frameworks. */
export const masterScenarios: readonly FaultScenario[] = [
  {
    id: 'E.1',
    what: 'a master that dies before it has taken a launch',
    lastsSeconds: 60,
    arrange: (stage) => failMasterAt(stage, calls('ACCEPT'), 'is lost'),
  },
  {
    id: 'E.1',
    what: 'a master that dies after it has taken a launch and before it says so',
    lastsSeconds: 60,
    arrange: (stage) => failMasterAt(stage, answers('ACCEPT'), 'is lost'),
  },
  {
    id: 'E.1',
    what: 'a master that dies after it has answered a launch',
    lastsSeconds: 60,
    arrange: (stage) => failMasterAt(stage, answers('ACCEPT'), 'passes'),
  },
  {
    id: 'E.8',
    what: 'an agent that does not come back to a new master: silence for ten minutes, then unreachable',
    lastsSeconds: 1200,
    arrange(stage) {
      const [entry] = [...(stage.cluster.master?.state.entries.values() ?? [])];
      if (!entry) return;
      stage.cluster.partitionAgent(entry.id);
      stage.cluster.failMaster(downSeconds);
      later(stage, 900, () => stage.cluster.healAgent(entry.id));
    },
  },
  {
    id: 'E.15',
    what: 'a new master, and with it the question for the states of all attempts',
    lastsSeconds: 60,
    arrange: (stage) => later(stage, 10, () => stage.cluster.failMaster(downSeconds)),
  },
  {
    id: 'E.16',
    what: 'a framework that an operator has torn down',
    lastsSeconds: 30,
    isFinal: true,
    arrange(stage) {
      const { frameworkId } = stage.driver().session;
      later(stage, 10, () => stage.cluster.master?.frameworks.remove(frameworkId ?? ''));
    },
  },
  {
    id: 'E.18',
    what: 'ten minutes without a leading master',
    lastsSeconds: 700,
    arrange: (stage) => later(stage, 5, () => stage.cluster.failMaster(600)),
  },
];
