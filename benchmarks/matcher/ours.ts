import { defaultPolicy, type Offer, type TaskSpec } from '@galaxy-mesos/scheduler';
import { Matcher } from '@galaxy-mesos/scheduler/matching';
import type { Rounds } from './fenzo.ts';
import type { Mix, MixAgent, MixTask } from './mix.ts';
import { Truth } from './truth.ts';

export { Matcher };

/** What a round came to. */
export interface RoundOutcome {
  readonly placed: readonly MixTask[];
  /** All that the matcher did: taking offers and tasks in, matching, taking note of what was started. */
  readonly milliseconds: number;
  /** The longest call of `match`, which does so much at a time that the event loop can breathe. */
  readonly longestCall: number;
}

const clusterDate = Date.UTC(2026, 0, 1);

/** Our matcher on the agents of a mix, with a master's part played: what is left of agents is offered again. */
export class OurMatcher {
  readonly truth: Truth;
  readonly #matcher: Matcher;
  readonly #agents: ReadonlyMap<string, MixAgent>;
  readonly #tasks: ReadonlyMap<string, MixTask>;
  readonly #specs = new Map<string, TaskSpec>();
  /** Agents that are offered before the next round. */
  readonly #withMaster = new Set<string>();
  /** Agents that were declined: offered again as soon as new tasks come, which is when a scheduler revives. */
  readonly #declined = new Set<string>();
  readonly #agentOfOffer = new Map<string, string>();
  readonly #submitted: MixTask[] = [];
  #offers = 0;
  #sequence = 0;
  #rounds = 0;

  constructor(mix: Mix, placement = 'best-fit') {
    this.truth = new Truth(mix);
    this.#agents = new Map(mix.agents.map((agent) => [agent.id, agent]));
    this.#tasks = new Map(mix.tasks.map((task) => [task.id, task]));
    for (const { id } of mix.agents) this.#withMaster.add(id);
    // Nothing is kept for the first in line: Fenzo and the oracle do not, either.
    this.#matcher = new Matcher({ ...defaultPolicy, placement, headOfLine: { patience: Infinity } });
  }

  /** Tasks that come before the next round. */
  submit(tasks: readonly MixTask[]): void {
    this.offerAnew(this.#declined.size);
    for (const task of tasks) {
      this.#specs.set(task.id, specOf(task));
      this.#submitted.push(task);
    }
  }

  /** Tasks that are wanted no more. */
  withdraw(tasks: readonly MixTask[]): void {
    for (const { id } of tasks) this.#matcher.remove(id);
  }

  /** A task has ended; its agent is offered before the next round. It may be submitted again. */
  end(taskId: string): void {
    this.#matcher.ended(taskId);
    const agentId = this.truth.end(taskId);
    this.#declined.delete(agentId);
    this.#withMaster.add(agentId);
  }

  /** The master offers so many of the agents that were declined. */
  offerAnew(count: number): void {
    for (const id of [...this.#declined].slice(0, count)) {
      this.#declined.delete(id);
      this.#withMaster.add(id);
    }
  }

  round(): RoundOutcome {
    this.#agentOfOffer.clear();
    const offers = [...this.#withMaster].flatMap((id) => this.#offerOf(id) ?? []);
    this.#withMaster.clear();
    this.#rounds += 1;
    const now = this.#rounds * 1000;
    const placed: MixTask[] = [];
    let longestCall = 0;
    let checking = 0;
    const start = performance.now();
    for (const task of this.#submitted.splice(0)) this.#add(task, now);
    this.#matcher.offers(offers);
    for (let more = true; more; ) {
      const before = performance.now();
      const decisions = this.#matcher.match(now, clusterDate + now);
      const after = performance.now();
      longestCall = Math.max(longestCall, after - before);
      more = decisions.more;
      for (const { agent, tasks } of decisions.placements)
        for (const { taskId, resources } of tasks) {
          const spec = this.#spec(taskId);
          this.#matcher.started({ attemptId: taskId, spec, resources, agentId: agent.id });
        }
      // What the master does is not the matcher's time.
      const told = performance.now();
      for (const { agent, tasks } of decisions.placements) placed.push(...this.#launch(agent.id, tasks));
      for (const { offerIds } of decisions.declined) this.#decline(offerIds);
      checking += performance.now() - told;
    }
    return { placed, milliseconds: performance.now() - start - checking, longestCall };
  }

  #add(task: MixTask, since: number): void {
    const spec = this.#spec(task.id);
    this.#sequence += 1;
    this.#matcher.add({ spec, resources: spec.resources, sequence: this.#sequence, since });
  }

  #decline(offerIds: readonly string[]): void {
    for (const offerId of offerIds) this.#declined.add(this.#agentOfOffer.get(offerId) ?? '');
  }

  #launch(agentId: string, tasks: readonly { readonly taskId: string }[]): MixTask[] {
    this.#withMaster.add(agentId);
    return tasks.flatMap(({ taskId }) => {
      this.truth.place(taskId, agentId);
      this.#specs.delete(taskId);
      return this.#tasks.get(taskId) ?? [];
    });
  }

  #spec(taskId: string): TaskSpec {
    const spec = this.#specs.get(taskId);
    if (!spec) throw new Error(`${taskId} was placed, and does not wait`);
    return spec;
  }

  #offerOf(id: string): Offer | undefined {
    const [agent, free] = [this.#agents.get(id), this.truth.free(id)];
    if (!agent || free.cpus === 0) return undefined;
    const { zone, rack } = agent;
    const facts = { id, hostname: id, attributes: { rack }, region: 'here', zone };
    this.#offers += 1;
    const offerId = `offer-${this.#offers}`;
    this.#agentOfOffer.set(offerId, id);
    return { id: offerId, agent: facts, resources: { ...free, disk: 0 } };
  }
}

const plain = { command: 'true', environment: {}, retries: 0 };

function specOf({ id, job, cpus, mem, rule }: MixTask): TaskSpec {
  const spec: TaskSpec = { ...plain, id, name: id, resources: { cpus, mem, disk: 0 } };
  const [kind, value = ''] = rule.split(':');
  switch (kind) {
    case 'spread': {
      const groups = Number(value);
      return {
        ...spec,
        tags: [job],
        constraints: [{ type: 'group-by', field: '@zone', among: job, groups }],
      };
    }
    case 'unique':
      return { ...spec, tags: [job], constraints: [{ type: 'unique', field: '@agent', among: job }] };
    case 'rack':
      return { ...spec, constraints: [{ type: 'equals', field: 'rack', value }] };
    default:
      return spec;
  }
}

/** Hands tasks of a mix to our matcher, so many a round, each once, as Fenzo is handed them. */
export function ourRounds(mix: Mix, tasksPerRound: number): Rounds & { readonly longestCall: number } {
  const ours = new OurMatcher(mix);
  const milliseconds: number[] = [];
  let longestCall = 0;
  for (let first = 0; first < mix.tasks.length; first += tasksPerRound) {
    const batch = mix.tasks.slice(first, first + tasksPerRound);
    ours.submit(batch);
    const round = ours.round();
    milliseconds.push(round.milliseconds);
    longestCall = Math.max(longestCall, round.longestCall);
    if (round.placed.length < batch.length) ours.withdraw(batch.filter(({ id }) => !ours.truth.agentOf(id)));
  }
  ours.truth.checkJobs();
  return { milliseconds, placed: ours.truth.placed, fill: ours.truth.fill, longestCall };
}
