import type { RecordFile } from './record-file.ts';
import type { Run } from './run.ts';

/** Cuts an input at the same records as another one. */
export class Follower {
  readonly file: RecordFile;
  #batch: readonly number[] = [];
  /** The next start in the batch. */
  #index = 0;
  #offset: number | undefined;

  constructor(file: RecordFile) {
    this.file = file;
  }

  /**
   * The next run of as many records as `leader` has, which goes to the end of the file if it is the last one; `undefined`
   * if there are not as many, or, after the last one, more.
   */
  async follow({ records }: Run, isLast: boolean): Promise<Run | undefined> {
    if (this.#offset === undefined) {
      const first = await this.#next();
      if (first === undefined) return undefined;
      this.#offset = this.file.bodyStart(first);
    }
    const end = await this.#pass(records, isLast);
    if (end === undefined) return undefined;
    const run = { offset: this.#offset, length: end - this.#offset, records };
    this.#offset = end;
    return run;
  }

  /** Passes over so many records, the first of which was read already, and answers where they end. */
  async #pass(records: number, isLast: boolean): Promise<number | undefined> {
    for (let left = records - 1; left > 0; left -= 1)
      if ((await this.#next()) === undefined) return undefined;
    const next = await this.#next();
    if (isLast) return next === undefined ? this.file.bodyEnd : undefined;
    return next;
  }

  async #next(): Promise<number | undefined> {
    while (this.#index === this.#batch.length) {
      const { done, value } = await this.file.starts.next();
      if (done) return undefined;
      this.#batch = value;
      this.#index = 0;
    }
    const start = this.#batch[this.#index];
    this.#index += 1;
    return start;
  }
}
