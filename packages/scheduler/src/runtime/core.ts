import type { SchedulerCounts } from '../metrics/scheduler-metrics.ts';
import { describeResources, fitsInto, type Resources } from '../model/resources.ts';
import type { TaskId, TaskRecord, TaskSpec } from '../model/task.ts';
import type { DriverEvent, Launch, Offer, OfferId } from '../ports/driver.ts';
import type { Decisions, Effect } from './decisions.ts';
import { type DemandClass, matchOffers, type Placement } from './match.ts';
import type { SchedulerOptions } from './options.ts';
import { TaskLifecycle } from './task-lifecycle.ts';

/** What the core is told. */
export type CoreInput =
  | { readonly type: 'submit'; readonly specs: readonly TaskSpec[] }
  /** Failed tasks may be tried again, with all their retries. */
  | { readonly type: 'retry'; readonly taskIds: readonly TaskId[] }
  /** Tasks are not wanted any more. */
  | { readonly type: 'cancel'; readonly taskIds: readonly TaskId[] }
  /** Nothing more is launched. With `kill`, what runs is killed; its tasks wait for a later scheduler. */
  | { readonly type: 'halt'; readonly kill: boolean }
  | { readonly type: 'driver'; readonly event: DriverEvent }
  /** What was asked of the cluster may not have got through. */
  | { readonly type: 'call-failed'; readonly effect: Effect }
  /** Nothing happened, but a deadline came. */
  | { readonly type: 'tick' };

