import type { SchedulerNotice } from './notice.ts';
import { NoticeStream } from './notice-stream.ts';

/** Passes notices on to the listener and to all streams, in order. */
export class NoticeBoard {
  #listener: ((notice: SchedulerNotice) => void) | undefined;
  readonly #onListenerError: (error: unknown) => void;
  readonly #streams = new Set<NoticeStream>();
  #isClosed = false;

  /** A listener that throws hears no more: one that missed something cannot be right from there on. */
  constructor(listener: (notice: SchedulerNotice) => void, onListenerError: (error: unknown) => void) {
    this.#listener = listener;
    this.#onListenerError = onListenerError;
  }

  tell(notice: SchedulerNotice): void {
    for (const stream of this.#streams) stream.push(notice);
    try {
      this.#listener?.(notice);
    } catch (error) {
      this.#listener = undefined;
      this.#onListenerError(error);
    }
  }

  /** All that is told from now on, held for a reader that is slow up to so many notices. */
  stream(capacity: number): NoticeStream {
    const stream: NoticeStream = new NoticeStream(capacity, () => this.#streams.delete(stream));
    if (this.#isClosed) stream.end();
    else this.#streams.add(stream);
    return stream;
  }

  /** Ends all streams, also those that are asked for later. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.end();
  }
}
