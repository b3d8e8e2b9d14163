import { describeBriefly, type ScalingAdvice } from '../explain/index.ts';
import type { AgentStatus } from '../matching/agent-uses.ts';
import type { WaitingDemand, WaitingExplanation } from '../matching/insight.ts';
import type { Placement } from '../matching/match-decisions.ts';
import { Matcher } from '../matching/matcher.ts';
import type { PlacementPolicy } from '../matching/placement-policy.ts';
import type { SchedulerCounts } from '../metrics/scheduler-metrics.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { AttemptId, TaskId, TaskRecord } from '../model/task.ts';
import { OfferFlow } from '../offers/index.ts';
import type { DriverEvent, Offer } from '../ports/driver.ts';
import { CallRepeats } from './call-repeats.ts';
import type { Decisions, Effect } from './decisions.ts';
import { MaintenanceDesk } from './maintenance-desk.ts';
import type { SchedulerOptions } from './options.ts';
import { TaskLifecycle } from './task-lifecycle.ts';
import type { TaskRequest } from './task-requests.ts';
import { UnplacedWatch } from './unplaced-watch.ts';

/** What the core is told. */
export type CoreInput =
  | TaskRequest
  /** Who gets what is decided by other rules from now on. */
  | { readonly type: 'reconfigure'; readonly policy: SchedulingPolicy }
  | { readonly type: 'driver'; readonly event: DriverEvent }
  /** What was asked of the cluster may not have got through. */
  | { readonly type: 'call-failed'; readonly effect: Effect }
  /** Nothing happened, but a deadline came. */
  | { readonly type: 'tick' };

// People read a few reasons; all of them are there for whoever asks.
const mostUnplacedTold = 20;

/** What a {@link SchedulerCore} is made of. */
export interface CoreSettings {
  readonly options: SchedulerOptions;
  readonly policy: SchedulingPolicy;
  /** Placement policies besides those that there are. */
  readonly placements: readonly PlacementPolicy[];
  /** Of tasks that name none; absent: any. */
  readonly role?: string | undefined;
}

/**
 * The scheduler without effects: told what happened and what time it is, it answers what is to be made
 * durable, what is to be asked of the cluster, and what is to be told. Same inputs, same decisions.
 */
export class SchedulerCore {
  #policy: SchedulingPolicy;
  readonly #matcher: Matcher;
  readonly #tasks: TaskLifecycle;
  readonly #flow: OfferFlow;
  readonly #repeats: CallRepeats;
  readonly #unplaced: UnplacedWatch;
  readonly #maintenance = new MaintenanceDesk();
  #knownAgents = 0;
  #subscribed = false;
  /** How many kinds of tasks the cluster was asked for offers for, or will be. */
  #kindsWished = 0;

