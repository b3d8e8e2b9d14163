import type { Decisions } from './decisions.ts';
import type { DriverEvent, Launch, Offer, OfferId } from './driver.ts';
import { type DemandClass, matchOffers, type Placement } from './match.ts';
import type { SchedulerOptions } from './options.ts';
import { describeResources, fitsInto, type Resources } from './resources.ts';
import type { TaskId, TaskRecord, TaskSpec } from './task.ts';
import { TaskLifecycle } from './task-lifecycle.ts';

/** What the core is told. */
export type CoreInput =
  | { readonly type: 'submit'; readonly specs: readonly TaskSpec[] }
  /** Failed tasks may be tried again, with all their retries. */
  | { readonly type: 'retry'; readonly taskIds: readonly TaskId[] }
  /** Nothing more is launched. With `kill`, what runs is killed; its tasks wait for a later scheduler. */
  | { readonly type: 'halt'; readonly kill: boolean }
  | { readonly type: 'driver'; readonly event: DriverEvent }
  /** Nothing happened, but a deadline came. */
  | { readonly type: 'tick' };

// A long refusal while nothing waits: `revive` lifts it as soon as something does.
const idleRefusalSeconds = 3600;

/**
 * The scheduler without effects: told what happened and what time it is, it answers what is to be made
 * durable, what is to be asked of the cluster, and what is to be told. Same inputs, same decisions.
 */
export class SchedulerCore {
  readonly #options: SchedulerOptions;
  readonly #tasks: TaskLifecycle;
  #offers = new Map<OfferId, Offer>();
  #subscribed = false;
  #suppressed = false;
  #unplacedSince: number | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#tasks = new TaskLifecycle(options);
  }

  /** Whether nothing runs, and nothing will unless something is submitted. */
  get settled(): boolean {
    return !this.#tasks.anyLive && !this.#tasks.waiting.any;
  }

  /** Takes over what an earlier scheduler left in the store. */
  restore(records: readonly TaskRecord[], now: number): void {
    this.#tasks.restore(records, now);
  }

  /** Takes in what happened since the last call, and matches what waits with what is offered. */
  advance(inputs: readonly CoreInput[], now: number): Decisions {
    const decisions: Decisions = { changes: [], effects: [], notices: [] };
    for (const input of inputs) this.#take(input, now, decisions);
    this.#tasks.waiting.release(now);
    if (this.#subscribed) {
      this.#tasks.watch(now, decisions);
      this.#match(now, decisions);
    }
    return decisions;
  }

  /** When {@link advance} should be called even if nothing happens, in milliseconds since 1970. */
  get nextDeadline(): number {
    return this.#subscribed ? this.#tasks.nextDeadline : Number.POSITIVE_INFINITY;
  }

  #take(input: CoreInput, now: number, decisions: Decisions): void {
    switch (input.type) {
      case 'submit':
        for (const spec of input.specs) this.#tasks.submit(spec, decisions);
        break;
      case 'retry':
        for (const taskId of input.taskIds) this.#tasks.retry(taskId, decisions);
        break;
      case 'halt':
        this.#tasks.halt(input.kill, now, decisions);
        break;
      case 'driver':
        this.#hear(input.event, now, decisions);
        break;
      case 'tick':
        break;
    }
  }

  #hear(event: DriverEvent, now: number, decisions: Decisions): void {
    switch (event.type) {
      case 'subscribed':
        this.#subscribed = true;
        this.#suppressed = false;
        this.#offers.clear();
        decisions.changes.push({ type: 'registered', frameworkId: event.frameworkId });
        decisions.notices.push(event);
        this.#tasks.subscribed(now, decisions);
        break;
      case 'offers':
        for (const offer of event.offers) this.#offers.set(offer.id, offer);
        break;
      case 'rescinded':
        this.#offers.delete(event.offerId);
        break;
      case 'update':
        this.#tasks.update(event.update, now, decisions);
        break;
      case 'disconnected':
        this.#subscribed = false;
        this.#offers.clear();
        this.#tasks.disconnected();
        decisions.notices.push(event);
        break;
      case 'failed':
        this.#subscribed = false;
        decisions.notices.push({ type: 'stopped', error: event.error });
        break;
    }
  }

  #match(now: number, decisions: Decisions): void {
    const { waiting } = this.#tasks;
    if (waiting.any && this.#suppressed) {
      this.#suppressed = false;
      decisions.effects.push({ type: 'revive' });
    }
    const offers = [...this.#offers.values()];
    this.#offers = new Map();
    const { placements, unusedOffers, unplaced } = matchOffers(waiting.classes, offers);
    for (const placement of placements) this.#launch(placement, now, decisions);
    waiting.removePlaced(new Set(placements.flatMap(({ taskIds }) => taskIds)));
    if (offers.length > 0) this.#noteUnplaced(unplaced, offers, now, decisions);
    this.#decline(unusedOffers, decisions);
    if (!waiting.any && !this.#suppressed) {
      this.#suppressed = true;
      decisions.effects.push({ type: 'suppress' });
    }
  }

  #launch({ offer, taskIds }: Placement, now: number, decisions: Decisions): void {
    const launches: Launch[] = [];
    for (const taskId of taskIds) {
      const launch = this.#tasks.launch(taskId, offer, now, decisions);
      if (launch) launches.push(launch);
    }
    decisions.effects.push({ type: 'launch', offerId: offer.id, launches });
  }

  #decline(unused: readonly Offer[], decisions: Decisions): void {
    if (unused.length === 0) return;
    const offerIds = unused.map(({ id }) => id);
    const refuseSeconds = this.#tasks.waiting.any ? this.#options.refusal : idleRefusalSeconds;
    decisions.effects.push({ type: 'decline', offerIds, refuseSeconds });
  }

  /** Fails tasks that no agent could ever run, and tells of those that fit nowhere though nothing runs. */
  #noteUnplaced(
    unplaced: readonly DemandClass[],
    offers: readonly Offer[],
    now: number,
    decisions: Decisions,
  ): void {
    const waitingOn = unplaced.filter((demand) => {
      const impossible = offers.every(
        ({ agentTotal }) => agentTotal && !fitsInto(demand.resources, agentTotal),
      );
      if (impossible) this.#refuse(demand, offers, decisions);
      return !impossible;
    });
    if (waitingOn.length === 0 || this.#tasks.anyLive) {
      this.#unplacedSince = undefined;
      return;
    }
    this.#unplacedSince ??= now;
    if (now - this.#unplacedSince < this.#options.unplacedPatience * 1000) return;
    this.#unplacedSince = now;
    const offered = largest(offers);
    for (const { resources, tasks } of waitingOn) {
      decisions.notices.push({ type: 'unplaced', resources, tasks: tasks.length, offered });
    }
  }

  #refuse(demand: DemandClass, offers: readonly Offer[], decisions: Decisions): void {
    const sizes = offers.flatMap(({ agentTotal }) => (agentTotal ? [describeResources(agentTotal)] : []));
    const message = `it asks for ${describeResources(demand.resources)}; all there is: ${sizes.join('; ')}`;
    this.#tasks.waiting.removeClass(demand);
    for (const { id } of demand.tasks) this.#tasks.refuse(id, message, decisions);
  }
}

const largest = (offers: readonly Offer[]): Resources => ({
  cpus: Math.max(...offers.map(({ resources }) => resources.cpus)),
  mem: Math.max(...offers.map(({ resources }) => resources.mem)),
  disk: Math.max(...offers.map(({ resources }) => resources.disk)),
});
