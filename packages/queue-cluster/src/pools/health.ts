import type { QueueProblem } from '../dialects/dialect.ts';
import {
  type LeavingReason,
  type PilotEndClass,
  type PoolHealth,
  type Trouble,
  troubleOf,
} from './events.ts';
import { goodHealth, type Pilot } from './ledger.ts';
import { isEarlier } from './shape.ts';
import type { Tick } from './tick.ts';

/** So many refused submits in a row pause a pool, as in HyperQueue. */
const refusalsToPause = 10;
/** So many tries that failed in a row pause a pool, as in HyperQueue. */
const failuresToPause = 3;
/** A limit on jobs is tried again after this: it ends when other jobs end, of which nobody tells. */
const limitMs = 300_000;

/** A submit was refused. */
export function noteRefusal(tick: Tick, pilot: Pilot, problem: QueueProblem): void {
  const health = healthOf(tick, pilot.pool);
  const trouble = troubleOf(problem);
  if (health.paused !== undefined || isEarlier(tick, pilot)) {
    return;
  }
  if (problem.kind === 'limit') {
    setHealth(tick, pilot.pool, { ...health, retryAt: tick.now + limitMs, trouble });
  } else if (problem.kind === 'configuration') {
    pause(tick, pilot.pool, { ...health, refusals: health.refusals + 1 }, trouble);
  } else {
    noteTransient(tick, pilot, trouble);
  }
}

/** A submit did not come about, for a reason that may pass. */
export function noteTransient(tick: Tick, pilot: Pilot, trouble: Trouble): void {
  const health = healthOf(tick, pilot.pool);
  if (tellsNothingNew(tick, health, pilot) || health.paused !== undefined) {
    return;
  }
  // That a queue is down, as its status says too, is no reason to give up on it.
  const isDown = tick.systemSight(pilot.system).trouble !== undefined;
  const refusals = Math.min(health.refusals + 1, isDown ? refusalsToPause - 1 : refusalsToPause);
  const next = { ...health, refusals, lastFailureAt: tick.now };
  if (refusals >= refusalsToPause) {
    pause(tick, pilot.pool, next, trouble);
  } else {
    setHealth(tick, pilot.pool, { ...next, retryAt: retryAt(tick, refusals), trouble });
  }
}

/** A submit was taken: refusals before it are over. */
export function noteAccepted(tick: Tick, pilot: Pilot): void {
  const health = healthOf(tick, pilot.pool);
  const isWell = health.refusals === 0 && (health.failures > 0 || health.retryAt === undefined);
  if (isWell || isEarlier(tick, pilot)) {
    return;
  }
  const { failures, lastFailureAt, trouble } = health;
  const last = lastFailureAt === undefined ? {} : { lastFailureAt };
  setHealth(tick, pilot.pool, {
    refusals: 0,
    failures,
    ...last,
    ...(failures > 0 && trouble !== undefined ? { trouble } : {}),
    ...(health.paused === undefined ? {} : { paused: health.paused }),
  });
}

/** A pilot has ended in a way that says something of its pool. */
export function noteFailure(tick: Tick, pilot: Pilot, how: PilotEndClass, trouble: Trouble): void {
  const health = healthOf(tick, pilot.pool);
  if (!isFailure(pilot, how) || tellsNothingNew(tick, health, pilot) || health.paused !== undefined) {
    return;
  }
  const failures = health.failures + 1;
  const next = { ...health, failures, lastFailureAt: tick.now };
  if (failures >= failuresToPause) {
    pause(tick, pilot.pool, next, trouble);
  } else {
    setHealth(tick, pilot.pool, { ...next, retryAt: retryAt(tick, failures), trouble });
  }
}

/** A pilot's agent has lived long enough: what failed before it was submitted is over. */
export function noteProven(tick: Tick, pilot: Pilot): void {
  const health = tick.ledger.health.get(pilot.pool);
  if (health === undefined || health.failures === 0 || health.paused !== undefined) {
    return;
  }
  if (!tellsNothingNew(tick, health, pilot)) {
    setHealth(tick, pilot.pool, goodHealth);
  }
}

