import type { mesos, SchedulerSession } from '@galaxy-mesos/mesos-client';
import type { DriverEvent, Launch, OfferId } from '@galaxy-mesos/scheduler';
import type { Agents } from './agents.ts';
import { isInvalid, isWithoutEffect } from './call-errors.ts';
import { acceptCall, declineCall } from './calls.ts';
import { dropped, invalid, type LaunchPlan, planLaunch, type Refusal } from './launch-plan.ts';
import { mesosUrlForTasks } from './mesos-url.ts';
import type { OpenOffers } from './open-offers.ts';
import type { MesosSettings } from './options.ts';

/** What {@link OfferAnswers} need. */
export interface OfferAnswersOptions {
  readonly settings: MesosSettings;
  readonly session: SchedulerSession;
  readonly offers: OpenOffers;
  readonly agents: Agents;
  readonly tell: (event: DriverEvent) => void;
}

/** Accepts and declines the offers that are open. */
export class OfferAnswers {
  readonly #options: OfferAnswersOptions;

  constructor(options: OfferAnswersOptions) {
    this.#options = options;
  }

  /**
   * @throws MesosError CALL_FATE_UNKNOWN and the like. Where the master certainly has not taken the launch, each
   * attempt gets an update instead.
   * @throws DriverError OFFERS_DIFFER
   */
  async launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    const { offers, missing } = this.#options.offers.take(offerIds);
    const open = offers.map(({ id }) => id.value);
    if (missing.length > 0 || offers.length === 0) {
      const message = `There is no offer ${missing.join(', ')}: it was used, declined, rescinded or lost with the connection`;
      this.#refuse(launches.map((launch) => dropped(launch, message)));
      return this.decline(open, 0);
    }
    const plan = this.#plan(offers, launches);
    this.#refuse(plan.refusals);
    if (plan.tasks.length === 0 && plan.groups.length === 0) return this.decline(open, 0);
    const refused = new Set(plan.refusals.map(({ attemptId }) => attemptId));
    await this.#accept(
      open,
      plan,
      launches.filter(({ attemptId }) => !refused.has(attemptId)),
    );
  }

  async decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    const { offers, session } = this.#options;
    for (const id of offerIds) offers.close(id);
    if (offerIds.length === 0) return;
    try {
      await session.send(declineCall(offerIds, refuseSeconds));
    } catch (error) {
      // Offers end with the connection: what was to be declined is no longer held out.
      if (!isWithoutEffect(error)) throw error;
    }
  }

  #plan(offers: readonly mesos.Offer[], launches: readonly Launch[]): LaunchPlan {
    const { settings, session } = this.#options;
    const { master, credentialFile, killGraceSeconds, groupExecutor } = settings;
    const url = mesosUrlForTasks(master, session.master);
    const environment = {
      ...(url !== undefined && { MESOS_URL: url }),
      ...(credentialFile !== undefined && { GALAXY_MESOS_CREDENTIAL_FILE: credentialFile }),
    };
    const frameworkId = session.frameworkId ?? '';
    return planLaunch(offers, launches, { environment, killGraceSeconds, frameworkId, groupExecutor });
  }

  async #accept(offerIds: readonly OfferId[], plan: LaunchPlan, launches: readonly Launch[]): Promise<void> {
    this.#learnExecutors(plan);
    try {
      await this.#options.session.send(acceptCall(offerIds, plan));
    } catch (error) {
      if (isWithoutEffect(error)) this.#refuse(launches.map((launch) => dropped(launch, error.message)));
      else if (isInvalid(error)) {
        this.#refuse(launches.map((launch) => invalid(launch, error.message)));
        await this.decline(offerIds, 0);
      } else throw error;
    }
  }

  #learnExecutors({ groups }: LaunchPlan): void {
    for (const { executor, task_group } of groups)
      for (const { task_id } of task_group.tasks ?? [])
        this.#options.agents.learnExecutor(task_id.value, executor.executor_id.value);
  }

  /** Tells of attempts that never reached an agent. */
  #refuse(refusals: readonly Refusal[]): void {
    for (const refusal of refusals)
      this.#options.tell({ type: 'update', update: { ...refusal, timestamp: Date.now() } });
  }
}
