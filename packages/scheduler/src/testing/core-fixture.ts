import { describeExplanation, type ScalingAdvice } from '../explain/index.ts';
import type { AgentFacts } from '../model/agent.ts';
import { defaultPolicy, type SchedulingPolicy } from '../model/policy.ts';
import type { Resources } from '../model/resources.ts';
import type { TaskRecord, TaskSpec } from '../model/task.ts';
import type { AttemptUpdate, Offer } from '../ports/driver.ts';
import { type CoreInput, SchedulerCore } from '../runtime/core.ts';
import type { Decisions, Effect } from '../runtime/decisions.ts';
import type { SchedulerNotice } from '../runtime/notice.ts';
import { defaultOptions, type SchedulerOptions } from '../runtime/options.ts';
import { MemoryTaskStore } from './memory-task-store.ts';

/** A task with everything filled in that a test does not care for. */
export const aTask = (id: string, changes: Partial<TaskSpec> = {}): TaskSpec => ({
  id,
  name: id,
  command: 'true',
  environment: {},
  resources: { cpus: 1, mem: 64, disk: 0 },
  retries: 0,
  ...changes,
});

type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>;
type NoticeOf<Type extends SchedulerNotice['type']> = Extract<SchedulerNotice, { type: Type }>;

const newCore = (options: SchedulerOptions, policy: Partial<SchedulingPolicy>): SchedulerCore =>
  new SchedulerCore({ options, policy: { ...defaultPolicy, ...policy }, placements: [] });

/** A scheduler's core with a store, and all that it has decided since it was last asked. */
export class CoreFixture {
  readonly #options: SchedulerOptions;
  readonly #policy: Partial<SchedulingPolicy>;
  readonly store = new MemoryTaskStore();
  #core: SchedulerCore;
  #now = 0;
  #offers = 0;
  #effects: Effect[] = [];
  #notices: SchedulerNotice[] = [];

  constructor(options: Partial<SchedulerOptions> = {}, policy: Partial<SchedulingPolicy> = {}) {
    this.#options = { ...defaultOptions, ...options };
    this.#policy = policy;
    this.#core = newCore(this.#options, policy);
  }

  /** One that is connected. */
  static async connected(
    options: Partial<SchedulerOptions> = {},
    policy: Partial<SchedulingPolicy> = {},
  ): Promise<CoreFixture> {
    const fixture = new CoreFixture(options, policy);
    await fixture.connect();
    return fixture;
  }

  get settled(): boolean {
    return this.#core.settled;
  }