/** The failures of a pool had a cause that is dealt with. */
export function noteExplained(tick: Tick, pool: string): void {
  const health = healthOf(tick, pool);
  if (health.paused === undefined && health.failures > 0) {
    const { refusals, lastFailureAt } = health;
    setHealth(tick, pool, {
      refusals,
      failures: 0,
      ...(lastFailureAt === undefined ? {} : { lastFailureAt }),
    });
  }
}

/** People have said something new, or changed the pool: what was paused or backed off begins afresh. */
export function resumePools(tick: Tick): void {
  const { at } = tick.news.wanted;
  for (const [pool, health] of tick.ledger.health) {
    const isTouched = health.retryAt !== undefined || health.failures + health.refusals > 0;
    const fingerprint = tick.pools.get(pool)?.fingerprint;
    const isOfOthers = fingerprint !== undefined && health.fingerprint !== fingerprint;
    const isOver = health.paused === undefined ? tick.isSaidAnew && isTouched : health.paused.wantedAt !== at;
    if (isOver || isOfOthers) {
      setHealth(tick, pool, goodHealth);
    }
  }
}

/** Whether a pool may submit now. */
export function maySubmit({ ledger, now, timing }: Tick, pool: string): boolean {
  const { paused, retryAt = now } = ledger.health.get(pool) ?? goodHealth;
  // A time further away than anything is put off was written before the clock was set back.
  const longestMs = Math.max(limitMs, ...timing.backOff.map((seconds) => seconds * 1000));
  return paused === undefined && (retryAt <= now || retryAt - now > longestMs);
}

/** Whether the queue has refused the last submit: one at a time is enough to find out whether it still does. */
export function isTrying(health: PoolHealth | undefined): boolean {
  return (
    health !== undefined && (health.refusals > 0 || (health.retryAt !== undefined && health.failures === 0))
  );
}

/** Reasons for which the launcher gives pilots up that have failed. */
const givenUp: readonly LeavingReason[] = ['never-registered', 'agent-lost'];

function isFailure(pilot: Pilot, how: PilotEndClass): boolean {
  if (pilot.leaving !== undefined && !givenUp.includes(pilot.leaving.why)) {
    return false;
  }
  switch (how) {
    case 'never-started':
    case 'never-registered':
    case 'died-early':
      return true;
    // Somebody who takes pilots out before they did anything does not want them; so it may be with those that vanish.
    case 'cancelled-by-hand':
    case 'lost':
      return pilot.registeredAt === undefined;
    default:
      return false;
  }
}

function tellsNothingNew(tick: Tick, health: PoolHealth, pilot: Pilot): boolean {
  const isOld = health.lastFailureAt !== undefined && pilot.intendedAt < health.lastFailureAt;
  return isOld || isEarlier(tick, pilot);
}

function retryAt(tick: Tick, failures: number): number {
  const { backOff } = tick.timing;
  return tick.now + 1000 * (backOff[Math.min(failures, backOff.length) - 1] ?? 0);
}

function pause(tick: Tick, pool: string, health: PoolHealth, trouble: Trouble): void {
  const paused = { ...trouble, at: tick.now, wantedAt: tick.news.wanted.at };
  const { refusals, failures, lastFailureAt } = health;
  setHealth(tick, pool, {
    refusals,
    failures,
    ...(lastFailureAt === undefined ? {} : { lastFailureAt }),
    trouble,
    paused,
  });
}

function healthOf(tick: Tick, pool: string): PoolHealth {
  return tick.ledger.health.get(pool) ?? goodHealth;
}

function setHealth(tick: Tick, pool: string, health: PoolHealth): void {
  const fingerprint = tick.pools.get(pool)?.fingerprint;
  const ofThese = { ...health, ...(fingerprint === undefined ? {} : { fingerprint }) };
  tick.note({ kind: 'health', at: tick.now, pool, health: ofThese });
}