// A long refusal while nothing waits: `revive` lifts it as soon as something does.
const idleRefusalSeconds = 3600;
const usefulRefusalSeconds = 5;

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
  /** All that each agent has, where the driver knows it. */
  readonly #agents = new Map<string, Resources | undefined>();
  #repeats: { readonly effect: Effect; readonly at: number }[] = [];

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

  /**
   * Takes in what happened since the last call, and matches what waits with what is offered. `now` is
   * milliseconds on a clock that never jumps, `date` milliseconds since 1970.
   */
  advance(inputs: readonly CoreInput[], now: number, date: number): Decisions {
    const decisions: Decisions = { changes: [], effects: [], notices: [], more: false };
    for (const input of inputs) this.#take(input, now, decisions);
    if (this.#subscribed) {
      this.#tasks.watch(now, decisions);
      this.#tasks.waiting.release(now);
      this.#repeatCalls(now, decisions);
      this.#match(now, date, decisions);
    }
    return decisions;
  }

  /** How it stands. */
  counts(now: number): SchedulerCounts {
    const { classes } = this.#tasks.waiting;
    return {
      waitingTasks: classes.reduce((sum, { tasks }) => sum + tasks.length, 0),
      demandClasses: classes.length,
      liveAttempts: this.#tasks.liveCount,
      knownAgents: this.#agents.size,
      avoidedAgents: this.#tasks.health.avoided(now).length,
      heldOffers: this.#offers.size,
    };
  }

  /** When {@link advance} should be called even if nothing happens, on the clock of its `now`. */
  get nextDeadline(): number {
    if (!this.#subscribed) return Number.POSITIVE_INFINITY;
    return this.#repeats.reduce((least, { at }) => Math.min(least, at), this.#tasks.nextDeadline);
  }

  #take(input: CoreInput, now: number, decisions: Decisions): void {
    switch (input.type) {
      case 'submit':
        for (const spec of input.specs) this.#tasks.submit(spec, now, decisions);
        break;
      case 'retry':
        for (const taskId of input.taskIds) this.#tasks.retry(taskId, now, decisions);
        break;
      case 'cancel':
        for (const taskId of input.taskIds) this.#tasks.cancel(taskId, decisions);
        break;
      case 'halt':
        this.#tasks.halt(input.kill, now, decisions);
        break;
      case 'driver':
        this.#hear(input.event, now, decisions);
        break;
      case 'call-failed':
        if (this.#subscribed) this.#callFailed(input.effect, now, decisions);
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
        this.#forgetOffers();
        this.#agents.clear();
        decisions.changes.push({ type: 'registered', frameworkId: event.frameworkId });
        decisions.notices.push(event);
        this.#tasks.subscribed(now, decisions);
        break;
      case 'offers':
        for (const offer of event.offers) this.#offers.set(offer.id, offer);
        break;
      case 'agents':
        this.#agents.clear();
        for (const { id, total } of event.agents) this.#agents.set(id, event.final ? total : undefined);
        break;
      case 'inverse-offers':
        break;
      case 'agent-lost':
        this.#tasks.agentLost(event.agentId, now);
        break;
      case 'rescinded':
        this.#offers.delete(event.offerId);
        break;
      case 'update':
        this.#tasks.update(event.update, now, decisions);
        break;
      case 'disconnected':
        this.#subscribed = false;
        this.#forgetOffers();
        this.#tasks.disconnected();
        decisions.notices.push(event);
        break;
      case 'failed':
        this.#subscribed = false;
        decisions.notices.push({ type: 'stopped', error: event.error });
        break;
    }
  }

  /** Offers, and what was to be said of them, end with the connection. */
  #forgetOffers(): void {
    this.#offers.clear();
    this.#repeats = [];
  }

  /** Kills, acknowledgements and questions are repeated anyway, and a suppression that is lost does no harm. */
  #callFailed(effect: Effect, now: number, decisions: Decisions): void {
    const at = now + this.#options.callRepeat * 1000;
    if (effect.type === 'revive' || effect.type === 'decline') this.#repeats.push({ effect, at });
    if (effect.type !== 'launch') return;
    // An offer that nobody answers is held out for ever. If the launch did get through, this does nothing.
    decisions.effects.push({ type: 'decline', offerIds: effect.offerIds, refuseSeconds: 0 });
    this.#tasks.launchUncertain(effect.launches, now);
  }

  #repeatCalls(now: number, decisions: Decisions): void {
    const due = this.#repeats.filter(({ at }) => at <= now);
    if (due.length === 0) return;
    this.#repeats = this.#repeats.filter(({ at }) => at > now);
    for (const { effect } of due) {
      // Nothing waits any more: offers are not wanted now.
      if (effect.type !== 'revive' || !this.#suppressed) decisions.effects.push(effect);
    }
  }

  #match(now: number, date: number, decisions: Decisions): void {
    const { waiting } = this.#tasks;
    if (waiting.any && this.#suppressed) {
      this.#suppressed = false;
      decisions.effects.push({ type: 'revive' });
    }
    const offers = [...this.#offers.values()];
    this.#offers = new Map();
    const { placements, unusedOffers, unplaced } = matchOffers(waiting.classes, offers);
    for (const placement of placements) this.#launch(placement, now, date, decisions);
    waiting.removePlaced(new Set(placements.flatMap(({ taskIds }) => taskIds)));
    if (offers.length > 0) this.#noteUnplaced(unplaced, offers, now, decisions);
    this.#decline(unusedOffers, decisions);
    if (!waiting.any && !this.#suppressed) {
      this.#suppressed = true;
      decisions.effects.push({ type: 'suppress' });
    }
  }

  #launch({ offer, taskIds }: Placement, now: number, date: number, decisions: Decisions): void {
    const launches: Launch[] = [];
    for (const taskId of taskIds) {
      const launch = this.#tasks.launch(taskId, offer, now, date, decisions);
      if (launch) launches.push(launch);
    }
    decisions.effects.push({ type: 'launch', offerIds: [offer.id], launches });
  }

  #decline(unused: readonly Offer[], decisions: Decisions): void {
    if (unused.length === 0) return;
    const offerIds = unused.map(({ id }) => id);
    const refuseSeconds = this.#tasks.waiting.any ? usefulRefusalSeconds : idleRefusalSeconds;
    decisions.effects.push({ type: 'decline', offerIds, refuseSeconds });
  }

  /** Fails tasks that no agent could ever run, and tells of those that fit nowhere though nothing runs. */
  #noteUnplaced(
    unplaced: readonly DemandClass[],
    offers: readonly Offer[],
    now: number,
    decisions: Decisions,
  ): void {
    const agents = [...this.#agents.values()];
    const waitingOn = unplaced.filter((demand) => {
      const impossible =
        agents.length > 0 && agents.every((total) => total && !fitsInto(demand.resources, total));
      if (impossible) this.#refuse(demand, agents, decisions);
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

  #refuse(demand: DemandClass, agents: readonly (Resources | undefined)[], decisions: Decisions): void {
    const sizes = agents.flatMap((total) => (total ? [describeResources(total)] : []));
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
