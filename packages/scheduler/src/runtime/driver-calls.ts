import type { ClusterDriver } from '../ports/driver.ts';
import type { Effect } from './decisions.ts';

/** Asks of the driver what was decided, and knows what is still under way. */
export class DriverCalls {
  readonly #driver: ClusterDriver;
  readonly #onFailure: (effect: Effect, error: unknown) => void;
  #underWay = 0;
  #whenDone: (() => void)[] = [];

  constructor(driver: ClusterDriver, onFailure: (effect: Effect, error: unknown) => void) {
    this.#driver = driver;
    this.#onFailure = onFailure;
  }

  /** Makes a call, and does not wait for it. */
  make(effect: Effect): void {
    this.#underWay++;
    perform(this.#driver, effect).then(
      () => this.#done(),
      (error: unknown) => {
        this.#onFailure(effect, error);
        this.#done();
      },
    );
  }

  /** Resolves when no call is under way. */
  async settled(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#whenDone.push(resolve));
  }

  #done(): void {
    this.#underWay--;
    if (this.#underWay === 0) for (const resolve of this.#whenDone.splice(0)) resolve();
  }
}

async function perform(driver: ClusterDriver, effect: Effect): Promise<void> {
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
