import { answerInverseOffer, type RunningAttempt } from '../offers/index.ts';
import type { InverseOffer } from '../ports/driver.ts';
import type { Decisions } from './decisions.ts';

/** Answers whether it is convenient that agents will be gone, and tells people of it. */
export class MaintenanceDesk {
  readonly #asked: InverseOffer[] = [];

  /** The cluster asks. */
  ask(offers: readonly InverseOffer[]): void {
    for (const offer of offers) this.#asked.push(offer);
  }

  /** The connection is lost, and nobody waits for answers. */
  clear(): void {
    this.#asked.length = 0;
  }

  /** Answers all; `date` is milliseconds since 1970. */
  answer(running: () => Iterable<RunningAttempt>, date: number, decisions: Decisions): void {
    for (const offer of this.#asked.splice(0)) {
      const { answer, stillRunning, until } = answerInverseOffer(offer, running(), date);
      decisions.effects.push({ type: 'answer-inverse-offers', offerIds: [offer.id], answer });
      decisions.notices.push({
        type: 'maintenance',
        unavailability: offer.unavailability,
        answer,
        stillRunning,
        ...(offer.agentId !== undefined && { agentId: offer.agentId }),
        ...(until !== undefined && { until }),
      });
    }
  }
}
