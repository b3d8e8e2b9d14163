import type { mesos, SessionEvent, scheduler } from '@galaxy-mesos/mesos-client';
import type { AttemptUpdate, DriverEvent, OfferId } from '@galaxy-mesos/scheduler';
import { inverseOfferFrom, offerFrom } from './agent-facts.ts';
import type { Agents } from './agents.ts';
import type { OpenOffers } from './open-offers.ts';
import type { Roster } from './roster.ts';
import { attemptUpdate } from './status.ts';

/** What a {@link SessionEar} keeps up to date, and whom it tells. */
export interface SessionEarOptions {
  readonly offers: OpenOffers;
  readonly agents: Agents;
  readonly roster: Roster;
  readonly tell: (event: DriverEvent) => void;
}

/** Hears what the master says, and tells it in the words of the scheduler. */
export class SessionEar {
  readonly #options: SessionEarOptions;

  constructor(options: SessionEarOptions) {
    this.#options = options;
  }

  hear(event: SessionEvent): void {
    const { offers, tell } = this.#options;
    switch (event.type) {
      case 'SUBSCRIBED':
        this.#subscribed(event.subscribed.framework_id.value);
        break;
      case 'OFFERS':
        this.#offered(event.offers.offers ?? []);
        break;
      case 'RESCIND':
        this.#rescinded(event.rescind.offer_id.value);
        break;
      case 'INVERSE_OFFERS': {
        const { inverse_offers = [] } = event.inverse_offers;
        tell({ type: 'inverse-offers', offers: inverse_offers.map(inverseOfferFrom) });
        break;
      }
      case 'RESCIND_INVERSE_OFFER':
        this.#rescinded(event.rescind_inverse_offer.inverse_offer_id.value);
        break;
      case 'UPDATE':
        tell({ type: 'update', update: this.#update(event.update.status) });
        break;
      case 'FAILURE':
        this.#failed(event.failure);
        break;
      case 'DISCONNECTED':
        offers.closeAll();
        tell({ type: 'disconnected', message: event.reason.message });
        break;
      case 'RETRYING':
        tell({ type: 'unreachable', message: event.reason.message });
        break;
      case 'FAILED':
        offers.closeAll();
        tell({ type: 'failed', error: event.error });
        break;
      default:
      // Heartbeats are the session's business; the rest is not for tasks of Mesos's own executors.
    }
  }

  #subscribed(frameworkId: string): void {
    const { offers, agents, roster, tell } = this.#options;
    offers.closeAll();
    agents.newMaster();
    tell({ type: 'subscribed', frameworkId });
    roster.subscribed();
  }

  #offered(made: readonly mesos.Offer[]): void {
    for (const offer of made) {
      this.#options.offers.open(offer);
      this.#options.agents.learn(offer);
    }
    const offers = made.map(offerFrom);
    this.#options.roster.offered(offers);
    this.#options.tell({ type: 'offers', offers });
  }

  #rescinded(offerId: OfferId): void {
    this.#options.offers.close(offerId);
    this.#options.tell({ type: 'rescinded', offerId });
  }

  /** Where an executor is named, it alone has ended, as it does after all its tasks. */
  #failed({ agent_id, executor_id }: scheduler.Event.Failure): void {
    if (agent_id === undefined || executor_id !== undefined) return;
    this.#options.roster.lost(agent_id.value);
    this.#options.tell({ type: 'agent-lost', agentId: agent_id.value });
  }

  #update(status: mesos.TaskStatus): AttemptUpdate {
    const { agents } = this.#options;
    if (status.executor_id) agents.learnExecutor(status.task_id.value, status.executor_id.value);
    const sandboxOf = (attemptId: string, agentId: string) => agents.sandboxOf({ attemptId, agentId });
    return attemptUpdate(status, sandboxOf, Date.now());
  }
}
