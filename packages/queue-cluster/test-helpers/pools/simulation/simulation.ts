import { compacted } from '../../../src/pools/compaction.ts';
import { decide } from '../../../src/pools/decide.ts';
import type { Decision } from '../../../src/pools/decisions.ts';
import { poolEventSchema } from '../../../src/pools/event-schema.ts';
import type { News, Wanted } from '../../../src/pools/news.ts';
import type { ClusterSetting, PoolSetting } from '../../../src/pools/setting.ts';
import { beginWith, type Outcome, type PoolsState } from '../../../src/pools/state.ts';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { type Figures, Tally } from './figures.ts';
import { Laws } from './laws.ts';
import type { Scenario } from './scenario.ts';
import { SimAgents } from './sim-agents.ts';
import { SimQueue } from './sim-queue.ts';
import { SimTasks } from './sim-tasks.ts';
import { Troubles } from './troubles.ts';

type Come = { -readonly [Key in 'submits' | 'statuses' | 'endings' | 'facts' | 'failedOrders']: News[Key] };

/** Queues, nodes, a master, tasks and troubles, and the launcher in the midst of them. */
export class Simulation {
  readonly laws: Laws;
  readonly tally = new Tally();
  readonly tasks: SimTasks;
  readonly troubles: Troubles;
  readonly agents: SimAgents;
  readonly queues: ReadonlyMap<string, SimQueue>;
  state: PoolsState = beginWith([]);
  isFinished = false;
  readonly #scenario: Scenario;
  #setting: ClusterSetting;
  readonly #agenda = new Agenda(0);
  readonly #chance: Chance;
  #wanted: Wanted = { state: 'up', at: 0, pools: {} };
  #come: Come = nothing();
  #names = 0;
  #deadUntil = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#setting = { pools: scenario.pools, systems: scenario.systems };
    const chance = new Chance(scenario.seed);
    this.#chance = chance;
    this.tasks = new SimTasks(this.#agenda, chance, scenario);
    this.agents = new SimAgents(this.#agenda, this.tasks);
    const queueOf = (key: string) => new SimQueue(key, this.#agenda, chance, scenario, this.agents);
    this.queues = new Map(scenario.systems.map(({ key }) => [key, queueOf(key)]));
    this.troubles = new Troubles(scenario, this.#agenda, chance, [...this.queues.values()], this.agents);
    this.laws = new Laws(scenario, this.queues, this.agents);
  }

  /** Lives through all days, then some hours of calm, and then brings the cluster down. */
  run(): Figures {
    this.live();
    const { days } = this.#scenario;
    const { done, lost } = this.tasks;
    const figures = this.tally.figures(days, this.queues.size, { done, lost });
    this.#calmDown();
    this.#bringDown();
    return figures;
  }

  /** Lives through all days. */
  live(): void {
    const { days, tickSeconds } = this.#scenario;
    const end = days * 86_400_000;
    while (this.#agenda.now < end) {
      this.#step(tickSeconds * 1000);
    }
  }

  #calmDown(): void {
    this.troubles.end();
    this.tasks.end();
    this.#wanted = { state: 'up', at: this.#agenda.now, pools: {} };
    this.#setting = { ...this.#setting, pools: this.#scenario.pools };
    const calm = this.#agenda.now + 6 * 3_600_000;
    while (this.#agenda.now < calm) {
      this.#step(this.#scenario.tickSeconds * 1000);
    }
    this.laws.calm(this.state.ledger);
  }

  #bringDown(): void {
    this.laws.isGoingDown = true;
    this.#wanted = { ...this.#wanted, state: 'down', at: this.#agenda.now };
    const latest = this.#agenda.now + 4 * 3_600_000;
    while (!this.isFinished && this.#agenda.now < latest) {
      this.#step(this.#scenario.tickSeconds * 1000);
    }
  }

  #step(milliseconds: number): void {
    this.#agenda.runUntil(this.#agenda.now + milliseconds);
    for (const queue of this.queues.values()) {
      queue.schedule();
      this.#come.facts = [...this.#come.facts, ...queue.facts.splice(0)];
    }
    if (!this.troubles.isMasterAway) {
      this.agents.launch();
    }
    if (this.#agenda.now >= this.#deadUntil) {
      this.#tick();
      this.laws.look();
    }
    this.#sample();
  }

