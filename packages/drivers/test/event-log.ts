import type {
  AttemptId,
  AttemptState,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  Offer,
} from '@galaxy-mesos/scheduler';
import { isTerminal } from '@galaxy-mesos/scheduler';

/** Long enough for a real cluster on a busy machine; a test that waits this long has failed. */
const deadlineMilliseconds = 60_000;

/** Collects the events of a driver, acknowledges updates as a framework must, and lets a test wait for one. */
export class EventLog {
  readonly #events: DriverEvent[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #driver: ClusterDriver;

  constructor(driver: ClusterDriver) {
    this.#driver = driver;
  }

  /** To be given to `start`. */
  readonly listener: DriverListener = (event) => {
    this.#events.push(event);
    if (event.type === 'update' && event.update.acknowledgement !== undefined) {
      this.#driver.acknowledge(event.update).catch((error) => this.listener({ type: 'failed', error }));
    }
    for (const look of [...this.#waiting]) look();
  };

  /** How many events there were: a place in the log, from which later ones can be waited for. */
  get length(): number {
    return this.#events.length;
  }

  /** The first thing that `pick` finds in the events from a place on, waited for if it is not there yet. */
  until<Found>(what: string, pick: (event: DriverEvent) => Found | undefined, from = 0): Promise<Found> {
    return new Promise((resolve, reject) => {
      let place = from;
      const look = (): void => {
        while (place < this.#events.length) {
          const event = this.#events[place];
          place += 1;
          const found = event === undefined ? undefined : pick(event);
          if (found === undefined) continue;
          finish();
          resolve(found);
          return;
        }
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`Waited in vain for ${what}. Events:\n${this.describe()}`));
      }, deadlineMilliseconds);
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** An offer that comes after a place in the log. */
  offer(from = 0, isWanted: (offer: Offer) => boolean = () => true): Promise<Offer> {
    const pick = (event: DriverEvent) => (event.type === 'offers' ? event.offers.find(isWanted) : undefined);
    return this.until('an offer', pick, from);
  }

  /** An update of an attempt in one of some states. */
  update(attemptId: AttemptId, states: readonly AttemptState[], from = 0): Promise<AttemptUpdate> {
    const pick = (event: DriverEvent) =>
      event.type === 'update' && event.update.attemptId === attemptId && states.includes(event.update.state)
        ? event.update
        : undefined;
    return this.until(`${attemptId} to be ${states.join(' or ')}`, pick, from);
  }

  /** The update that tells how an attempt ended. */
  end(attemptId: AttemptId, from = 0): Promise<AttemptUpdate> {
    const pick = (event: DriverEvent) =>
      event.type === 'update' && event.update.attemptId === attemptId && isTerminal(event.update.state)
        ? event.update
        : undefined;
    return this.until(`the end of ${attemptId}`, pick, from);
  }

  /** The states that were told of an attempt, in order, without repetitions. */
  statesOf(attemptId: AttemptId): AttemptState[] {
    return this.#events
      .flatMap((event) =>
        event.type === 'update' && event.update.attemptId === attemptId ? [event.update.state] : [],
      )
      .filter((state, index, states) => state !== states[index - 1]);
  }

  /** The types of all events from a place on. */
  typesFrom(place: number): DriverEvent['type'][] {
    return this.#events.slice(place).map((event) => event.type);
  }

  /** All offers that were made from a place on. */
  offers(from = 0): Offer[] {
    return this.#events.slice(from).flatMap((event) => (event.type === 'offers' ? event.offers : []));
  }

  describe(): string {
    return this.#events
      .slice(-20)
      .map((event) => JSON.stringify(event))
      .join('\n');
  }
}
