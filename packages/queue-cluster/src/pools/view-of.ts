import { shareDemand } from './demand.ts';
import { troubleOf } from './events.ts';
import { desiredOf } from './grow.ts';
import type { Pilot } from './ledger.ts';
import type { News } from './news.ts';
import { excludedNodes } from './nodes.ts';
import type { ClusterSetting } from './setting.ts';
import type { PilotSight } from './sight.ts';
import type { PoolsState } from './state.ts';
import { type PoolSurvey, surveyPools } from './survey.ts';
import { Tick } from './tick.ts';
import type { NodeView, PilotPhase, PilotView, PoolsView, PoolView } from './view.ts';

/** What `status` shows of the pools. */
export function viewOf(setting: ClusterSetting, state: PoolsState, news: News, now: number): PoolsView {
  const tick = new Tick(setting, state, news, { now, newName: (pool) => pool });
  const surveys = surveyPools(tick);
  const { useful, unmet } = shareDemand(tick, surveys);
  const pilots = [...tick.ledger.pilots.values()].map((pilot) => viewPilot(tick, pilot));
  return {
    state: news.wanted.state,
    wantedAt: news.wanted.at,
    pools: [...surveys.values()].map((survey) => {
      const own = pilots.filter(({ pool }) => pool === survey.pool.name);
      return viewPool(tick, survey, useful.get(survey.pool.name) ?? 0, own);
    }),
    pilots,
    unmet,
    badNodes: viewNodes(tick),
    systems: setting.systems.map(({ key }) => {
      const { trouble, knownAt = 0, strangers } = tick.systemSight(key);
      return { key, ...(trouble === undefined ? {} : { trouble, knownAt }), strangers };
    }),
  };
}

function viewNodes(tick: Tick): NodeView[] {
  const bad = [...tick.ledger.nodes.values()].filter(({ badUntil }) => (badUntil ?? 0) > tick.now);
  return bad.map((record) => {
    const { excludesNodes } = tick.setting.systems.find(({ key }) => key === record.system) ?? {};
    const isExcluded = excludedNodes(tick, record.system).includes(record.node);
    return { ...record, isLeftOut: excludesNodes === true && isExcluded };
  });
}

function viewPool(tick: Tick, survey: PoolSurvey, useful: number, pilots: readonly PilotView[]): PoolView {
  const { min, max, pool } = survey;
  const phases = { intended: 0, queued: 0, started: 0, registered: 0, leaving: 0, ended: 0 };
  for (const { phase } of pilots) {
    phases[phase] += 1;
  }
  const desired = tick.news.wanted.state === 'up' ? desiredOf(survey, useful) : 0;
  return {
    name: pool.name,
    min,
    max,
    desired,
    phases,
    ...viewHealth(tick, pool.name),
    waits: viewWaits(pilots),
  };
}

function viewHealth(tick: Tick, pool: string): Pick<PoolView, 'paused' | 'backOff'> {
  const health = tick.ledger.health.get(pool);
  if (health?.paused !== undefined) {
    return { paused: troubleOf(health.paused) };
  }
  if (health?.retryAt !== undefined && health.retryAt > tick.now) {
    return { backOff: { ...troubleOf(health.trouble ?? { text: '' }), until: health.retryAt } };
  }
  return {};
}

function viewWaits(pilots: readonly PilotView[]): PoolView['waits'] {
  const counts = new Map<string, PoolView['waits'][number]>();
  for (const { waits, isStuck } of pilots) {
    if (waits !== undefined) {
      const count = (counts.get(waits.text)?.count ?? 0) + 1;
      counts.set(waits.text, { ...waits, count, isStuck: isStuck === true });
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

function viewPilot(tick: Tick, pilot: Pilot): PilotView {
  const { name, pool, id, host, node = host, agentId, endsAt, leaving, ended } = pilot;
  const sight = tick.sightOf(name);
  return {
    name,
    pool,
    ...phaseOf(pilot),
    ...(id === undefined ? {} : { id }),
    ...(node === undefined ? {} : { node }),
    ...(agentId === undefined ? {} : { agentId }),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(sight.agent === undefined ? {} : { tasks: sight.agent.tasks }),
    ...(ended === undefined ? waitOf(pilot, sight) : {}),
    ...(leaving === undefined ? {} : { leaving: leaving.why }),
    ...(ended === undefined ? {} : { ended: { class: ended.class, ...troubleOf(ended) } }),
  };
}

function waitOf(pilot: Pilot, { waiting, isSuspended }: PilotSight): Pick<PilotView, 'waits' | 'isStuck'> {
  if (isSuspended === true) {
    return { waits: { text: 'the queue has suspended it' } };
  }
  if (waiting === undefined || pilot.startedAt !== undefined) {
    return {};
  }
  const { kind, reason, advice, stuckSince } = waiting;
  const text = reason ?? (kind === 'held' ? 'held' : 'waiting');
  return { waits: { text, ...(advice === undefined ? {} : { advice }) }, isStuck: stuckSince !== undefined };
}

function phaseOf(pilot: Pilot): { readonly phase: PilotPhase; readonly since: number } {
  const { ended, leaving, registeredAt, startedAt, submittedAt, intendedAt } = pilot;
  if (ended !== undefined) {
    return { phase: 'ended', since: ended.at };
  }
  if (leaving !== undefined) {
    return { phase: 'leaving', since: leaving.at };
  }
  if (registeredAt !== undefined) {
    return { phase: 'registered', since: registeredAt };
  }
  if (startedAt !== undefined) {
    return { phase: 'started', since: startedAt };
  }
  return submittedAt === undefined
    ? { phase: 'intended', since: intendedAt }
    : { phase: 'queued', since: submittedAt };
}
