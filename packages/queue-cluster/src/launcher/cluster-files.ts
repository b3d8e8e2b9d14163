import type { ClusterDefinition } from '../definition/definition.ts';
import type { DemandClass, Wanted } from '../pools/news.ts';
import type { PilotView, PoolView } from '../pools/view.ts';
import { writeBeat } from '../standing/beat.ts';
import { readDefinition } from '../standing/clusters.ts';
import { DemandBook } from '../standing/demand-book.ts';
import { type ClusterView, writeView } from '../standing/view.ts';
import { changeWanted, readWanted } from '../standing/wanted.ts';
import { demandClassesOf } from './demand-classes.ts';
import {
  type Arrivals,
  afterFirst,
  asSaid,
  noteArrivals,
  poolsWithFirst,
  untilFirst,
} from './first-agents.ts';
import { hasPassed } from './timing.ts';
import type { Troubles } from './troubles.ts';

/** Before anybody has said what is wanted, the pools are as they are defined. */
export const unsaid: Wanted = { state: 'up', at: 0, pools: {} };

/** How often the beat is renewed: pilots look at whether it is older than minutes. */
const beatMilliseconds = 10_000;

/** What a launcher reads and writes at each tick. A file that cannot be read or written now is trouble, and no news. */
export class ClusterFiles {
  readonly #directory: string;
  readonly #troubles: Troubles;
  readonly #demand: DemandBook;
  #wanted: Wanted | undefined;
  #arrivals: Arrivals | undefined;
  #beatAt = 0;
  #view = '';

  constructor(directory: string, troubles: Troubles) {
    this.#directory = directory;
    this.#troubles = troubles;
    this.#demand = new DemandBook(directory);
  }

  async beat(now: number): Promise<void> {
    if (!hasPassed(beatMilliseconds, { since: this.#beatAt, now })) return;
    this.#beatAt = now;
    await this.#troubles.attempt('beat', () => writeBeat(this.#directory, now));
  }

  /**
   * As it was said last, where it cannot be understood now; undefined where this launcher has not understood it yet: it
   * may be that everything is to go.
   */
  async wanted(): Promise<Wanted | undefined> {
    const read = await this.#troubles.attempt('wanted', async () => ({
      said: await readWanted(this.#directory),
    }));
    if (read) this.#wanted = read.said ?? this.#wanted ?? unsaid;
    return this.#wanted && untilFirst(this.#wanted);
  }

  /**
   * Once as many agents as were wanted at first have come, they come and go with the work. Answers the pools as people
   * want them.
   */
  async noteFirst(
    { pools, pilots }: { readonly pools: readonly PoolView[]; readonly pilots: readonly PilotView[] },
    now: number,
  ): Promise<readonly PoolView[]> {
    const wanted = this.#wanted ?? unsaid;
    this.#arrivals = noteArrivals(this.#arrivals, wanted, pilots, now);
    const names = poolsWithFirst(wanted, this.#arrivals, now);
    if (names.length > 0)
      await this.#troubles.attempt('wanted', () =>
        changeWanted(this.#directory, (before) => before && afterFirst(before, names)),
      );
    return asSaid(wanted, pools);
  }

  /** The definition as it stands there; undefined where it cannot be read or understood now. */
  definition(): Promise<ClusterDefinition | undefined> {
    return this.#troubles.attempt('definition', () => readDefinition(this.#directory));
  }

  async demand(now: number): Promise<readonly DemandClass[]> {
    const reading = await this.#demand.read(now);
    this.#troubles.set('demand', reading.problems[0]);
    return demandClassesOf(reading.demands);
  }

  /** Tells how the cluster stands, where that has changed. */
  async show(view: ClusterView): Promise<void> {
    const text = JSON.stringify({ ...view, at: 0 });
    if (text === this.#view) return;
    const shown = await this.#troubles.attempt('view', () =>
      writeView(this.#directory, view).then(() => true),
    );
    if (shown) this.#view = text;
  }
}
