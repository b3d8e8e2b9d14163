import type { MasterDefinition } from '../definition/definition.ts';
import { oneLine } from '../dialects/one-line.ts';
import type {
  DeactivateDecision,
  DrainDecision,
  MarkGoneDecision,
  ReactivateDecision,
} from '../pools/decisions.ts';
import type { AgentReport, Wanted } from '../pools/news.ts';
import { readAddress, writeAddress } from '../standing/address.ts';
import type { MasterView } from '../standing/view.ts';
import type { LauncherListener } from './launcher-event.ts';
import type { MasterPort, OpenMaster } from './master-port.ts';
import type { Troubles } from './troubles.ts';

/** How a master stands, as far as its source can tell. */
export interface MasterStanding {
  /** Undefined while there is none yet. */
  readonly address?: string;
  /** Why there is none, or soon will be none. */
  readonly trouble?: string;
  /** Whether that stays as it is before somebody does something. */
  readonly isStuck?: boolean;
  /** Whether a batch job for it is, or may be, in the queue. */
  readonly isQueued?: boolean;
}

/** Where the cluster's master comes from. */
export interface MasterSource {
  readonly kind: MasterDefinition['kind'];
  /** How its API is reached, where the address alone does not say it. */
  readonly url?: string;
  /**
   * Sees to it that there is a master; only where it is, if none may be started any more.
   * @throws QueueClusterError MASTER
   */
  look(isAnswering: boolean, mayStart: boolean): Promise<MasterStanding>;
  /** People may have mended what was wrong: what would be tried again later is tried now. */
  retry?(): void;
  /** Ends it, if it is the cluster's own. True once nothing is left of it. */
  end(): Promise<boolean>;
}

export interface MasterKeeperOptions {
  readonly cluster: string;
  readonly directory: string;
  readonly source: MasterSource;
  readonly open: OpenMaster;
  readonly troubles: Troubles;
  readonly tell: LauncherListener;
  readonly signal: AbortSignal;
}

/** What is decided about an agent. */
type AgentDecision = DeactivateDecision | ReactivateDecision | DrainDecision | MarkGoneDecision;

/** Keeps a master for the cluster, and knows its agents. */
export class MasterKeeper {
  readonly #options: MasterKeeperOptions;
  #port: MasterPort | undefined;
  #address: string | undefined;
  #state: MasterView['state'] = 'starting';
  #trouble: string | undefined;
  /** As its source last told. */
  #standing: MasterStanding = {};
  /** Marked so. A master lists those that it has only read from its registry for minutes all the same. */
  readonly #gone = new Set<string>();
  #looking: Promise<unknown> = Promise.resolve();
  #seeking: Promise<void> | undefined;
  #isEnding = false;
  #wantedAt: number | undefined;
  /** Not before it is known what is wanted: a new master would have to be ended again. */
  #mayStart = false;

  constructor(options: MasterKeeperOptions) {
    this.#options = options;
  }

  get view(): MasterView {
    return {
      kind: this.#options.source.kind,
      state: this.#state,
      ...(this.#address !== undefined && { address: this.#address }),
      ...(this.#trouble !== undefined && { trouble: this.#trouble }),
      ...(this.#standing.isStuck && { isStuck: true }),
      ...(this.#standing.isQueued && { isQueued: true }),
    };
  }

  /** All agents of the cluster; undefined where the master does not answer, or is being ended. */
  look(): Promise<readonly AgentReport[] | undefined> {
    if (this.#isEnding) return Promise.resolve(undefined);
    const looking = this.#look();
    this.#looking = looking;
    return looking;
  }

  /** The queue may take a minute to say how the master's batch job stands: one that answers is asked meanwhile. */
  async #look(): Promise<readonly AgentReport[] | undefined> {
    this.#seeking ??= this.#seek().finally(() => {
      this.#seeking = undefined;
    });
    if (this.#state !== 'up') await this.#seeking;
    try {
      const agents = await this.#port?.agents(this.#options.signal);
      if (agents) this.#state = 'up';
      this.#trouble = this.#standing.trouble;
      return agents?.filter(({ agentId, isConnected }) => isConnected || !this.#gone.has(agentId));
    } catch (error) {
      if (this.#state === 'up') this.#state = 'away';
      // That nobody answers where the last master was says less than why there is no other.
      this.#trouble = this.#standing.trouble ?? wordsOf(error);
      return undefined;
    } finally {
      this.#options.troubles.set('master', this.#trouble);
    }
  }

  async #seek(): Promise<void> {
    try {
      this.#standing = await this.#options.source.look(this.#state === 'up', this.#mayStart);
      const { address } = this.#standing;
      if (address !== undefined && address !== this.#address) await this.#moveTo(address);
    } catch (error) {
      this.#standing = { trouble: wordsOf(error) };
    }
  }

  /** Hears what people want, and when they last said so. */
  heed({ at, state }: Wanted): void {
    if (this.#wantedAt !== undefined && this.#wantedAt !== at) this.#options.source.retry?.();
    this.#wantedAt = at;
    this.#mayStart = state !== 'down';
  }

  /** Tells the master about an agent. What has not come about is decided again. */
  async tell(decision: AgentDecision): Promise<void> {
    const port = this.#port;
    if (!port) return;
    const { troubles, signal } = this.#options;
    await troubles.attemptOne('agents', decision.agentId, () => {
      switch (decision.kind) {
        case 'deactivate-agent':
          return port.deactivate(decision.agentId, signal);
        case 'reactivate-agent':
          return port.reactivate(decision.agentId, signal);
        case 'drain-agent':
          return port.drain(decision.agentId, decision.graceSeconds, signal);
        case 'mark-agent-gone':
          return port.markGone(decision.agentId, signal).then(() => void this.#gone.add(decision.agentId));
      }
    });
  }

  /** Ends a master that is the cluster's own. True once nothing is left of it. */
  async end(): Promise<boolean> {
    // A look would start another one.
    this.#isEnding = true;
    await this.#looking;
    await this.#seeking;
    const isOver = await this.#options.troubles.attempt('master', () => this.#options.source.end());
    return isOver === true;
  }

  async close(): Promise<void> {
    await this.#port?.close();
    this.#port = undefined;
  }

  async #moveTo(address: string): Promise<void> {
    const { directory, open, cluster, tell, source } = this.#options;
    await this.close();
    this.#port = open(cluster, source.url ?? address);
    this.#address = address;
    if ((await readAddress(directory)) !== address) await writeAddress(directory, address);
    tell({ type: 'master', address });
  }
}

const wordsOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error));
