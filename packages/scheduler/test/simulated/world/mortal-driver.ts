import type { SimulatedDriver } from '@galaxy-mesos/mesos-testkit';
import type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverListener,
  FilePart,
  Launch,
  OfferId,
  OfferWish,
} from '@galaxy-mesos/scheduler';
import { type Life, never } from './moments.ts';

/** Sees what a scheduler asks for, at the moment at which it is sent. */
export interface CallWatch {
  launched(launch: Launch): void;
  acknowledged(update: AttemptUpdate): void;
}

/** The driver of a scheduler that may die before and after each call and event. */
export class MortalDriver implements ClusterDriver {
  readonly kind = 'mesos';
  /** How many events the scheduler has heard. */
  heard = 0;
  /** How many calls it has made. */
  calls = 0;
  readonly #driver: SimulatedDriver;
  readonly #life: Life;
  readonly #watch: CallWatch;

  constructor(driver: SimulatedDriver, life: Life, watch: CallWatch) {
    this.#driver = driver;
    this.#life = life;
    this.#watch = watch;
  }

  start(listener: DriverListener): Promise<void> {
    return this.#call('start', () =>
      this.#driver.start((event) => {
        if (this.#life.diesAt(`before ${event.type} is heard`)) return;
        this.heard++;
        listener(event);
        this.#life.diesAt(`after ${event.type} is heard`);
      }),
    );
  }

  launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    return this.#call('launch', () => {
      for (const launch of launches) this.#watch.launched(launch);
      return this.#driver.launch(offerIds, launches);
    });
  }

  decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    return this.#call('decline', () => this.#driver.decline(offerIds, refuseSeconds));
  }

  kill(attempt: AttemptReference, graceSeconds: number): Promise<void> {
    return this.#call('kill', () => this.#driver.kill(attempt, graceSeconds));
  }

  acknowledge(update: AttemptUpdate): Promise<void> {
    return this.#call('acknowledge', () => {
      this.#watch.acknowledged(update);
      return this.#driver.acknowledge(update);
    });
  }

  answerInverseOffers(offerIds: readonly OfferId[], answer: 'accept' | 'decline'): Promise<void> {
    return this.#call('answer inverse offers', () => this.#driver.answerInverseOffers(offerIds, answer));
  }

  reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    return this.#call('reconcile', () => this.#driver.reconcile(attempts));
  }

  suppress(): Promise<void> {
    return this.#call('suppress', () => this.#driver.suppress());
  }

  revive(wish?: OfferWish): Promise<void> {
    return this.#call('revive', () => this.#driver.revive(wish));
  }

  tailSandboxFile(): Promise<string> {
    return this.#driver.tailSandboxFile();
  }

  readSandboxFile(): Promise<FilePart> {
    return this.#driver.readSandboxFile();
  }

  stop(how: 'teardown' | 'disconnect'): Promise<void> {
    return this.#call('stop', () => this.#driver.stop(how));
  }

  #call(name: string, send: () => Promise<void>): Promise<void> {
    if (this.#life.diesAt(`before ${name} is sent`)) return never;
    this.calls++;
    const answer = send();
    if (!this.#life.diesAt(`after ${name} is sent`))
      return this.#life.hears(`after ${name} is answered`, answer);
    // Nobody is left to hear of it.
    answer.catch(() => {});
    return never;
  }
}
