import type { HandedPart } from './planned-data.ts';

/** So many tasks are stored at once; one by one it would take longer than to plan them. */
const mostAtOnce = 1000;
/** What is stored at once is held in memory. In characters. */
const longestBatch = 1024 * 1024;
/** Parts wait so long for others to be stored with, so that the first tasks begin while a large file is still read. */
const longestWaitMilliseconds = 100;

/** Gathers parts, and hands them over in order: many at a time where they come fast, and soon where they do not. */
export class PartBatches {
  readonly #handOver: (parts: readonly HandedPart[]) => Promise<void>;
  #waiting: HandedPart[] = [];
  #waitingSince = 0;
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  #handed: Promise<void> = Promise.resolve();

  constructor(handOver: (parts: readonly HandedPart[]) => Promise<void>) {
    this.#handOver = handOver;
  }

  /** @throws what handing over throws, also of earlier parts */
  async add(part: HandedPart): Promise<void> {
    if (this.#waiting.length === 0) this.#waitingSince = performance.now();
    this.#waiting.push(part);
    this.#length += JSON.stringify(part).length;
    // Who reads files without a pause keeps timers from being heard.
    const isLate = performance.now() - this.#waitingSince >= longestWaitMilliseconds;
    const isFull = this.#waiting.length >= mostAtOnce || this.#length >= longestBatch;
    if (isLate || isFull) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), longestWaitMilliseconds);
  }

  /** Resolves when all that was added is handed over. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#handed = this.#handed.then(async () => {
      const parts = this.#waiting;
      this.#waiting = [];
      this.#length = 0;
      if (parts.length > 0) await this.#handOver(parts);
    });
    // Whoever asks next is told.
    this.#handed.catch(() => {});
    return this.#handed;
  }
}
