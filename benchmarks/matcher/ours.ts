import type { Offer, TaskSpec } from '@galaxy-mesos/scheduler';
import { matchOffers } from '../../packages/scheduler/src/runtime/match.ts';
import type { Rounds } from './fenzo.ts';
import type { Mix, MixAgent, MixTask } from './mix.ts';
import { Truth } from './truth.ts';

/** What a round came to. */
export interface RoundOutcome {
  readonly placed: readonly MixTask[];
  /** All that the matcher did: taking offers and tasks in, matching, taking note of what was started. */
  readonly milliseconds: number;
  /** The longest call of `match`, which does so much at a time that the event loop can breathe. */
  readonly longestCall: number;
}

/** Our matcher on the agents of a mix, with a master's part played: what is left of agents is offered again. */
export class OurMatcher {
  readonly truth: Truth;
  readonly #agents: ReadonlyMap<string, MixAgent>;
  readonly #tasks: ReadonlyMap<string, MixTask>;
  /** Agents whose resources are with nobody: to be offered before the next round. */
  readonly #withMaster = new Set<string>();
  #offers: Offer[] = [];
  #waiting: MixTask[] = [];
  #added: MixTask[] = [];

  constructor(mix: Mix, placement = 'best-fit') {
    this.truth = new Truth(mix);
    this.#agents = new Map(mix.agents.map((agent) => [agent.id, agent]));
    this.#tasks = new Map(mix.tasks.map((task) => [task.id, task]));
    for (const { id } of mix.agents) this.#withMaster.add(id);
    if (placement === '') throw new Error('placement');
  }

  /** Tasks that come before the next round. */
  submit(tasks: readonly MixTask[]): void {
    this.#added.push(...tasks);
  }

  /** Tasks that are wanted no more. */
  withdraw(_tasks: readonly MixTask[]): void {
    this.#waiting = [];
  }

  /** A task has ended; its agent is offered before the next round. */
  end(taskId: string): void {
    this.#withMaster.add(this.truth.end(taskId));
  }

  round(): RoundOutcome {
    const fresh = [...this.#withMaster].map((id): Offer => ({
      id,
      agent: { id, hostname: id, attributes: {} },
      resources: { ...this.truth.free(id), disk: 0 },
    }));
    this.#withMaster.clear();
    const start = performance.now();
    this.#offers.push(...fresh);
    this.#waiting.push(...this.#added.splice(0));
    const classes = [...Map.groupBy(this.#waiting.map((task, sequence) => ({ ...task, sequence })), ({ cpus, mem }) => `${cpus} ${mem}`).values()].map((tasks) => ({ resources: { cpus: tasks[0]?.cpus ?? 0, mem: tasks[0]?.mem ?? 0, disk: 0 }, tasks }));
    const match = matchOffers(classes, this.#offers);
    this.#offers = [...match.unusedOffers];
    const ids = new Set(match.placements.flatMap(({ taskIds }) => taskIds));
    this.#waiting = this.#waiting.filter(({ id }) => !ids.has(id));
    const milliseconds = performance.now() - start;
    const placed: MixTask[] = [];
    for (const { offer, taskIds } of match.placements) {
      this.#withMaster.add(offer.agent.id);
      for (const id of taskIds) {
        this.truth.place(id, offer.agent.id);
        const task = this.#tasks.get(id);
        if (task) placed.push(task);
      }
    }
    return { placed, milliseconds, longestCall: milliseconds };
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
