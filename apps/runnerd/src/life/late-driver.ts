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
import { messageOf, RunnerdError } from '../runnerd-error.ts';

/** What a {@link LateDriver} needs. */
export interface LateDriverParts {
  /** Why the cluster cannot be looked for yet; undefined: it can. */
  readonly trouble: () => Promise<string | undefined>;
  /** Makes the driver of a cluster that is there; what it throws is told, and it is tried again. */
  readonly make: () => Promise<ClusterDriver>;
  /** Rests before the cluster is looked for again. */
  readonly pause: (signal: AbortSignal) => Promise<void>;
  /** Gives up waiting. */
  readonly signal: AbortSignal;
}

/** The driver of a cluster that may not be there yet: waits for it, and is then as the one that is made for it. */
export class LateDriver implements ClusterDriver {
  readonly kind = 'mesos';
  readonly #parts: LateDriverParts;
  #inner: ClusterDriver | undefined;
  #isStopped = false;

  constructor(parts: LateDriverParts) {
    this.#parts = parts;
  }

  async start(listener: DriverListener): Promise<void> {
    const { pause, signal } = this.#parts;
    while (!this.#inner) {
      signal.throwIfAborted();
      const trouble = await this.#troubleOfMaking();
      if (this.#isStopped)
        throw new RunnerdError('FAILED', 'the driver was stopped before its cluster was there');
      if (trouble === undefined) break;
      listener({ type: 'unreachable', message: trouble });
      await pause(signal);
    }
    await this.#made().start(listener);
  }

  launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    return this.#call((driver) => driver.launch(offerIds, launches));
  }

  decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    return this.#call((driver) => driver.decline(offerIds, refuseSeconds));
  }

  kill(attempt: AttemptReference, graceSeconds: number): Promise<void> {
    return this.#call((driver) => driver.kill(attempt, graceSeconds));
  }

  acknowledge(update: AttemptUpdate): Promise<void> {
    return this.#call((driver) => driver.acknowledge(update));
  }

  answerInverseOffers(offerIds: readonly OfferId[], answer: 'accept' | 'decline'): Promise<void> {
    return this.#call((driver) => driver.answerInverseOffers(offerIds, answer));
  }

  reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    return this.#call((driver) => driver.reconcile(attempts));
  }

  suppress(): Promise<void> {
    return this.#call((driver) => driver.suppress());
  }

  revive(wish?: OfferWish): Promise<void> {
    return this.#call((driver) => driver.revive(wish));
  }

  tailSandboxFile(
    attempt: AttemptReference,
    file: 'stdout' | 'stderr',
    maximumBytes: number,
  ): Promise<string> {
    return this.#call((driver) => driver.tailSandboxFile(attempt, file, maximumBytes));
  }

  readSandboxFile(
    attempt: AttemptReference,
    file: 'stdout' | 'stderr',
    from: number,
    maximumBytes: number,
  ): Promise<FilePart> {
    return this.#call((driver) => driver.readSandboxFile(attempt, file, from, maximumBytes));
  }

  async stop(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#isStopped = true;
    await this.#inner?.stop(how);
  }

  async #troubleOfMaking(): Promise<string | undefined> {
    const trouble = await this.#parts.trouble();
    if (trouble !== undefined) return trouble;
    try {
      this.#inner = await this.#parts.make();
      return undefined;
    } catch (error) {
      // Its address may have gone again since it was looked for.
      return messageOf(error);
    }
  }

  async #call<T>(call: (driver: ClusterDriver) => Promise<T>): Promise<T> {
    return call(this.#made());
  }

  #made(): ClusterDriver {
    if (this.#inner) return this.#inner;
    throw new RunnerdError('CLUSTER', 'the cluster is not there yet');
  }
}
