import { clearUp } from './aftermath.ts';
import { askQueues } from './asking.ts';
import { noteDeclines } from './declines.ts';
import { shareDemand } from './demand.ts';
import { growPool } from './grow.ts';
import { resumePools } from './health.ts';
import { hearAgents, noteRegistrations } from './hear-agents.ts';
import { hearFacts, hearFailedOrders, hearSubmits } from './hear-pilots.ts';
import { hearEndings, hearStatuses } from './hear-queue.ts';
import { giveOrders, reasonToLeave, stepOut } from './leaving.ts';
import type { Pilot } from './ledger.ts';
import type { News } from './news.ts';
import { pardonNodes } from './nodes.ts';
import type { ClusterSetting } from './setting.ts';
import { dismissExcess, makeWay, sendAway, shrinkPool } from './shrink.ts';
import { sightAt } from './sight.ts';
import { forgetStartUps } from './start-up.ts';
import type { Moment, Outcome, PoolsState } from './state.ts';
import { giveBack, stayIfWanted, takeBack } from './staying.ts';
import { noteStuck } from './stuck.ts';
import { surveyPools } from './survey.ts';
import { Tick } from './tick.ts';

/**
 * What is to be done about the pools of a cluster: one tick. Takes in the news, then judges every pilot, then every
 * pool. Pure: all that it changes is in what it answers.
 */
export function decide(setting: ClusterSetting, state: PoolsState, news: News, moment: Moment): Outcome {
  const sight = sightAt(state.sight, moment.now);
  const tick = new Tick(setting, { ...state, sight }, news, moment);
  hear(tick);
  judgePilots(tick);
  judgePools(tick);
  for (const pilot of tick.ledger.pilots.values()) {
    if (pilot.ended === undefined) {
      act(tick, pilot);
    }
  }
  clearUp(tick);
  askQueues(tick);
  finish(tick);
  const downSince = news.wanted.state === 'down' ? (tick.rest.downSince ?? tick.now) : undefined;
  tick.seeRest({ now: tick.now, wantedAt: news.wanted.at, downSince });
  return tick.outcome();
}

/** What pilots and agents say comes first: a queue that has left out what is there is not believed. */
function hear(tick: Tick): void {
  hearSubmits(tick);
  hearFacts(tick);
  hearFailedOrders(tick);
  hearAgents(tick);
  noteRegistrations(tick);
  hearStatuses(tick);
  hearEndings(tick);
}

function judgePilots(tick: Tick): void {
  pardonNodes(tick);
  resumePools(tick);
  if (tick.isSaidAnew) {
    forgetStartUps(tick);
  }
  for (const pilot of tick.ledger.pilots.values()) {
    if (pilot.ended === undefined) {
      judgePilot(tick, pilot);
    }
  }
}

function judgePilot(tick: Tick, pilot: Pilot): void {
  const why = reasonToLeave(tick, pilot);
  const isWorse = pilot.leaving === undefined || (why === 'down' && pilot.leaving.why !== 'down');
  if (why !== undefined && isWorse) {
    sendAway(tick, [pilot], why);
  } else if (why === undefined) {
    stayIfWanted(tick, pilot);
  }
}

function judgePools(tick: Tick): void {
  noteDeclines(tick);
  const surveys = surveyPools(tick);
  for (const survey of surveys.values()) {
    noteStuck(tick, survey);
    dismissExcess(tick, survey);
    makeWay(tick, survey);
  }
  const { lacking, useful } = shareDemand(tick, surveys);
  for (const survey of surveys.values()) {
    const lack = lacking.get(survey.pool.name) ?? 0;
    shrinkPool(tick, survey, useful.get(survey.pool.name) ?? 0);
    takeBack(tick, survey, lack);
    growPool(tick, survey, lack);
    // What was submitted just now may be what fills it.
    makeWay(tick, survey);
  }
}

function act(tick: Tick, pilot: Pilot): void {
  if (pilot.leaving !== undefined) {
    stepOut(tick, pilot);
  } else if (pilot.stayedAt !== undefined) {
    giveBack(tick, pilot, pilot.stayedAt);
  }
  if (pilot.startedAt !== undefined) {
    giveOrders(tick, pilot);
  }
}

/** Of every pilot it is known that it is gone; a queue that does not answer is waited for so long all the same. */
const lastWordMs = 120_000;

/** The cluster is down when nothing of it is left, and the queues have said so. */
function finish(tick: Tick): void {
  const { ledger, news } = tick;
  const isEmpty = ledger.pilots.size === 0 && tick.strays.length === 0 && tick.returned.length === 0;
  const isOver = news.wanted.state === 'down' && isEmpty && isClear(tick);
  if (isOver && tick.rest.isFinished !== true) {
    tick.decide({ kind: 'finish' });
  }
  if (isOver !== (tick.rest.isFinished === true)) {
    tick.seeRest({ isFinished: isOver });
  }
}

function isClear(tick: Tick): boolean {
  const hadPilots = tick.ledger.forgotten.size > 0;
  const isLate = tick.now - (tick.rest.downSince ?? tick.now) >= lastWordMs;
  const haveSaid = tick.setting.systems.every(({ key }) => {
    const { knownAt, trouble } = tick.systemSight(key);
    return knownAt !== undefined && trouble === undefined;
  });
  return !hadPilots || isLate || haveSaid;
}
