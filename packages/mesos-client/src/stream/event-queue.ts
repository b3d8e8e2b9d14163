import { throwUncaught } from '../throw-uncaught.ts';

/** What becomes of an event while the listener is still busy with an earlier one. */
export type Placement =
  /** Told before all that are `later`, in order among themselves. */
  | 'first'
  /** Told once nothing is `first`. */
  | 'later'
  /** Not told at all: it says nothing that matters by then. */
  | 'dropped';

/** The events that are to be told later. */
export interface LaterEvents<Event> {
  /** Puts another event in the place of each for which the function gives another; none where it gives undefined. */
  replace(change: (event: Event) => Event | undefined): void;
}

interface WaitingEvent<Event> {
  event: Event;
  /** As it came on the wire. */
  readonly bytes: number;
}

/** What an event queue is made from. */
export interface EventQueueOptions<Event> {
  /** Takes one event at a time; the next is told once the promise it may return is settled. */
  readonly listener: (event: Event) => unknown;
  /** Where an event goes while the listener is busy. `later` tells, and lets take back, what waits there. */
  readonly place: (event: Event, later: LaterEvents<Event>) => Placement;
  /** Beyond as many bytes of waiting events, as they came on the wire, there is no room. */
  readonly maximumBytes: number;
}

/**
 * Holds events for a listener that may be slower than they come. A listener that returns nothing is called at
 * once. What it throws, or rejects with, is the process's own: an uncaught exception.
 */
export class EventQueue<Event> implements LaterEvents<Event> {
  readonly #options: EventQueueOptions<Event>;
  readonly #first = new Set<WaitingEvent<Event>>();
  readonly #later = new Set<WaitingEvent<Event>>();
  #bytes = 0;
  #isBusy = false;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(options: EventQueueOptions<Event>) {
    this.#options = options;
  }

  push(event: Event, bytes = 0): void {
    if (!this.#isBusy) {
      this.#tell(event);
      return;
    }
    const placement = this.#options.place(event, this);
    if (placement === 'dropped') return;
    const lane = placement === 'first' ? this.#first : this.#later;
    lane.add({ event, bytes });
    this.#bytes += bytes;
  }

  /** Undefined while there is room, else what to wait for before more is pushed. */
  room(): Promise<void> | undefined {
    if (this.#bytes <= this.#options.maximumBytes) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  replace(change: (event: Event) => Event | undefined): void {
    for (const waiting of this.#later) {
      const changed = change(waiting.event);
      if (changed === undefined) this.#remove(this.#later, waiting);
      else waiting.event = changed;
    }
    this.#makeRoom();
  }

  clear(): void {
    this.#first.clear();
    this.#later.clear();
    this.#bytes = 0;
    this.#makeRoom();
  }

  #tell(event: Event): void {
    let told: unknown;
    try {
      told = this.#options.listener(event);
    } catch (error) {
      throwUncaught(error);
    }
    if (!isThenable(told)) return;
    this.#isBusy = true;
    void Promise.resolve(told)
      .catch(throwUncaught)
      .then(() => this.#tellNext());
  }

  #tellNext(): void {
    this.#isBusy = false;
    while (!this.#isBusy) {
      const lane = this.#first.size > 0 ? this.#first : this.#later;
      const [next] = lane;
      if (!next) break;
      this.#remove(lane, next);
      this.#tell(next.event);
    }
    this.#makeRoom();
  }

  #makeRoom(): void {
    if (!this.#room || this.#bytes > this.#options.maximumBytes / 2) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  #remove(lane: Set<WaitingEvent<Event>>, waiting: WaitingEvent<Event>): void {
    lane.delete(waiting);
    this.#bytes -= waiting.bytes;
  }
}

const isThenable = (value: unknown): boolean =>
  typeof (value as { readonly then?: unknown } | undefined | null)?.then === 'function';
