import type { FrameworkInfo, OfferWish, Subscriber } from '../vocabulary.ts';
import { Framework } from './framework.ts';
import type { MasterState } from './master-state.ts';

/** What a framework may say when it subscribes. */
export interface SubscribeOptions {
  /** Replaces what was suppressed before. */
  readonly suppressedRoles?: readonly string[];
  readonly wish?: OfferWish;
}

/** The frameworks of a master: how they come, fail over, and end. */
export class FrameworkBook {
  readonly #state: MasterState;
  #ids = 0;

  constructor(state: MasterState) {
    this.#state = state;
  }

  /** Takes in a framework, and ends an older subscription of the same one. */
  subscribe(info: FrameworkInfo, subscriber: Subscriber, options: SubscribeOptions): Framework | undefined {
    const { id = `${this.#state.parts.id}-${String(this.#ids++).padStart(4, '0')}` } = info;
    if (this.#state.removedFrameworks.has(id)) {
      subscriber.hear({ type: 'ERROR', message: 'Framework has been removed' });
      subscriber.ended();
      return undefined;
    }
    const framework = this.#state.frameworks.get(id) ?? new Framework({ ...info, id });
    this.#state.frameworks.set(id, framework);
    this.#failOver(framework);
    framework.info = { ...info, id };
    framework.suppressedRoles = new Set(options.suppressedRoles);
    framework.setWish(options.wish);
    framework.subscriber = subscriber;
    framework.tell({ type: 'SUBSCRIBED', frameworkId: id });
    this.#resendUpdates(framework);
    this.#state.allocator.considerAll();
    this.#state.after(0, () => this.#state.allocator.allocate());
    return framework;
  }

  /** The connection of a subscription has broken: what it was offered is void, and its time begins to run out. */
  disconnected(framework: Framework, subscriber: Subscriber): void {
    if (framework.subscriber !== subscriber) return;
    this.#leave(framework);
    const { failoverTimeoutSeconds, id } = framework.info;
    framework.cancelRemoval = this.#state.after(failoverTimeoutSeconds * 1000, () => this.remove(id));
  }

  /** Ends a framework and all that runs for it; it is told nothing of its tasks. */
  remove(frameworkId: string): boolean {
    const framework = this.#state.frameworks.get(frameworkId);
    if (!framework) return false;
    const { subscriber } = framework;
    this.#leave(framework);
    this.#state.frameworks.delete(frameworkId);
    this.#state.removedFrameworks.add(frameworkId);
    const entries = new Set([...framework.tasks.values()].map(({ entry }) => entry));
    for (const task of [...framework.tasks.values()]) this.#state.forget(task);
    for (const entry of entries)
      this.#state.toAgent(entry, 'SHUTDOWN_FRAMEWORK', '', frameworkId, () =>
        entry.agent.shutDownFramework(frameworkId),
      );
    subscriber?.ended();
    return true;
  }

  #failOver(framework: Framework): void {
    framework.cancelRemoval();
    const { subscriber } = framework;
    if (!subscriber) return;
    this.#leave(framework);
    subscriber.hear({ type: 'ERROR', message: 'Framework failed over' });
    subscriber.ended();
  }

  #leave(framework: Framework): void {
    framework.cancelRemoval();
    framework.subscriber = undefined;
    framework.filters.clear();
    framework.inverseOffers.clear();
    for (const offer of [...framework.offers]) this.#state.offers.end(offer, framework, 'voided');
    this.#state.allocator.considerAll();
  }

  /** As recorded: whoever comes back is told at once what nobody acknowledged. */
  #resendUpdates({ id, tasks }: Framework): void {
    const entries = new Set([...tasks.values()].map(({ entry }) => entry));
    for (const entry of entries)
      this.#state.toAgent(entry, 'UPDATE_FRAMEWORK', '', id, () => entry.agent.resend(id));
  }
}
