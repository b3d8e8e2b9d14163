import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFacts, type PilotFacts as WrittenFacts } from '../pilot/index.ts';
import type { PilotFacts } from '../pools/news.ts';
import { readIfThere, systemCodeOf } from '../standing/atomic-file.ts';
import { pilotDirectory } from '../standing/paths.ts';

/** What a pilot has written, in the words of the pools' core. */
function factsOf(pilot: string, { host, startedAt, ends, ended }: WrittenFacts): PilotFacts {
  const how = ended && (ended.detail === undefined ? ended.reason : `${ended.reason} ${ended.detail}`);
  return {
    pilot,
    ...(host === undefined ? {} : { host }),
    ...(startedAt === undefined ? {} : { startedAt: startedAt * 1000 }),
    ...(ends === undefined ? {} : { endsAt: ends * 1000 }),
    ...(how === undefined ? {} : { ended: how }),
  };
}

/** How a file stands that may have been written since. */
async function mark(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What pilots have written, and why that of some cannot be read now. */
export interface FactsReading {
  readonly facts: readonly PilotFacts[];
  readonly problems: readonly unknown[];
}

/** Reads what pilots have written about themselves, where it has changed. */
export class FactsReader {
  readonly #directory: string;
  #marks = new Map<string, string>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** What is new of these pilots; others are forgotten. One whose file cannot be read keeps none from being heard. */
  async read(pilots: readonly string[]): Promise<FactsReading> {
    const marks = new Map<string, string>();
    const readings = await Promise.allSettled(pilots.map((pilot) => this.#readOne(pilot, marks)));
    this.#marks = marks;
    return {
      facts: readings.flatMap((reading) =>
        reading.status === 'fulfilled' && reading.value ? [reading.value] : [],
      ),
      problems: readings.flatMap((reading): unknown[] =>
        reading.status === 'rejected' ? [reading.reason] : [],
      ),
    };
  }

  async #readOne(pilot: string, marks: Map<string, string>): Promise<PilotFacts | undefined> {
    const path = join(pilotDirectory(this.#directory, pilot), 'facts');
    const now = await mark(path);
    if (now === undefined) return undefined;
    if (this.#marks.get(pilot) === now) {
      marks.set(pilot, now);
      return undefined;
    }
    const text = await readIfThere(path);
    marks.set(pilot, now);
    return text === undefined ? undefined : factsOf(pilot, parseFacts(text));
  }
}