  get nextDeadlineSeconds(): number {
    return (this.#core.nextDeadline - this.#now) / 1000;
  }

  async tell(...inputs: CoreInput[]): Promise<Decisions> {
    const decisions = this.#core.advance(inputs, this.#now, this.#now + 1e12);
    // As the runtime does, which gives others their turn in between.
    while (decisions.more) {
      const next = this.#core.advance([], this.#now, this.#now + 1e12);
      for (const change of next.changes) decisions.changes.push(change);
      for (const effect of next.effects) decisions.effects.push(effect);
      for (const notice of next.notices) decisions.notices.push(notice);
      decisions.more = next.more;
    }
    await this.store.commit(decisions.changes);
    for (const effect of decisions.effects) this.#effects.push(effect);
    for (const notice of decisions.notices) this.#notices.push(notice);
    return decisions;
  }

  connect(): Promise<Decisions> {
    return this.tell({ type: 'driver', event: { type: 'subscribed', frameworkId: 'f' } });
  }

  disconnect(): Promise<Decisions> {
    return this.tell({ type: 'driver', event: { type: 'disconnected', message: 'gone' } });
  }

  submit(...specs: TaskSpec[]): Promise<Decisions> {
    return this.tell({ type: 'submit', specs });
  }

  offer(resources: Partial<Offer['resources']> = {}, more: Partial<Omit<Offer, 'resources'>> = {}) {
    const id = `offer-${++this.#offers}`;
    const all = { cpus: 1, mem: 1024, disk: 1024, ...resources };
    const offer = { id, agent: agentNamed('agent-1'), ...more, resources: all };
    return this.tell({ type: 'driver', event: { type: 'offers', offers: [offer] } });
  }

  /** Says which agents there are, by their names and sizes, and that there will never be others unless told so. */
  agents(sizes: Readonly<Record<string, Resources>>, { final = true } = {}): Promise<Decisions> {
    const agents = Object.entries(sizes).map(([id, total]) => ({ ...agentNamed(id), total }));
    return this.tell({ type: 'driver', event: { type: 'agents', agents, final } });
  }

  update(attemptId: string, state: AttemptUpdate['state'], more: Partial<AttemptUpdate> = {}) {
    const update = { attemptId, state, timestamp: 5, agentId: 'agent-1', ...more };
    return this.tell({ type: 'driver', event: { type: 'update', update } });
  }

  /** Lets time pass, and the core look whenever it asked to. */
  async wait(seconds: number): Promise<void> {
    const end = this.#now + seconds * 1000;
    while (this.#core.nextDeadline <= end) {
      // As the runtime does: never less than a millisecond later.
      this.#now = Math.max(this.#core.nextDeadline, this.#now + 1);
      await this.tell({ type: 'tick' });
    }
    this.#now = Math.max(end, this.#now);
  }

  /** Dies, and is followed by another one that is not connected yet. */
  async restart(): Promise<void> {
    this.#core = newCore(this.#options, this.#policy);
    this.#core.restore(await this.store.load(), this.#now);
    this.forget();
  }

  /** Why tasks wait, in words for people. */
  explained(): string[] {
    return this.#core
      .explain(this.#now, this.#now + 1e12, 100)
      .map(({ explanation }) => describeExplanation(explanation));
  }

  /** What more agents would help what waits. */
  shortfall(): ScalingAdvice {
    return this.#core.shortfall(this.#now + 1e12);
  }

  /** The effects of one kind since they were last asked for. */
  took<Type extends Effect['type']>(type: Type): EffectOf<Type>[] {
    const found = this.#effects.filter((effect): effect is EffectOf<Type> => effect.type === type);
    this.#effects = this.#effects.filter((effect) => effect.type !== type);
    return found;
  }

  /** The notices of one kind since they were last asked for. */
  told<Type extends SchedulerNotice['type']>(type: Type): NoticeOf<Type>[] {
    const found = this.#notices.filter((notice): notice is NoticeOf<Type> => notice.type === type);
    this.#notices = this.#notices.filter((notice) => notice.type !== type);
    return found;
  }

  /** The ids of the attempts that were launched since it was last asked. */
  launched(): string[] {
    return this.took('launch').flatMap(({ launches }) => launches.map(({ attemptId }) => attemptId));
  }

  /** The ids of the attempts that were killed since it was last asked. */
  killed(): string[] {
    return this.took('kill').map(({ attempt }) => attempt.attemptId);
  }

  /** The ids of the attempts that were asked for since it was last asked. */
  askedFor(): string[] {
    return this.took('reconcile').flatMap(({ attempts }) => attempts.map(({ attemptId }) => attemptId));
  }

  forget(): void {
    this.#effects = [];
    this.#notices = [];
  }

  async record(taskId: string): Promise<TaskRecord> {
    const found = (await this.store.load()).find(({ spec }) => spec.id === taskId);
    if (!found) throw new Error(`no task ${taskId}`);
    return found;
  }

  async state(taskId: string): Promise<TaskRecord['state']> {
    return (await this.record(taskId)).state;
  }
}

/** An agent of which nothing else is known. */
export const agentNamed = (id: string): AgentFacts => ({
  id,
  hostname: id.replace('agent', 'host'),
  attributes: {},
});
