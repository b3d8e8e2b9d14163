import type { WaitingDemand } from '@galaxy-mesos/scheduler';
import { messageOf } from '../job-error.ts';
import { type DemandClass, demandClasses, stillWaiting } from './demand-classes.ts';

/** The port through which whoever brings agents up is told what waits for them. */
export interface DemandDesk {
  /**
   * Counts for a while only, and is therefore told again and again. Answers why no agents come, in the same words for as
   * long as it is so; nothing where they come.
   */
  tell(classes: readonly DemandClass[]): Promise<readonly string[]>;
  /** Nothing waits any more, and nothing will. */
  withdraw(): Promise<void>;
}

/** What {@link DemandReports} need. */
export interface DemandReportsParts {
  readonly desk: DemandDesk;
  readonly demand: () => readonly WaitingDemand[];
  /** Told once that nothing can be told, until that is possible again; and once why no agents come. */
  readonly onTrouble: (message: string) => void;
}

/** Tasks for which there is room have a place within a second; what waits for longer lacks agents. */
const lookMilliseconds = 1000;

/** Told at least as often as every so many looks, so that it never counts as out of date. */
const looksBetween = 5;

/** Tells what waits, for as long as something may wait. */
export class DemandReports {
  readonly #parts: DemandReportsParts;
  #timer: NodeJS.Timeout | undefined;
  #seen: readonly DemandClass[] = [];
  #told: readonly DemandClass[] = [];
  #looks = 0;
  #telling: Promise<void> | undefined;
  #isTroubled = false;
  readonly #reasons = new Reasons();

  constructor(parts: DemandReportsParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), lookMilliseconds);
  }

  /** Looks what waits, and tells it if that is due. */
  look(): void {
    const seen = demandClasses(this.#parts.demand());
    const lacking = stillWaiting(seen, this.#seen);
    this.#seen = seen;
    const isNews = lacking.length > 0 && this.#told.length === 0;
    if (this.#telling || (this.#looks++ % looksBetween !== 0 && !isNews)) return;
    this.#told = lacking;
    this.#telling = this.#tell(lacking).finally(() => {
      this.#telling = undefined;
    });
  }

  /** Withdraws what was told; never throws. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#telling;
    await this.#orTrouble(() => this.#parts.desk.withdraw());
  }

  #tell(lacking: readonly DemandClass[]): Promise<void> {
    return this.#orTrouble(async () => {
      const reasons = await this.#parts.desk.tell(lacking);
      for (const reason of this.#reasons.news(reasons)) this.#parts.onTrouble(reason);
    });
  }

  async #orTrouble(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#isTroubled = false;
    } catch (error) {
      if (this.#isTroubled) return;
      this.#isTroubled = true;
      this.#parts.onTrouble(`the launcher of the cluster cannot be told what waits: ${messageOf(error)}`);
    }
  }
}

/** What holds for one look only is over before anybody could do something about it, such as a launcher that restarts. */
class Reasons {
  #before: readonly string[] = [];
  #told: readonly string[] = [];

  /** Those that hold still, and were not told since they began to. */
  news(now: readonly string[]): readonly string[] {
    const news = now.filter((reason) => this.#before.includes(reason) && !this.#told.includes(reason));
    const lasting = this.#told.filter((reason) => now.includes(reason) || this.#before.includes(reason));
    this.#told = [...lasting, ...news];
    this.#before = now;
    return news;
  }
}
