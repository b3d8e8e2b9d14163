import type { mesos, SchedulerCall } from '@galaxy-mesos/mesos-client';
import type { OfferWish } from '@galaxy-mesos/scheduler';
import { isRefused } from './call-errors.ts';
import { offerConstraints, offerFilters } from './wish-calls.ts';

/** What {@link Wishes} need. */
export interface WishesOptions {
  readonly framework: mesos.FrameworkInfo;
  readonly send: (call: SchedulerCall) => Promise<void>;
  /** The version of the leading master. */
  readonly version: () => string | undefined;
  /** Is told once why masters are not told what is wished. */
  readonly warn: (message: string) => void;
}

/** Masters before 1.11 know no offer constraints, and such a call may end one of them. */
const knowsConstraints = (version = ''): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 11);
};

const gpuCapability = 'GPU_RESOURCES';

/** A framework that is offered agents with graphics processors, too, of which a master says nothing to others. */
function withGpus(framework: mesos.FrameworkInfo): mesos.FrameworkInfo {
  const { capabilities = [] } = framework;
  if (capabilities.some(({ type }) => type === gpuCapability)) return framework;
  return { ...framework, capabilities: [...capabilities, { type: gpuCapability }] };
}

/** Tells the master which offers are of any use. Where it will not hear of it, all offers come. */
export class Wishes {
  readonly #options: WishesOptions;
  /** Undefined while nobody knows what the master was told. */
  #told: string | undefined = JSON.stringify({ smallest: [], agents: [] });
  #last: Promise<void> = Promise.resolve();
  #hasWarned = false;

  constructor(options: WishesOptions) {
    this.#options = options;
  }

  /** Nothing is sent for a wish that the master was told already. @throws what `send` throws, but for a refusal */
  tell(wish: OfferWish): Promise<void> {
    // One after the other: a wish that is told in part, at the second try, must not come after a later one.
    const telling = this.#last.then(() => this.#tell(wish));
    this.#last = telling.catch(() => {});
    return telling;
  }

  async #tell(wish: OfferWish): Promise<void> {
    const text = JSON.stringify(wish);
    if (text === this.#told) return;
    const version = this.#options.version();
    if (!knowsConstraints(version)) {
      this.#warn(`it takes Mesos 1.11, and the master's version is ${version || 'unknown'}`);
      return;
    }
    this.#told = undefined;
    await this.#tellInPart(wish);
    this.#told = text;
  }

  /**
   * The amounts are told also where the master takes no rules for agents, such as a long regular expression. Nothing
   * at all is better than that it holds on to what was wished before.
   */
  async #tellInPart(wish: OfferWish): Promise<void> {
    for (const each of [wish, { ...wish, agents: [] }, { ...wish, smallest: [], agents: [] }]) {
      try {
        await this.#options.send(this.#callFor(each));
        return;
      } catch (error) {
        if (!isRefused(error)) throw error;
        this.#warn(error.message);
      }
    }
  }

  #callFor(wish: OfferWish): SchedulerCall {
    const framework = wish.gpus ? withGpus(this.#options.framework) : this.#options.framework;
    const roles = framework.roles ?? [];
    return {
      type: 'UPDATE_FRAMEWORK',
      update_framework: {
        framework_info: { ...framework, offer_filters: offerFilters(roles, wish) },
        offer_constraints: offerConstraints(roles, wish),
      },
    };
  }

  #warn(reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#options.warn(`The master is not told which offers are of use, and makes all: ${reason}`);
  }
}
