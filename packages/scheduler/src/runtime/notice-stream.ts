import type { SchedulerNotice } from './notice.ts';

/** What an async stream of notices yields: a notice, or how many were left out because the reader was too slow. */
export type StreamedNotice = SchedulerNotice | { readonly type: 'missed'; readonly notices: number };

/**
 * One reader's view of the notices. It holds so many at most: a reader that falls behind is told how many it missed,
 * and costs the scheduler neither memory nor time.
 */
export class NoticeStream implements AsyncIterableIterator<StreamedNotice> {
  readonly #capacity: number;
  readonly #onEnd: () => void;
  #buffer: SchedulerNotice[] = [];
  #missed = 0;
  #ended = false;
  #waiting: ((result: IteratorResult<StreamedNotice>) => void)[] = [];

  constructor(capacity: number, onEnd: () => void) {
    this.#capacity = capacity;
    this.#onEnd = onEnd;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(notice: SchedulerNotice): void {
    if (this.#ended) return;
    const reader = this.#waiting.shift();
    if (reader) reader({ done: false, value: notice });
    else if (this.#buffer.length < this.#capacity) this.#buffer.push(notice);
    else {
      // The newest matter most to somebody who catches up.
      this.#missed += this.#buffer.length;
      this.#buffer = [notice];
    }
  }

  /** What is buffered can still be read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const reader of this.#waiting.splice(0)) reader({ done: true, value: undefined });
    this.#onEnd();
  }

  next(): Promise<IteratorResult<StreamedNotice>> {
    if (this.#missed > 0) {
      const notices = this.#missed;
      this.#missed = 0;
      return Promise.resolve({ done: false, value: { type: 'missed', notices } });
    }
    const notice = this.#buffer.shift();
    if (notice) return Promise.resolve({ done: false, value: notice });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Called by `break` in a `for await`. */
  return(): Promise<IteratorResult<StreamedNotice>> {
    this.#buffer = [];
    this.#missed = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }
}
