import { noteProven } from './health.ts';
import { noteStarted } from './hear-pilots.ts';
import { type Pilot, wasForgotten } from './ledger.ts';
import type { AgentReport } from './news.ts';
import { type AgentSight, masterBackMs, type PilotSight } from './sight.ts';
import { noteStartUp } from './start-up.ts';
import type { Tick } from './tick.ts';

/** Takes in what the master says of the agents. */
export function hearAgents(tick: Tick): void {
  const { agents } = tick.news;
  hearMaster(tick, agents !== undefined);
  if (agents === undefined) {
    return;
  }
  for (const report of agents) {
    hearAgent(tick, report);
  }
  for (const pilot of tick.ledger.pilots.values()) {
    if (pilot.ended === undefined && pilot.agentId !== undefined) {
      seeAgent(tick, pilot, tick.agents.get(pilot.name));
    }
  }
}

function hearMaster(tick: Tick, answers: boolean): void {
  const { master } = tick.rest;
  if (master?.answers === answers) {
    return;
  }
  const { wasHeard = false, since = 0 } = master ?? {};
  const isBack = answers && (!wasHeard || tick.now - since >= masterBackMs);
  const backAt = isBack ? tick.now : master?.backAt;
  tick.seeRest({ master: { answers, since: tick.now, wasHeard: answers || wasHeard, backAt } });
}

function hearAgent(tick: Tick, report: AgentReport): void {
  const pilot = tick.ledger.pilots.get(report.pilot);
  if (pilot === undefined) {
    // An agent of a pilot that nobody has ever heard of is told as a stranger's; it may be another cluster's.
    if (wasForgotten(tick.ledger, report.pilot)) {
      tick.strays.push(report);
    }
  } else if (pilot.ended !== undefined) {
    tick.strays.push(report);
  } else {
    hearAgentOf(tick, pilot, report);
  }
}

/** A pilot has one agent. Should there be two, the one that the master is connected to is right, the first before others. */
function hearAgentOf(tick: Tick, pilot: Pilot, report: AgentReport): void {
  const rival = tick.agents.get(pilot.name);
  if (rival === undefined) {
    tick.agents.set(pilot.name, report);
    return;
  }
  const [better, worse] = rank(report, pilot) > rank(rival, pilot) ? [report, rival] : [rival, report];
  tick.agents.set(pilot.name, better);
  tick.strays.push(worse);
}

function rank(report: AgentReport, pilot: Pilot): number {
  return (report.isConnected ? 2 : 0) + (report.agentId === pilot.agentId ? 1 : 0);
}

/** Notes agents that are new. Separate from looking at all: there may be many, and few are new. */
export function noteRegistrations(tick: Tick): void {
  for (const [name, report] of tick.agents) {
    const pilot = tick.ledger.pilots.get(name);
    if (pilot !== undefined && pilot.agentId !== report.agentId && report.isConnected) {
      noteStartUp(tick, pilot);
      noteStarted(tick, pilot, {});
      tick.note({ kind: 'registered', at: tick.now, pilot: name, agentId: report.agentId });
      seeAgent(tick, pilot, report);
    }
  }
}

function seeAgent(tick: Tick, pilot: Pilot, report: AgentReport | undefined): void {
  const sight = tick.sightOf(pilot.name);
  if (report?.isConnected !== true) {
    if (sight.awaySince === undefined || sight.agent !== undefined) {
      tick.see(pilot.name, {
        agent: undefined,
        awaySince: sight.awaySince ?? tick.now,
        idleSince: undefined,
        inactiveSince: undefined,
      });
    }
    return;
  }
  if (!isSame(sight.agent, report)) {
    const { agentId, isConnected, isActive, isDraining, tasks } = report;
    const agent = { agentId, isConnected, isActive, isDraining, tasks };
    const inactiveSince = isActive ? undefined : (sight.inactiveSince ?? tick.now);
    tick.see(pilot.name, { agent, awaySince: undefined, inactiveSince, ...useOf(tick, sight, tasks) });
  }
  if (tick.now - (pilot.registeredAt ?? tick.now) >= tick.timing.earlyDeath * 1000) {
    noteProven(tick, pilot);
  }
}

function useOf(tick: Tick, sight: PilotSight, tasks: number): Pick<PilotSight, 'idleSince' | 'busySince'> {
  return tasks === 0
    ? { idleSince: sight.idleSince ?? tick.now, busySince: undefined }
    : { idleSince: undefined, busySince: sight.busySince ?? tick.now };
}

function isSame(seen: AgentSight | undefined, report: AgentReport): boolean {
  return (
    seen !== undefined &&
    seen.agentId === report.agentId &&
    seen.tasks === report.tasks &&
    seen.isActive === report.isActive &&
    seen.isDraining === report.isDraining
  );
}
