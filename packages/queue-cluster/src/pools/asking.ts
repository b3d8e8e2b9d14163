import type { Pilot } from './ledger.ts';
import type { Tick } from './tick.ts';

/** How often a queue is asked while people wait for the end of the cluster, and for how long they are thought to. */
const goingDownMs = 5_000;
const patienceMs = 60_000;

/** An answer that has not come after this never will. */
const answerMs = 120_000;

/** Asks the queueing systems that are due. */
export function askQueues(tick: Tick): void {
  const interests = interestsOf(tick);
  for (const { key } of tick.setting.systems) {
    const interest = interests.get(key);
    if (isDue(tick, key, interest)) {
      tick.decide({ kind: 'ask-status', system: key, ids: interest?.ids ?? [] });
      tick.seeSystem(key, { isAsked: true, askedAt: tick.now });
    }
  }
}

interface Interest {
  readonly ids: string[];
  /** Whether something is about to change. */
  isLively: boolean;
}

function interestsOf(tick: Tick): Map<string, Interest> {
  const interests = new Map<string, Interest>();
  for (const pilot of tick.ledger.pilots.values()) {
    const isAwaited = pilot.id === undefined && tick.sightOf(pilot.name).isSubmitting === true;
    if (pilot.isGone || isAwaited) {
      continue;
    }
    const interest = interests.get(pilot.system) ?? { ids: [], isLively: false };
    interests.set(pilot.system, interest);
    if (pilot.id !== undefined) {
      interest.ids.push(pilot.id);
    }
    interest.isLively ||= isLively(tick, pilot);
  }
  return interests;
}

function isLively(tick: Tick, pilot: Pilot): boolean {
  const isOnItsWay = pilot.leaving !== undefined || pilot.ended !== undefined;
  return isOnItsWay || pilot.registeredAt === undefined || tick.sightOf(pilot.name).absentSince !== undefined;
}

/** Once at the beginning, and then while there is anything to ask about. */
function isDue(tick: Tick, system: string, interest: Interest | undefined): boolean {
  const { askedAt, isAsked, knownAt } = tick.systemSight(system);
  if (askedAt === undefined) {
    return true;
  }
  const since = tick.now - askedAt;
  if (isAsked && since < answerMs) {
    return false;
  }
  const { statusShortest, statusLongest } = tick.timing;
  if (interest === undefined) {
    return (knownAt === undefined || isTroubled(tick, system)) && since >= statusLongest * 1000;
  }
  if (isTroubled(tick, system)) {
    return since >= statusLongest * 1000;
  }
  if (isGoingDown(tick)) {
    return since >= Math.min(goingDownMs, statusShortest * 1000);
  }
  return since >= (interest.isLively ? statusShortest : statusLongest) * 1000;
}

/** People wait for the end of the cluster; a few more questions than usual, once, are no burden. */
function isGoingDown(tick: Tick): boolean {
  const { state } = tick.news.wanted;
  return state === 'down' && tick.now - (tick.rest.downSince ?? tick.now) < patienceMs;
}

function isTroubled(tick: Tick, system: string): boolean {
  return tick.systemSight(system).trouble !== undefined;
}
