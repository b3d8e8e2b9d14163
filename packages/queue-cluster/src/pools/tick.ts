import type { Decision } from './decisions.ts';
import type { PoolEvent } from './events.ts';
import { type Ledger, LedgerDraft, type Pilot } from './ledger.ts';
import type { AgentReport, News } from './news.ts';
import { type ClusterSetting, defaultTiming, type PoolSetting, type Timing } from './setting.ts';
import type { PilotSight, PoolSight, Sight, SystemSight } from './sight.ts';
import type { Moment, Outcome, PoolsState } from './state.ts';

/** What was seen of the cluster as a whole. */
type SightOfAll = Omit<Sight, 'systems' | 'pilots' | 'pools'>;

/** What the rules of one tick work on: what was, what is new, and what they have come to so far. */
export class Tick {
  readonly setting: ClusterSetting;
  readonly timing: Timing;
  readonly news: News;
  readonly now: number;
  readonly newName: (pool: string) => string;
  readonly pools: ReadonlyMap<string, PoolSetting>;
  /** The agents of pilots that are to have them, by pilot. */
  readonly agents = new Map<string, AgentReport>();
  /** Agents that are not to be there. */
  readonly strays: AgentReport[] = [];
  /** Batch jobs of forgotten pilots that are there again, with their systems. */
  readonly returned: { readonly system: string; readonly id: string }[] = [];
  readonly #ledger: LedgerDraft;
  readonly #systems: Map<string, SystemSight>;
  readonly #pilots: Map<string, PilotSight>;
  readonly #poolSights: Map<string, PoolSight>;
  readonly #events: PoolEvent[] = [];
  readonly #decisions: Decision[] = [];
  readonly #stops = new Map<string, Set<string>>();
  readonly #cancels = new Map<string, Set<string>>();
  readonly #endings = new Map<string, Set<string>>();
  #rest: SightOfAll;

  constructor(setting: ClusterSetting, state: PoolsState, news: News, moment: Moment) {
    this.setting = setting;
    this.timing = { ...defaultTiming, ...setting.timing };
    this.news = news;
    this.now = moment.now;
    this.newName = moment.newName;
    this.pools = new Map(setting.pools.map((pool) => [pool.name, pool]));
    this.#ledger = new LedgerDraft(state.ledger);
    this.#systems = new Map(state.sight.systems);
    this.#pilots = new Map(state.sight.pilots);
    this.#poolSights = new Map(state.sight.pools);
    const { systems: _systems, pilots: _pilots, pools: _pools, ...rest } = state.sight;
    this.#rest = rest;
  }

  /** What the journal says by now. */
  get ledger(): Ledger {
    return this.#ledger;
  }

  /** What was seen of the master and the whole, by now. */
  get rest(): SightOfAll {
    return this.#rest;
  }

  /** Whether people have said something new: what was found out before may have been mended since. */
  get isSaidAnew(): boolean {
    const { wantedAt } = this.#rest;
    return wantedAt !== undefined && wantedAt !== this.news.wanted.at;
  }

  /** Something has happened that a new launcher must know. */
  note(event: PoolEvent): void {
    this.#ledger.apply(event);
    this.#events.push(event);
    if (event.kind === 'forgotten') {
      this.#pilots.delete(event.pilot);
    }
  }

  /** Something is to be done. */
  decide(decision: Decision): void {
    this.#decisions.push(decision);
  }

  sightOf(pilot: string): PilotSight {
    return this.#pilots.get(pilot) ?? nothing;
  }

  see(pilot: string, change: PilotSight): void {
    this.#pilots.set(pilot, { ...this.#pilots.get(pilot), ...change });
  }

  poolSight(pool: string): PoolSight {
    return this.#poolSights.get(pool) ?? nothing;
  }

  seePool(pool: string, change: PoolSight): void {
    this.#poolSights.set(pool, { ...this.#poolSights.get(pool), ...change });
  }

  systemSight(system: string): SystemSight {
    return this.#systems.get(system) ?? { isAsked: false, strangers: [] };
  }

  seeSystem(system: string, change: Partial<SystemSight>): void {
    this.#systems.set(system, { ...this.systemSight(system), ...change });
  }

  seeRest(change: Partial<SightOfAll>): void {
    this.#rest = { ...this.#rest, ...change };
  }

  /** Has the trap of a pilot's script run, with those of all others that are stopped now. */
  stop(pilot: Pilot): void {
    if (pilot.id !== undefined) {
      gather(this.#stops, pilot.system, pilot.id);
    }
  }

  /** Takes a batch job out of the queue, with all others that are cancelled now. */
  cancel(system: string, id: string): void {
    gather(this.#cancels, system, id);
  }

  /** Asks how a batch job has ended, with all others that are asked for now. */
  askEnding(pilot: Pilot): void {
    if (pilot.id !== undefined) {
      gather(this.#endings, pilot.system, pilot.id);
      this.see(pilot.name, { endingAskedAt: this.now });
    }
  }

  /** What has come of it all. */
  outcome(): Outcome {
    for (const [system, ids] of this.#stops) {
      this.#decisions.push({ kind: 'stop-batch-jobs', system, ids: [...ids] });
    }
    for (const [system, ids] of this.#cancels) {
      this.#decisions.push({ kind: 'cancel-batch-jobs', system, ids: [...ids] });
    }
    for (const [system, ids] of this.#endings) {
      this.#decisions.push({ kind: 'ask-endings', system, ids: [...ids] });
    }
    const { pilots, health, nodes, forgotten } = this.#ledger;
    const sight = { systems: this.#systems, pilots: this.#pilots, pools: this.#poolSights, ...this.#rest };
    return {
      state: { ledger: { pilots, health, nodes, forgotten }, sight },
      events: this.#events,
      decisions: this.#decisions,
    };
  }
}

const nothing: PilotSight & PoolSight = {};

function gather(into: Map<string, Set<string>>, system: string, id: string): void {
  const ids = into.get(system) ?? new Set();
  into.set(system, ids.add(id));
}
