import type { NextOffer, OfferBook, OpenOffer } from './offers.ts';
import { after } from './timers.ts';

/** Makes offers when they are due, at most one in a turn of the event loop. */
export class OfferDesk {
  readonly #book: OfferBook;
  readonly #tell: (offer: OpenOffer) => void;
  #turn: NodeJS.Immediate | undefined;
  #cancelWait: (() => void) | undefined;
  #isClosed = false;

  constructor(book: OfferBook, tell: (offer: OpenOffer) => void) {
    this.#book = book;
    this.#tell = tell;
  }

  /** Something has changed that offers depend on. All changes of a turn are answered by one offer. */
  changed(): void {
    if (this.#isClosed) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#look();
    });
  }

  close(): void {
    this.#isClosed = true;
    clearImmediate(this.#turn);
    this.#cancelWait?.();
  }

  #look(): void {
    this.#cancelWait?.();
    const now = performance.now();
    const next: NextOffer = this.#book.next(now);
    if (next.kind === 'offer') this.#tell(next.offer);
    if (next.kind === 'later') {
      this.#cancelWait = after(next.at - now, () => this.changed(), { keepsAlive: true });
    }
  }
}
