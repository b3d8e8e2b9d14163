import type { ClusterDriver } from '../ports/driver.ts';
import type { Effect } from './decisions.ts';

/** Asks of the driver what was decided. */
export async function perform(driver: ClusterDriver, effect: Effect): Promise<void> {
  switch (effect.type) {
    case 'launch':
      return driver.launch(effect.offerIds, effect.launches);
    case 'decline':
      return driver.decline(effect.offerIds, effect.refuseSeconds);
    case 'kill':
      return driver.kill(effect.attempt, effect.graceSeconds);
    case 'acknowledge':
      return driver.acknowledge(effect.update);
    case 'reconcile':
      return driver.reconcile(effect.attempts);
    case 'answer-inverse-offers':
      return driver.answerInverseOffers(effect.offerIds, effect.answer);
    case 'suppress':
      return driver.suppress();
    case 'revive':
      return driver.revive(effect.wish);
  }
}
