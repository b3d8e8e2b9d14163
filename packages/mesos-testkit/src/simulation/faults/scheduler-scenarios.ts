import type { Message } from '../network.ts';
import { answers, calls, updatesToScheduler, whenSent } from './message-faults.ts';
import type { FaultScenario } from './scenario.ts';
import { later, type Stage } from './stage.ts';

const deadSeconds = 5;

function restartScheduler(stage: Stage): void {
  stage.killScheduler();
  later(stage, deadSeconds, () => stage.startScheduler());
}

/** The scheduler is killed at the next such message. */
function killAt(stage: Stage, pattern: Partial<Message>, then: 'passes' | 'is lost'): void {
  stage.cluster.network.faults.add(
    whenSent(
      pattern,
      () => {
        restartScheduler(stage);
        return then;
      },
      { times: 1 },
    ),
  );
}

/** A scenario of the scheduler's death at a message. */
const killed = (what: string, pattern: Partial<Message>, then: 'passes' | 'is lost'): FaultScenario => ({
  id: 'E.2',
  what: `a scheduler that is killed ${what}`,
  lastsSeconds: 60,
  arrange: (stage) => killAt(stage, pattern, then),
});

/** Stops the scheduler's process for a time. */
function freeze(stage: Stage, seconds: number): void {
  const [driver, clock] = [stage.driver(), stage.clock()];
  driver.session.freeze();
  clock.freeze();
  later(stage, seconds, () => {
    clock.thaw();
    driver.session.thaw();
  });
}

/** What happens to schedulers and to what they stand on. */
export const schedulerScenarios: readonly FaultScenario[] = [
  killed('between the intent to launch and the call', calls('ACCEPT'), 'is lost'),
  killed('after the call to launch was sent', calls('ACCEPT'), 'passes'),
  killed('before it reads that the launch was taken', answers('ACCEPT'), 'is lost'),
  killed('before it reads an update', updatesToScheduler, 'is lost'),
  killed('before an acknowledgement is sent', calls('ACKNOWLEDGE'), 'is lost'),
  {
    id: 'E.3',
    what: 'another scheduler as the same framework',
    lastsSeconds: 60,
    isFinal: true,
    arrange: (stage) => later(stage, 10, () => stage.startRival()),
  },
  {
    id: 'E.4',
    what: 'two minutes in which the process stands still',
    lastsSeconds: 180,
    arrange: (stage) => later(stage, 5, () => freeze(stage, 120)),
  },
  {
    id: 'E.4',
    what: 'two minutes in which the process stands still and another one takes its place',
    lastsSeconds: 180,
    isFinal: true,
    arrange(stage) {
      later(stage, 5, () => freeze(stage, 120));
      later(stage, 60, () => stage.startRival());
    },
  },
  {
    id: 'E.5',
    what: 'a connection that is half open',
    lastsSeconds: 180,
    arrange(stage) {
      later(stage, 5, () => stage.driver().session.cut());
      later(stage, 105, () => stage.driver().session.mend());
    },
  },
  {
    id: 'E.17',
    what: 'the loss of the framework id while tasks run',
    lastsSeconds: 60,
    isFinal: true,
    arrange(stage) {
      later(stage, 10, () => stage.killScheduler());
      later(stage, 10 + deadSeconds, () => stage.startScheduler({ withoutFrameworkId: true }));
    },
  },
  {
    id: 'E.19',
    what: 'a stream of events that cannot be read',
    lastsSeconds: 30,
    arrange: (stage) =>
      later(stage, 5, () => stage.driver().session.breakOff('the length of a record is no number')),
  },
  {
    id: 'E.21',
    what: 'a clock that is set an hour forward, and then two hours back',
    lastsSeconds: 120,
    arrange(stage) {
      later(stage, 10, () => stage.clock().jump(3_600_000));
      later(stage, 40, () => stage.clock().jump(-7_200_000));
    },
  },
  {
    id: 'E.22',
    what: 'a store that cannot write for a minute',
    lastsSeconds: 120,
    isFinal: true,
    arrange(stage) {
      later(stage, 10, () => stage.failStore(true));
      later(stage, 70, () => stage.failStore(false));
    },
  },
];
