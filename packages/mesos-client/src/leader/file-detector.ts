import { reasonOf } from '../reason.ts';
import { describeMasterAddress, type MasterAddress, resolveMasterAddress } from './master-address.ts';
import type { MasterDetector, MasterScheme } from './master-detector.ts';

/** An address as a file holds it. */
type HeldAddress = Exclude<MasterAddress, { readonly kind: 'file' }>;

/** Makes the detector for what a file holds. */
type DetectorOf = (address: HeldAddress) => MasterDetector;

/** All of an address that matters; a credential is in it, so it is for comparing only. */
const identityOf = (address: HeldAddress): string =>
  `${describeMasterAddress(address)} ${address.kind === 'zookeeper' ? (address.credential ?? '') : ''}`;

/**
 * Goes by what a file says, which is read again whenever a master is looked for: a master that has moved is found by
 * whoever lost it. What the file said before counts while it cannot be read.
 */
export class FileDetector implements MasterDetector {
  readonly #file: Extract<MasterAddress, { kind: 'file' }>;
  readonly #scheme: MasterScheme;
  readonly #detectorOf: DetectorOf;
  readonly #listeners = new Set<(leader: URL) => void>();
  #identity: string;
  #inner: MasterDetector;
  /** Why the file could not be read last. */
  #reason: string | undefined;

  /** Throws INVALID_MASTER_URL where the file cannot be read now, or holds no address. */
  constructor(file: Extract<MasterAddress, { kind: 'file' }>, scheme: MasterScheme, detectorOf: DetectorOf) {
    this.#file = file;
    this.#scheme = scheme;
    this.#detectorOf = detectorOf;
    const address = resolveMasterAddress(file, scheme);
    this.#identity = identityOf(address);
    this.#inner = this.#heard(detectorOf(address));
  }

  async candidates(signal: AbortSignal): Promise<readonly URL[]> {
    await this.#readAgain();
    return this.#inner.candidates(signal);
  }

  onLeader(listener: (leader: URL) => void): () => void {
    // Of its own, so that the same function may be given twice.
    const own = (leader: URL) => listener(leader);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  get trouble(): string | undefined {
    return this.#reason ?? this.#inner.trouble;
  }

  async close(): Promise<void> {
    await this.#inner.close();
  }

  #heard(detector: MasterDetector): MasterDetector {
    detector.onLeader((leader) => {
      for (const listener of [...this.#listeners]) listener(leader);
    });
    return detector;
  }

  async #readAgain(): Promise<void> {
    try {
      const address = resolveMasterAddress(this.#file, this.#scheme);
      this.#reason = undefined;
      const identity = identityOf(address);
      if (identity === this.#identity) return;
      const before = this.#inner;
      this.#identity = identity;
      this.#inner = this.#heard(this.#detectorOf(address));
      await before.close();
    } catch (error) {
      this.#reason = reasonOf(error);
    }
  }
}
