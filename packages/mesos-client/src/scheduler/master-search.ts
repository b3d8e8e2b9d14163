import type { ClientOptions } from '../client-options.ts';
import { createMasterDetector } from '../leader/create-master-detector.ts';
import { describeMasterAddress, type MasterAddress, parseMasterAddress } from '../leader/master-address.ts';
import type { MasterDetector } from '../leader/master-detector.ts';
import { MesosError } from '../mesos-error.ts';
import { reasonOf } from '../reason.ts';

/** Which masters to subscribe at, in which order, and why those tried would not do. */
export class MasterSearch {
  readonly #address: MasterAddress;
  readonly #detector: MasterDetector;
  /** Why each address could not be used, since the last subscription. */
  readonly #refusals = new Map<string, string>();
  /** Where the last subscription was, after redirects. */
  #leader: URL | undefined;

  /** Connects nowhere yet. Throws INVALID_MASTER_URL. */
  constructor(master: string, options: ClientOptions) {
    const scheme = options.tls ? 'https' : 'http';
    this.#address = parseMasterAddress(master, scheme);
    this.#detector = createMasterDetector(this.#address, { rewrite: options.rewriteAddress, scheme });
  }

  /** Where the last subscription was. */
  get leader(): URL | undefined {
    return this.#leader;
  }

  /** The masters to try. In a list the one that led last comes first. Throws what {@link MasterDetector.candidates} does. */
  async masters(signal: AbortSignal): Promise<readonly URL[]> {
    const masters = await this.#detector.candidates(signal);
    const last = this.#leader;
    // Whom ZooKeeper or a file names it is, and nobody else: the one that led last may not know yet that it was deposed.
    if (!last || this.#address.kind !== 'list') return masters;
    return [last, ...masters.filter((url) => url.origin !== last.origin)];
  }

  /** Calls back when another master than that of `present` has come to lead, until the function returned is called. */
  onOtherLeader(present: () => URL, listener: (leader: URL) => void): () => void {
    return this.#detector.onLeader((leader) => {
      if (leader.origin !== present().origin) listener(leader);
    });
  }

  subscribed(at: URL): void {
    this.#leader = at;
    this.#refusals.clear();
  }

  refused(master: URL, reason: MesosError): void {
    this.#refusals.set(master.origin, reasonOf(reason));
  }

  /** The error for a search that took too long, with all that is known of the reasons. */
  unreachable(seconds: number): MesosError {
    const refusals = [...this.#refusals].map(([address, reason]) => `${address} (${reason})`);
    const tried = refusals.length > 0 ? refusals.join(', ') : this.#nothingTried();
    return new MesosError('MASTER_UNREACHABLE', `no Mesos master within ${seconds} s; tried ${tried}`, {
      setting: 'master',
    });
  }

  async close(): Promise<void> {
    await this.#detector.close();
  }

  #nothingTried(): string {
    const trouble = this.#detector.trouble ?? 'no answer yet';
    if (this.#address.kind !== 'list') return `${describeMasterAddress(this.#address)} (${trouble})`;
    return this.#address.masters.map((url) => `${url.origin} (${trouble})`).join(', ');
  }
}
