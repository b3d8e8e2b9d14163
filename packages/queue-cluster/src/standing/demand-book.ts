import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from './atomic-file.ts';
import { type Demand, parseDemand } from './demand.ts';
import { clusterFile } from './paths.ts';

/** The demand of one framework. */
export interface NotedDemand extends Demand {
  /** Whose it is: the name of its file. */
  readonly from: string;
  /** When this was first seen, by the clock of the reader. */
  readonly seenAt: number;
}

/** The demand of all frameworks, and what is wrong with some of it. */
export interface DemandReading {
  readonly demands: readonly NotedDemand[];
  readonly problems: readonly string[];
}

/** What was last seen of a file. */
interface Entry {
  readonly text: string;
  readonly seenAt: number;
  /** The last that was understood, and when it was first seen. */
  readonly demand?: NotedDemand;
}

/**
 * What all frameworks lack, as one reader has seen it. The clocks of writers and of the file server may be wrong by any
 * amount: how old demand is, is how long ago the reader saw it change. What cannot be read now is no news: it counts as
 * it was last read until its time is over.
 */
export class DemandBook {
  readonly #folder: string;
  readonly #entries = new Map<string, Entry>();

  constructor(directory: string) {
    this.#folder = clusterFile(directory, 'demand');
  }

  /** Looks at all files; removes those that were not renewed for longer than they count. Throws nothing. */
  async read(now: number): Promise<DemandReading> {
    const problems: string[] = [];
    const names = await orProblem(problems, () => this.#names());
    if (names) {
      for (const name of this.#entries.keys()) if (!names.includes(name)) this.#entries.delete(name);
      for (const name of names) await orProblem(problems, () => this.#look(name, now));
    }
    const demands = [...this.#entries.values()].flatMap(({ demand }) =>
      demand !== undefined && !isOver(demand, now) ? [demand] : [],
    );
    return { demands, problems };
  }

  async #names(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => name.endsWith('.json')).sort();
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async #look(name: string, now: number): Promise<void> {
    const path = join(this.#folder, name);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    // Withdrawn between two looks at it.
    if (text === undefined) {
      this.#entries.delete(name);
      return;
    }
    const demand = this.#note(name, text, now);
    if (isOver(demand, now)) await rm(path, { force: true });
  }

  #note(name: string, text: string, now: number): NotedDemand {
    const before = this.#entries.get(name);
    const isSame = before?.text === text;
    // Where the clock was set back, it is seen now.
    const seenAt = isSame ? Math.min(before.seenAt, now) : now;
    if (isSame && before.demand?.seenAt === seenAt) return before.demand;
    this.#entries.set(name, { ...before, text, seenAt });
    const from = name.slice(0, -'.json'.length);
    const demand = { ...parseDemand(join(this.#folder, name), text), from, seenAt };
    this.#entries.set(name, { text, seenAt, demand });
    return demand;
  }
}

/** What something answers; nothing where it fails, of which there is a line then. */
async function orProblem<T>(problems: string[], what: () => Promise<T>): Promise<T | undefined> {
  try {
    return await what();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function isOver({ seenAt, ttlSeconds }: NotedDemand, now: number): boolean {
  return now - seenAt > ttlSeconds * 1000;
}
