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
    if (!(await this.#skip(records - 1))) return undefined;
    const next = await this.#next();
    if (isLast) return next === undefined ? this.file.bodyEnd : undefined;
    return next;
  }

  /** Passes over so many starts; `false` if there are not as many. */
  async #skip(count: number): Promise<boolean> {
    let left = count;
    while (left > this.#batch.length - this.#index) {
      left -= this.#batch.length - this.#index;
      if (!(await this.#load())) return false;
    }
    this.#index += left;
    return true;
  }

  async #next(): Promise<number | undefined> {
    while (this.#index === this.#batch.length) if (!(await this.#load())) return undefined;
    const start = this.#batch[this.#index];
    this.#index += 1;
    return start;
  }

  async #load(): Promise<boolean> {
    const { done, value } = await this.file.starts.next();
    this.#batch = done ? [] : value;
    this.#index = 0;
    return !done;
  }
}