  #tick(): void {
    const { now } = this.#agenda;
    this.#changePools();
    const news: News = {
      wanted: this.#wanted,
      demand: this.tasks.demand(now),
      ...this.#master(),
      ...this.#come,
    };
    this.#come = nothing();
    if (news.agents !== undefined) {
      this.laws.heardMaster(now);
    }
    const newName = (pool: string) => `${pool}-${++this.#names}`;
    const startedAt = performance.now();
    const outcome = decide(this.#setting, this.state, news, { now, newName });
    this.tally.tick(performance.now() - startedAt);
    this.state = outcome.state;
    if (this.#chance.happens(0.02)) {
      const levels = { wanted: news.wanted, demand: news.demand, ...this.#same(news) };
      this.laws.nothingNew(decide(this.#setting, this.state, { ...levels, ...nothing() }, { now, newName }));
    }
    for (const event of outcome.events) {
      this.tally.event(event);
    }
    this.#resumePaused();
    this.#wish();
    const perTick = this.troubles.isOver
      ? 0
      : (this.#scenario.crashesPerDay * this.#scenario.tickSeconds) / 86_400;
    if (!this.#chance.happens(perTick)) {
      this.#carryOutAll(outcome);
    } else {
      this.#crash(outcome);
    }
  }

  /** The journal is on the disk; what was decided was done, or some of it, and nobody hears what came of it. */
  #crash(outcome: Outcome): void {
    this.tally.crashes += 1;
    const done = Math.floor(this.#chance.number() * 2 * outcome.decisions.length);
    this.#carryOutAll({ ...outcome, decisions: outcome.decisions.slice(0, done) });
    this.#come = nothing();
    const lines = compacted(this.state.ledger).map((event) => JSON.stringify(event));
    this.state = beginWith(lines.map((line) => poolEventSchema.parse(JSON.parse(line))));
    this.laws.restart();
    this.#deadUntil = this.#agenda.now + this.#chance.wait(300_000);
  }

  /** Somebody looks at what is paused, after a while. */
  #resumePaused(): void {
    const { now } = this.#agenda;
    for (const { paused } of this.state.ledger.health.values()) {
      if (paused !== undefined && now - paused.at > 7_200_000 && this.#wanted.at < paused.at) {
        this.#wanted = { ...this.#wanted, at: now };
      }
    }
  }

  /** People change their minds. */
  #wish(): void {
    const perTick = (this.#scenario.wishesPerDay * this.#scenario.tickSeconds) / 86_400;
    if (perTick === 0 || this.troubles.isOver || !this.#chance.happens(perTick)) {
      return;
    }
    const pools = this.#setting.pools.map(({ name, max: most }) => {
      const max = Math.floor(this.#chance.between(0, most + 1));
      const min = Math.floor(this.#chance.between(0, max + 1));
      const agents = this.#chance.happens(0.3)
        ? { agents: Math.floor(this.#chance.between(0, most + 1)) }
        : {};
      return [name, { min, max, ...agents }] as const;
    });
    const state = this.#chance.happens(0.2) ? 'draining' : 'up';
    this.#wanted = { state, at: this.#agenda.now, pools: Object.fromEntries(pools) };
  }

  /** People change what pools are; that they have said so may come a little before, or after. */
  #changePools(): void {
    const perTick = (this.#scenario.changesPerDay * this.#scenario.tickSeconds) / 86_400;
    if (perTick === 0 || this.troubles.isOver || !this.#chance.happens(perTick)) {
      return;
    }
    const pools = this.#scenario.pools.filter(() => this.#chance.happens(0.8));
    this.#setting = { ...this.#setting, pools: pools.map((pool) => this.#changed(pool)) };
    if (this.#chance.happens(0.7)) {
      this.#wanted = { ...this.#wanted, at: this.#agenda.now };
    }
  }

  #changed(pool: PoolSetting): PoolSetting {
    const size = this.#chance.happens(0.5) ? 1 : 2;
    const cpus = pool.cpus * size;
    const memMb = pool.memMb * size;
    const walltimeSeconds = this.#chance.happens(0.5) ? pool.walltimeSeconds : pool.walltimeSeconds * 2;
    return { ...pool, cpus, memMb, walltimeSeconds, fingerprint: `${cpus} ${walltimeSeconds}` };
  }

  #master(): Pick<News, 'agents'> {
    if (this.troubles.isMasterAway) {
      return {};
    }
    return { agents: this.troubles.areAgentsAway ? [] : [...this.agents.reports.values()] };
  }

  #same({ agents }: News): Pick<News, 'agents'> {
    return agents === undefined ? {} : { agents };
  }

  #carryOutAll({ decisions }: Outcome): void {
    const { now } = this.#agenda;
    for (const decision of decisions) {
      this.laws.judge(decision, now);
      this.#carryOut(decision, now);
    }
  }

  #carryOut(decision: Decision, now: number): void {
    switch (decision.kind) {
      case 'submit':
        this.#submit(decision);
        return;
      case 'ask-status':
        this.#answer(decision.system, now);
        return;
      case 'ask-endings':
        this.#answerEndings(decision.system, decision.ids, now);
        return;
      case 'deactivate-agent':
        this.agents.deactivate(decision.agentId);
        return;
      case 'reactivate-agent':
        this.agents.reactivate(decision.agentId);
        return;
      case 'drain-agent':
        this.agents.drain(decision.agentId);
        return;
      case 'mark-agent-gone':
        this.agents.markGone(decision.agentId);
        return;
      case 'stop-batch-jobs':
      case 'cancel-batch-jobs':
        this.#endBatchJobs(decision);
        return;
      case 'finish':
        this.isFinished = true;
        this.laws.nothingLeft();
        return;
      default:
    }
  }

