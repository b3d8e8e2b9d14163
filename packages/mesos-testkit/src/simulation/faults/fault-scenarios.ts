import { agentScenarios } from './agent-scenarios.ts';
import { masterScenarios } from './master-scenarios.ts';
import { messageScenarios } from './message-scenarios.ts';
import type { FaultScenario } from './scenario.ts';
import { schedulerScenarios } from './scheduler-scenarios.ts';
import { later, type Stage } from './stage.ts';

const single: readonly FaultScenario[] = [
  ...masterScenarios,
  ...schedulerScenarios,
  ...agentScenarios,
  ...messageScenarios,
];

/** Of all faults, those that a scheduler comes through without help from outside. */
const survivable = single.filter(({ isFinal }) => !isFinal);

const meanSecondsBetween = 900;
const soakSeconds = 86_400;

/** A day in which something goes wrong every quarter of an hour on average, often several things at a time. */
const soak: FaultScenario = {
  id: 'E.25',
  what: 'a day of random faults',
  lastsSeconds: soakSeconds + 1200,
  arrange(stage: Stage): void {
    let at = 0;
    for (;;) {
      at += stage.random.exponential(meanSecondsBetween);
      if (at > soakSeconds) return;
      const scenario = survivable[stage.random.below(survivable.length)];
      later(stage, at, () => scenario?.arrange(stage));
    }
  },
};

const numberOf = ({ id }: FaultScenario): number => Number(id.slice('E.'.length));

/**
 * Every way in which frameworks are known to fail, as something that happens on a {@link Stage}. Several may bear the
 * same id: they are variants.
 */
export const faultScenarios: readonly FaultScenario[] = [...single, soak].sort(
  (a, b) => numberOf(a) - numberOf(b),
);
