import type { PilotEndClass } from './events.ts';
import { cancelAgain } from './leaving.ts';
import type { Pilot } from './ledger.ts';
import type { AgentReport } from './news.ts';
import { masterBackMs } from './sight.ts';
import type { Tick } from './tick.ts';

/** How long a batch job may take to leave the queue after its script has ended. */
const leaveQueueMs = 60_000;
/** How long an agent may take to leave the master after its pilot has ended. */
const leaveMasterMs = 30_000;
/** What the master was asked for, and has not done, is asked for again after this. */
const againMs = 60_000;
/** How long pilots are remembered whose logs somebody may want to read, and how many of a pool. */
const rememberMs = 3_600_000;
const rememberedFailures = 10;
/** Agents of a master that has been away for so long have ended by themselves. */
const masterGoneMs = 600_000;

const worthALook: readonly PilotEndClass[] = [
  'refused',
  'never-submitted',
  'never-started',
  'never-registered',
  'died-early',
  'died-late',
  'lost',
];

/** Sees to it that nothing is left of pilots that have ended, and forgets them then. */
export function clearUp(tick: Tick): void {
  const ended = tick.ledger.pilots
    .values()
    .filter((pilot) => pilot.ended !== undefined)
    .toArray();
  for (const { name } of ended) {
    const agent = tick.agents.get(name);
    if (agent !== undefined) {
      tick.strays.push(agent);
    }
  }
  fenceStrays(tick);
  for (const { system, id } of tick.returned) {
    tick.cancel(system, id);
  }
  const haunted = new Set(tick.strays.map(({ pilot }) => pilot));
  const remembered = new Map<string, number>();
  for (const pilot of ended.reverse()) {
    if (!pilot.isGone) {
      removeBatchJob(tick, pilot);
    } else if (
      !isRemembered(tick, pilot, remembered) &&
      !haunted.has(pilot.name) &&
      isOffMaster(tick, pilot)
    ) {
      tick.decide({ kind: 'forget', pilot: pilot.name });
      tick.note({ kind: 'forgotten', at: tick.now, pilot: pilot.name });
    }
  }
}

function removeBatchJob(tick: Tick, pilot: Pilot): void {
  const sight = tick.sightOf(pilot.name);
  const { ended } = pilot;
  const mustNotBe = ended?.class === 'preempted' || ended?.class === 'never-submitted';
  const isLate = sight.presentAt !== undefined && sight.presentAt >= (ended?.at ?? 0) + leaveQueueMs;
  if (mustNotBe || isLate) {
    cancelAgain(tick, pilot, sight);
  }
}

function isRemembered(tick: Tick, pilot: Pilot, remembered: Map<string, number>): boolean {
  const { ended, pool } = pilot;
  if (tick.news.wanted.state === 'down' || ended === undefined || !worthALook.includes(ended.class)) {
    return false;
  }
  const count = remembered.get(pool) ?? 0;
  if (tick.now - ended.at >= rememberMs || count >= rememberedFailures) {
    return false;
  }
  remembered.set(pool, count + 1);
  return true;
}

function isOffMaster(tick: Tick, pilot: Pilot): boolean {
  const { master } = tick.rest;
  if (pilot.agentId === undefined || master === undefined) {
    return pilot.agentId === undefined;
  }
  // A master that goes with the cluster, and has not come back, is not started again.
  const isGoing = tick.news.wanted.state === 'down' && tick.setting.ownsMaster === true;
  return master.answers || tick.now - master.since >= (isGoing ? masterBackMs : masterGoneMs);
}

/** An agent of a pilot that has ended, or a second one of a pilot: no more offers at once, gone soon after. */
function fenceStrays(tick: Tick): void {
  if (tick.news.agents === undefined) {
    return;
  }
  const before = tick.rest.strays;
  const strays = new Map<string, number>();
  for (const stray of tick.strays) {
    strays.set(stray.agentId, fence(tick, stray, before.get(stray.agentId)));
  }
  if (strays.size > 0 || before.size > 0) {
    tick.seeRest({ strays });
  }
}

/** Answers the time from which a minute is waited before the agent is looked at again. */
function fence(
  tick: Tick,
  { agentId, pilot: name, isActive, isConnected }: AgentReport,
  askedAt?: number,
): number {
  if (askedAt !== undefined && tick.now - askedAt < againMs) {
    return askedAt;
  }
  const pilot = tick.ledger.pilots.get(name);
  const isLeaving = pilot?.ended !== undefined && tick.now - pilot.ended.at < leaveMasterMs;
  if (isLeaving && isConnected) {
    if (isActive && askedAt === undefined) {
      tick.decide({ kind: 'deactivate-agent', pilot: name, agentId });
    }
    // Looked at again as soon as it has had its time.
    return pilot.ended.at + leaveMasterMs - againMs;
  }
  tick.decide({ kind: 'mark-agent-gone', pilot: name, agentId });
  return tick.now;
}
