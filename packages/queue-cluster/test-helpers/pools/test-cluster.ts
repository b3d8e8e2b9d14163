import type {
  BatchJobEnding,
  BatchJobReport,
  BatchJobState,
  SubmitOutcome,
} from '../../src/dialects/dialect.ts';
import { compacted } from '../../src/pools/compaction.ts';
import { decide } from '../../src/pools/decide.ts';
import type { Decision } from '../../src/pools/decisions.ts';
import { poolEventSchema } from '../../src/pools/event-schema.ts';
import type { PoolEvent } from '../../src/pools/events.ts';
import type { Pilot } from '../../src/pools/ledger.ts';
import type { AgentReport, DemandClass, News, PilotFacts, Wanted } from '../../src/pools/news.ts';
import type { ClusterSetting, PoolSetting, SystemSetting } from '../../src/pools/setting.ts';
import { beginWith, type Outcome, type PoolsState } from '../../src/pools/state.ts';
import type { PoolsView } from '../../src/pools/view.ts';
import { viewOf } from '../../src/pools/view-of.ts';

/** A pool of eight-core pilots, but for what is said. */
export function testPool(change: Partial<PoolSetting> = {}): PoolSetting {
  return {
    name: 'main',
    fingerprint: 'first',
    system: 'slurm',
    dialect: 'slurm',
    ssh: [],
    cpus: 8,
    memMb: 32_000,
    gpus: 0,
    attributes: {},
    walltimeSeconds: 8 * 3600,
    min: 0,
    max: 10,
    backlog: 10,
    idleSeconds: 600,
    keepAliveSeconds: 0,
    softMarginSeconds: 600,
    hardMarginSeconds: 60,
    ...change,
  };
}

const anHour = 3_600_000;

/** A cluster whose queue takes and tells everything, where a test does not say otherwise; time goes on when told. */
export class TestCluster {
  setting: ClusterSetting;
  state: PoolsState = beginWith([]);
  readonly journal: PoolEvent[] = [];
  readonly decisions: Decision[] = [];
  now = 1_000_000 * 1000;
  wanted: Wanted = { state: 'up', at: 1, pools: {} };
  demand: DemandClass[] = [];
  /** What the queue has, by name. */
  readonly batchJobs = new Map<string, BatchJobReport>();
  /** What the master has, by agent. */
  readonly agents = new Map<string, AgentReport>();
  isMasterAway = false;
  /** Whether a queueing system does not answer. */
  isDown: (system: string) => boolean = () => false;
  /** What the queue answers to a submit. */
  submitted: (pilot: string, id: string) => SubmitOutcome = (_pilot, id) => ({ kind: 'accepted', id });
  /** How jobs ended, where the queue keeps accounts. */
  readonly accounts = new Map<string, BatchJobEnding>();
  #news: Pick<News, 'submits' | 'statuses' | 'endings' | 'facts' | 'failedOrders'> = noNews();
  #names = 0;
  #ids = 0;

  constructor(pools: Partial<PoolSetting>[] = [{}], system: Partial<SystemSetting> = {}) {
    const slurm = { key: 'slurm', excludesNodes: true, keepsAccounts: false, ...system };
    this.setting = { pools: pools.map(testPool), systems: [slurm] };
  }

  /** People change what pools are. */
  change(pools: Partial<PoolSetting>[]): void {
    this.setting = { ...this.setting, pools: pools.map(testPool) };
    this.say(this.wanted.state);
  }

  /** So many waiting tasks of one core, or of what is said. */
  lacks(count: number, change: Partial<DemandClass> = {}): void {
    const least = { from: 'f', cpus: 1, memMb: 1000, diskMb: 0, gpus: 0, placed: 0 };
    this.demand = count === 0 ? [] : [{ ...least, count, at: this.now, ...change }];
  }

  /** One tick, so many seconds later; the queue answers what it was asked by the one before. */
  tick(seconds = 0): Outcome {
    this.now += seconds * 1000;
    // Demand is written anew all the time.
    this.demand = this.demand.map((demand) => ({ ...demand, at: this.now }));
    const news = this.#takeNews();
    const newName = (pool: string) => `${pool}-${++this.#names}`;
    const outcome = decide(this.setting, this.state, news, { now: this.now, newName });
    this.state = outcome.state;
    this.journal.push(...outcome.events);
    this.decisions.push(...outcome.decisions);
    for (const decision of outcome.decisions) {
      this.#carryOut(decision);
    }
    return outcome;
  }

  /** Ticks for a while, and answers all that was decided meanwhile. */
  pass(seconds: number, step = 10): Decision[] {
    const before = this.decisions.length;
    for (let passed = 0; passed < seconds; passed += step) {
      this.tick(step);
    }
    return this.decisions.slice(before);
  }

  /** Has pilots for a demand of so many, all at work or idle as `tasks` says; they are up for a while. */
  bringUp(count: number, tasks = 0): string[] {
    this.lacks(count * 8);
    this.pass(60);
    const names = this.live();
    for (const name of names) {
      this.start(name);
      this.register(name, tasks);
    }
    this.lacks(0);
    this.pass(60);
    return names;
  }

  start(name: string, node = `node-of-${name}`): void {
    this.#setState(name, { kind: 'running', node, startedAt: this.now });
  }

  wait(name: string, reason: string, isHopeless = false): void {
    this.#setState(name, { kind: 'waiting', reason, isHopeless });
  }

  hold(name: string, reason: string): void {
    this.#setState(name, { kind: 'held', reason });
  }

  end(name: string, how: BatchJobEnding, reason?: string): void {
    const before = this.batchJobs.get(name)?.state;
    const where = before?.kind === 'running' && before.node !== undefined ? { node: before.node } : {};
    this.#setState(name, { kind: 'ended', how, ...where, ...(reason === undefined ? {} : { reason }) });
    this.unregister(name);
  }