  #submit({ pilot, pool: name, excludedNodes }: Decision & { kind: 'submit' }): void {
    const pool = this.#setting.pools.find((known) => known.name === name);
    const queue = this.queues.get(pool?.system ?? '');
    if (pool !== undefined && queue !== undefined) {
      this.tally.submits += 1;
      this.#come.submits = [
        ...this.#come.submits,
        { pilot, outcome: queue.submit(pilot, pool, excludedNodes) },
      ];
    }
  }

  #answer(system: string, askedAt: number): void {
    const queue = this.queues.get(system);
    this.tally.call(system, askedAt);
    if (queue !== undefined) {
      const saysNothing = queue.isDown || this.#chance.happens(this.#scenario.noNews);
      const outcome = saysNothing
        ? { kind: 'no-news' as const, text: 'timed out' }
        : { kind: 'known' as const, batchJobs: queue.reports() };
      this.#come.statuses = [...this.#come.statuses, { system, askedAt, outcome }];
    }
  }

  /** The accounts know half of what the status has forgotten. */
  #answerEndings(system: string, ids: readonly string[], askedAt: number): void {
    const batchJobs = ids
      .filter(() => this.#chance.happens(0.5))
      .map((id) => ({ id, state: { kind: 'ended' as const, how: 'completed' as const } }));
    this.#come.endings = [...this.#come.endings, { system, askedAt, outcome: { kind: 'known', batchJobs } }];
  }

  #endBatchJobs({ kind, system, ids }: Decision & { kind: 'stop-batch-jobs' | 'cancel-batch-jobs' }): void {
    const queue = this.queues.get(system);
    if (queue === undefined || queue.isDown) {
      return;
    }
    for (const id of ids) {
      if (kind === 'stop-batch-jobs') {
        queue.stop(id);
      } else {
        queue.cancel(id);
      }
    }
  }

  #sample(): void {
    const [small, big] = this.tasks.kinds;
    let busy = 0;
    let idle = 0;
    for (const { tasks, isConnected } of this.agents.reports.values()) {
      busy += isConnected && tasks > 0 ? 1 : 0;
      idle += isConnected && tasks === 0 ? 1 : 0;
    }
    const asked = [...this.queues.values()].reduce((sum, { open }) => sum + open.size, 0);
    const most = this.#setting.pools.reduce((sum, { max }) => sum + max, 0);
    const lacking = Math.ceil((small?.waiting ?? 0) / 8) + Math.ceil((big?.waiting ?? 0) / 2);
    this.tally.sample({ needed: Math.min(most, busy + lacking), asked, had: busy + idle, idle });
  }
}

function nothing(): Come {
  return { submits: [], statuses: [], endings: [], facts: [], failedOrders: [] };
}
