import type { BatchJobEnding, BatchJobReport, SubmitOutcome } from '../../../src/dialects/dialect.ts';
import type { PilotFacts } from '../../../src/pools/news.ts';
import type { PoolSetting } from '../../../src/pools/setting.ts';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Scenario } from './scenario.ts';
import type { SimAgent, SimAgents } from './sim-agents.ts';

/** A batch job, and the pilot's script in it. */
export interface SimJob {
  readonly id: string;
  readonly name: string;
  readonly pool: PoolSetting;
  readonly submittedAt: number;
  readonly startsFrom: number;
  readonly excludedNodes: readonly string[];
  phase: 'waiting' | 'running' | 'ended';
  node?: string;
  endsAt?: number;
  agent?: SimAgent;
  report: BatchJobReport;
}

/** How long a queue remembers jobs that have ended. */
const memoryMs = 300_000;

/** A queueing system with its nodes. */
export class SimQueue {
  /** By name: what the queue tells of, and of it what has not ended. */
  readonly told = new Map<string, SimJob>();
  readonly open = new Map<string, SimJob>();
  readonly facts: PilotFacts[] = [];
  readonly badNodes = new Set<string>();
  isDown = false;
  /** Whether it takes no more jobs, and says so. */
  isClosed = false;
  readonly #waiting = new Set<SimJob>();
  readonly #byId = new Map<string, SimJob>();
  readonly #freeNodes: Set<string>;
  readonly #nodeCount: number;
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #scenario: Scenario;
  readonly #agents: SimAgents;
  #ids = 0;

  constructor(key: string, agenda: Agenda, chance: Chance, scenario: Scenario, agents: SimAgents) {
    this.#agenda = agenda;
    this.#chance = chance;
    this.#scenario = scenario;
    this.#agents = agents;
    this.#nodeCount = scenario.nodes;
    this.#freeNodes = new Set(Array.from({ length: scenario.nodes }, (_, index) => `${key}-n${index + 1}`));
    for (const node of [...this.#freeNodes].slice(0, scenario.badNodes)) {
      this.badNodes.add(node);
    }
  }

  submit(name: string, pool: PoolSetting, excludedNodes: readonly string[]): SubmitOutcome {
    const { refused, unclear, queueWait } = this.#scenario;
    if (this.isClosed && !this.isDown) {
      return { kind: 'refused', problem: { kind: 'configuration', text: 'the queue is closed' } };
    }
    if (this.isDown ? this.#chance.happens(0.7) : this.#chance.happens(refused)) {
      return { kind: 'refused', problem: { kind: 'transient', text: 'the controller is busy' } };
    }
    const isUnclear = this.isDown || this.#chance.happens(unclear);
    if (isUnclear && this.#chance.happens(0.5)) {
      return { kind: 'unclear', text: 'no answer in time' };
    }
    const id = `${++this.#ids}`;
    const startsFrom = this.#agenda.now + this.#chance.wait(queueWait * 1000);
    const report: BatchJobReport = { id, name, state: { kind: 'waiting', reason: 'Priority' } };
    const submittedAt = this.#agenda.now;
    const job: SimJob = { id, name, pool, submittedAt, startsFrom, excludedNodes, phase: 'waiting', report };
    this.told.set(name, job);
    this.open.set(name, job);
    this.#byId.set(id, job);
    this.#waiting.add(job);
    return isUnclear ? { kind: 'unclear', text: 'no answer in time' } : { kind: 'accepted', id };
  }

  reports(): BatchJobReport[] {
    return Array.from(this.told.values(), ({ report }) => report);
  }

  /** Starts what may start: other users leave more or less of the machine, by the time of day. */
  schedule(): void {
    const hour = (this.#agenda.now / 3_600_000) % 24;
    const share = 0.8 + 0.2 * Math.cos((hour / 24) * 2 * Math.PI);
    const reserved = Math.floor(this.#nodeCount * (1 - share));
    for (const job of this.#waiting) {
      if (this.#freeNodes.size <= reserved) {
        return;
      }
      if (job.startsFrom <= this.#agenda.now) {
        this.#start(job);
      }
    }
  }

  stop(id: string): void {
    const job = this.#byId.get(id);
    if (job?.phase === 'running' && !this.#chance.happens(this.#scenario.deaf)) {
      this.#agenda.after(3000, () => this.#leave(job, 'stopped', 'completed'));
    }
  }

  cancel(id: string): void {
    const job = this.#byId.get(id);
    if (job !== undefined && job.phase !== 'ended') {
      this.end(job, 'cancelled');
    }
  }

  running(): SimJob[] {
    return [...this.open.values()].filter(({ phase }) => phase === 'running');
  }

  /** The batch job ends, and with it all its processes, but for those that are cut off. */
  end(job: SimJob, how: BatchJobEnding, isCutOff = false): void {
    if (job.phase === 'ended') {
      return;
    }
    this.#waiting.delete(job);
    job.phase = 'ended';
    this.open.delete(job.name);
    if (job.node !== undefined) {
      this.#freeNodes.add(job.node);
    }
    const where = job.node === undefined ? {} : { node: job.node };
    job.report = { id: job.id, name: job.name, state: { kind: 'ended', how, ...where } };
    if (job.agent !== undefined && !isCutOff) {
      this.#agents.remove(job.agent);
    }
    const told = this.#chance.happens(this.#scenario.forgetful) ? 0 : memoryMs;
    this.#agenda.after(told, () => {
      this.told.delete(job.name);
      this.#byId.delete(job.id);
    });
  }

  #start(job: SimJob): void {
    const node = this.#nodeFor(job);
    if (node === undefined) {
      return;
    }
    const { now } = this.#agenda;
    this.#freeNodes.delete(node);
    this.#waiting.delete(job);
    job.phase = 'running';
    job.node = node;
    job.endsAt = now + job.pool.walltimeSeconds * 1000;
    const times = { startedAt: now, endsAt: job.endsAt };
    job.report = { id: job.id, name: job.name, state: { kind: 'running', node, ...times } };
    this.facts.push({ pilot: job.name, host: node, ...times });
    this.#agenda.after(job.pool.walltimeSeconds * 1000 + 20_000, () => this.end(job, 'walltime'));
    const last = (job.pool.walltimeSeconds - job.pool.hardMarginSeconds / 2) * 1000;
    this.#agenda.after(last, () => this.#leave(job, 'deadline', 'completed'));
    this.#comeUp(job, node);
  }

  #nodeFor({ excludedNodes }: SimJob): string | undefined {
    for (const node of this.#freeNodes) {
      if (!excludedNodes.includes(node)) {
        return node;
      }
    }
    return undefined;
  }

  #comeUp(job: SimJob, node: string): void {
    const { mute, frail } = this.#scenario;
    const isFrail = this.badNodes.has(node) || this.#chance.happens(frail);
    if (this.#chance.happens(mute)) {
      return;
    }
    this.#agenda.after(this.#chance.between(2000, 60_000), () => {
      if (job.phase === 'running') {
        job.agent = this.#agents.register(job.name, job.pool.cpus);
        if (isFrail) {
          this.#agenda.after(5000, () => this.#leave(job, 'agent-died 134', 'failed'));
        }
      }
    });
  }

  #leave(job: SimJob, reason: string, how: BatchJobEnding): void {
    if (job.phase === 'running') {
      this.facts.push({ pilot: job.name, ended: reason });
      this.end(job, how);
    }
  }
}