  /** Leaves the queue without a word. */
  vanish(name: string): void {
    this.batchJobs.delete(name);
    this.unregister(name);
  }

  register(name: string, tasks = 0, agentId = `agent-of-${name}`): void {
    const flags = { isConnected: true, isActive: true, isDraining: false };
    this.agents.set(agentId, { agentId, pilot: name, tasks, ...flags });
  }

  work(name: string, tasks: number): void {
    const agentId = `agent-of-${name}`;
    const agent = this.agents.get(agentId);
    if (agent !== undefined) {
      this.agents.set(agentId, { ...agent, tasks });
    }
  }

  unregister(name: string): void {
    this.agents.delete(`agent-of-${name}`);
  }

  /** Pilots write something about themselves. */
  write(facts: PilotFacts): void {
    this.#news = { ...this.#news, facts: [...this.#news.facts, facts] };
  }

  /** The last orders of a pilot could not be written. */
  failOrders(name: string): void {
    this.#news = { ...this.#news, failedOrders: [...this.#news.failedOrders, name] };
  }

  /** The launcher dies, and a new one begins with the journal, as it is on the disk. */
  restart(): void {
    const lines = this.journal.map((event) => JSON.stringify(event));
    this.state = beginWith(lines.map((line) => poolEventSchema.parse(JSON.parse(line))));
    this.#news = noNews();
  }

  /** As `restart`, with a journal that was written anew. */
  restartCompacted(): void {
    this.journal.splice(0, this.journal.length, ...compacted(this.state.ledger));
    this.restart();
  }

  pilot(name: string): Pilot | undefined {
    return this.state.ledger.pilots.get(name);
  }

  /** Pilots that have not ended and are not on their way out. */
  live(): string[] {
    const pilots = [...this.state.ledger.pilots.values()];
    return pilots.filter(({ ended, leaving }) => !ended && !leaving).map(({ name }) => name);
  }

  view(): PoolsView {
    const levels = { wanted: this.wanted, demand: this.demand, ...noNews() };
    return viewOf(this.setting, this.state, levels, this.now);
  }

  say(state: Wanted['state'], pools: Wanted['pools'] = this.wanted.pools): void {
    this.wanted = { state, at: this.now, pools };
  }

  #setState(name: string, state: BatchJobState): void {
    const id = this.batchJobs.get(name)?.id ?? `${++this.#ids}`;
    this.batchJobs.set(name, { id, name, state });
  }

  #takeNews(): News {
    const agents = this.isMasterAway ? {} : { agents: [...this.agents.values()] };
    const news = { wanted: this.wanted, demand: this.demand, ...agents, ...this.#news };
    this.#news = noNews();
    return news;
  }

  #carryOut(decision: Decision): void {
    switch (decision.kind) {
      case 'submit': {
        const id = `${++this.#ids}`;
        const outcome = this.submitted(decision.pilot, id);
        if (outcome.kind === 'accepted') {
          this.batchJobs.set(decision.pilot, { id, name: decision.pilot, state: { kind: 'waiting' } });
        }
        this.#news = { ...this.#news, submits: [...this.#news.submits, { pilot: decision.pilot, outcome }] };
        return;
      }
      case 'ask-status':
        this.#answer(decision.system);
        return;
      case 'ask-endings':
        this.#answerEndings(decision.system, decision.ids);
        return;
      case 'deactivate-agent':
      case 'reactivate-agent':
        this.#change(decision.agentId, { isActive: decision.kind === 'reactivate-agent' });
        return;
      case 'drain-agent':
        this.#change(decision.agentId, { isActive: false, isDraining: true, tasks: 0 });
        return;
      case 'mark-agent-gone':
        this.agents.delete(decision.agentId);
        return;
      case 'stop-batch-jobs':
      case 'cancel-batch-jobs':
        this.#remove(decision.ids);
        return;
      default:
    }
  }

  #answer(system: string): void {
    const batchJobs = [...this.batchJobs.values()];
    const outcome = this.isDown(system)
      ? { kind: 'no-news' as const, text: 'slurmctld does not answer' }
      : { kind: 'known' as const, batchJobs };
    const status = { system, askedAt: this.now, outcome };
    this.#news = { ...this.#news, statuses: [...this.#news.statuses, status] };
  }

  #answerEndings(system: string, ids: readonly string[]): void {
    const batchJobs = ids.flatMap((id) => {
      const how = this.accounts.get(id);
      return how === undefined ? [] : [{ id, state: { kind: 'ended' as const, how } }];
    });
    const endings = { system, askedAt: this.now, outcome: { kind: 'known' as const, batchJobs } };
    this.#news = { ...this.#news, endings: [...this.#news.endings, endings] };
  }

  #change(agentId: string, change: Partial<AgentReport>): void {
    const agent = this.agents.get(agentId);
    if (agent !== undefined) {
      this.agents.set(agentId, { ...agent, ...change });
    }
  }

  #remove(ids: readonly string[]): void {
    for (const [name, { id }] of this.batchJobs) {
      if (ids.includes(id)) {
        this.vanish(name);
      }
    }
  }
}

function noNews(): Pick<News, 'submits' | 'statuses' | 'endings' | 'facts' | 'failedOrders'> {
  return { submits: [], statuses: [], endings: [], facts: [], failedOrders: [] };
}

/** How many decisions there are of a kind. */
export function countOf(decisions: readonly Decision[], kind: Decision['kind']): number {
  return decisions.filter((decision) => decision.kind === kind).length;
}

/** Milliseconds of so many hours. */
export function hours(count: number): number {
  return count * anHour;
}