  constructor(settings: CoreSettings) {
    const { options, policy, placements, role } = settings;
    this.#policy = policy;
    this.#matcher = new Matcher(policy, placements, role === undefined ? {} : { role });
    this.#tasks = new TaskLifecycle(options, this.#matcher);
    this.#flow = new OfferFlow(0, {
      reviveInterval: options.reviveInterval * 1000,
      reviveBurst: 3,
      idlePatience: options.idlePatience * 1000,
    });
    this.#repeats = new CallRepeats(options.callRepeat);
    this.#unplaced = new UnplacedWatch(options.unplacedPatience);
  }

  /** Whether nothing runs, and nothing will unless something is submitted or released. */
  get settled(): boolean {
    return this.#tasks.live === 0 && !this.#isAnyWaiting;
  }

  /** Whether there is, or was, a task of this id. */
  knows(taskId: TaskId): boolean {
    return this.#tasks.knows(taskId);
  }

  /** The attempts at tasks that are out, or may come back though nobody waits for them. */
  outstanding(taskIds: readonly TaskId[]): readonly AttemptId[] {
    return taskIds.flatMap((taskId) => this.#tasks.outstanding(taskId));
  }

  /** How it stands. */
  counts(now: number): SchedulerCounts {
    return {
      waitingTasks: this.#matcher.waiting + this.#tasks.delayed,
      liveAttempts: this.#tasks.live,
      knownAgents: this.#knownAgents,
      heldTasks: this.#tasks.held,
      avoidedAgents: this.#tasks.health.avoided(now).length,
    };
  }

  /** Why tasks wait, for so many kinds of them at most. */
  explain(now: number, date: number, limit: number): readonly WaitingExplanation[] {
    return this.#matcher.explain(date, limit, new Set(this.#tasks.health.avoided(now)));
  }

  /** What more agents would help, and which are not needed. */
  shortfall(date: number): ScalingAdvice {
    return this.#matcher.shortfall(date);
  }

  /** What waits for a place, whether or not there are agents. */
  demand(): readonly WaitingDemand[] {
    return this.#matcher.demand();
  }

  /** The agents that are known, and what of them is used. */
  agents(now: number): readonly AgentStatus[] {
    return this.#matcher.agentUses().map((use) => {
      const avoidedSeconds = this.#tasks.health.secondsLeft(use.id, now);
      return avoidedSeconds > 0 ? { ...use, avoidedSeconds } : use;
    });
  }

  /** Tasks get no place until they are released; before anything else is told of, too. */
  hold(taskIds: Iterable<TaskId>): void {
    this.#tasks.requests.hold(taskIds);
  }

  /** Decides by other rules from now on; before anything else is told of, too. Offers that were refused may be of use. */
  reconfigure(policy: SchedulingPolicy): void {
    const isRegrouped = policy.placement !== this.#policy.placement;
    const change = () => this.#matcher.reconfigure(policy);
    if (isRegrouped) this.#tasks.regroup(change);
    else change();
    this.#policy = policy;
    this.#flow.renew();
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
    const decisions: Decisions = {
      changes: [],
      effects: [],
      notices: [],
      refusals: new Map(),
      more: false,
    };
    for (const input of inputs) this.#take(input, now, date, decisions);
    if (!this.#subscribed) {
      // Nothing can be asked of a cluster that is away; what is still wanted then is asked when it is back.
      decisions.effects.length = 0;
      return decisions;
    }
    if (this.#tasks.watch(now, decisions)) this.#flow.renew();
    for (const effect of this.#repeats.due(now)) {
      // Nothing waits any more: offers are not wanted now.
      if (effect.type !== 'revive' || this.#isAnyWaiting) decisions.effects.push(effect);
    }
    this.#match(now, date, decisions);
    this.#tellUnplaced(now, date, decisions);
    this.#steerOffers(now, decisions);
    return decisions;
  }

  /** When {@link advance} should be called even if nothing happens, on the clock of its `now`. */
  get nextDeadline(): number {
    if (!this.#subscribed) return Number.POSITIVE_INFINITY;
    return Math.min(
      this.#tasks.nextDeadline,
      this.#repeats.nextDue,
      this.#flow.nextDeadline,
      this.#matcher.nextDeadline,
      this.#unplaced.nextDue,
    );
  }

  get #isAnyWaiting(): boolean {
    return this.#matcher.waiting + this.#tasks.delayed > 0;
  }

  #take(input: CoreInput, now: number, date: number, decisions: Decisions): void {
    switch (input.type) {
      case 'driver':
        this.#hear(input.event, now, date, decisions);
        break;
      case 'call-failed':
        if (this.#subscribed) this.#callFailed(input.effect, now, decisions);
        break;
      case 'reconfigure':
        this.reconfigure(input.policy);
        break;
      case 'tick':
        break;
      default:
        if (this.#tasks.requests.take(input, now, decisions)) this.#flow.renew();
    }
  }

  #hear(event: DriverEvent, now: number, date: number, decisions: Decisions): void {
    switch (event.type) {
      case 'subscribed':
        this.#connected(event.frameworkId, now, decisions);
        break;
      case 'offers':
        this.#offered(event.offers, now, decisions);
        break;
      case 'rescinded':
        this.#matcher.rescind(event.offerId);
        break;
      case 'agents':
        this.#knownAgents = event.agents.length;
        this.#tasks.health.agentsKnown(event.agents.length);
        this.#matcher.agents(event.agents, event.final);
        this.#tasks.agentsKnown(event.agents, now, date);
        break;
      case 'agent-lost':
        this.#matcher.agentLost(event.agentId);
        this.#tasks.agentLost(event.agentId, now);
        break;
      case 'inverse-offers':
        this.#maintenance.ask(event.offers);
        break;
      case 'update':
        this.#tasks.update(event.update, now, decisions);
        break;
      case 'disconnected':
        this.#disconnected();
        decisions.notices.push(event);
        break;
      case 'unreachable':
        decisions.notices.push(event);
        break;
      case 'failed':
        this.#subscribed = false;
        decisions.notices.push({ type: 'stopped', error: event.error });
        break;
    }
  }

  #connected(frameworkId: string, now: number, decisions: Decisions): void {
    this.#disconnected();
    this.#subscribed = true;
    decisions.changes.push({ type: 'registered', frameworkId });
    decisions.notices.push({ type: 'subscribed', frameworkId });
    this.#tasks.subscribed(now, decisions);
  }

  /** Offers, and what was to be said of them, end with the connection. */
  #disconnected(): void {
    this.#subscribed = false;
    this.#matcher.forgetOffers();
    this.#repeats.clear();
    this.#flow.lost();
    this.#maintenance.clear();
    this.#tasks.disconnected();
  }

  /** Takes in offers, and gives those of agents that are avoided back for as long as they are. */
  #offered(offers: readonly Offer[], now: number, decisions: Decisions): void {
    const { health } = this.#tasks;
    const [avoided, good]: [Offer[], Offer[]] = [[], []];
    for (const offer of offers) {
      (health.standing(offer.agent.id, now) === 'avoided' ? avoided : good).push(offer);
    }
    this.#matcher.offers(good);
    for (const { id, agent } of avoided) {
      const refuseSeconds = health.secondsLeft(agent.id, now);
      decisions.effects.push({ type: 'decline', offerIds: [id], refuseSeconds });
    }
  }

  /** Kills, acknowledgements and questions for attempts are repeated anyway, and a suppression that is lost does no harm. */
  #callFailed(effect: Effect, now: number, decisions: Decisions): void {
    const isRepeated =
      effect.type === 'revive' ||
      effect.type === 'decline' ||
      (effect.type === 'reconcile' && effect.attempts.length === 0);
    if (isRepeated) this.#repeats.add(effect, now);
    else if (effect.type === 'launch') {
      // An offer that nobody answers is held out for ever. If the launch did get through, this does nothing.
      decisions.effects.push({ type: 'decline', offerIds: effect.offerIds, refuseSeconds: 0 });
      this.#tasks.launchUncertain(effect.launches, now);
    }
  }

  #match(now: number, date: number, decisions: Decisions): void {
    const { placements, declined, preempted, impossible, more } = this.#matcher.match(now, date);
    for (const placement of placements) this.#launch(placement, now, date, decisions);
    for (const refusal of declined) decisions.effects.push({ type: 'decline', ...refusal });
    const { preemption } = this.#policy;
    if (preemption) this.#tasks.preempt(preempted, preemption.grace, now, decisions);
    for (const { taskIds, reason } of impossible) {
      for (const taskId of taskIds) this.#tasks.requests.refuse(taskId, reason, decisions);
    }
    this.#maintenance.answer(() => this.#tasks.running(), date, decisions);
    decisions.more = more;
  }

  #launch(placement: Placement, now: number, date: number, decisions: Decisions): void {
    const launches = this.#tasks.launch(placement, now, date, decisions);
    const { offerIds } = placement;
    if (launches.length > 0) decisions.effects.push({ type: 'launch', offerIds, launches });
    else decisions.effects.push({ type: 'decline', offerIds, refuseSeconds: 0 });
  }

  /** Tells why tasks wait, where that is news and somebody may have to do something about it. */
  #tellUnplaced(now: number, date: number, decisions: Decisions): void {
    const isAnyPlaced = decisions.effects.some(({ type }) => type === 'launch');
    this.#unplaced.note(this.#matcher.waiting > 0, isAnyPlaced, now);
    const look = this.#unplaced.look(now);
    if (look === 'nothing') return;
    for (const { key, explanation } of this.explain(now, date, mostUnplacedTold)) {
      const what = explanation.impossible ? 'impossible' : 'waiting';
      // While something runs it may make room.
      const isDue = what === 'impossible' || (look === 'all' && this.#tasks.live === 0);
      if (!isDue || !this.#unplaced.isNews(key, what)) continue;
      decisions.notices.push({
        type: 'unplaced',
        tasks: explanation.demand.waiting,
        message: describeBriefly(explanation),
        explanation,
      });
    }
  }

  /** Says which offers are wanted, if any. */
  #steerOffers(now: number, decisions: Decisions): void {
    this.#flow.waiting(this.#isAnyWaiting, now);
    // What the last wish left out, and what was refused before, may be what these need.
    if (this.#matcher.kindsSeen !== this.#kindsWished) this.#flow.renew();
    this.#kindsWished = this.#matcher.kindsSeen;
    const call = this.#flow.take(now);
    if (call === 'suppress') decisions.effects.push({ type: 'suppress' });
    if (call !== 'revive') return;
    decisions.effects.push({ type: 'revive', wish: this.#matcher.wish() });
  }
}
