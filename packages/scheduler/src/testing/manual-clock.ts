import type { Clock } from '../ports/clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

// One turn takes a scheduler from an event to its commit, the next from there to its calls; the rest is reserve.
const turnsToSettle = 5;

/** Lets everything run that is ready to run. */
export async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < turnsToSettle; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #elapsed = 0;
  #date: number;
  #timers: Timer[] = [];

  /** `date` is what {@link now} begins with, in milliseconds since 1970. */
  constructor(date = 1_700_000_000_000) {
    this.#date = date;
  }

  now(): number {
    return this.#date;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many callbacks are waited for. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Lets time pass: calls back in order, and lets what follows run before time goes on. */
  async advance(seconds: number): Promise<void> {
    const end = this.#elapsed + seconds * 1000;
    await untilIdle();
    for (;;) {
      const next = this.#earliest();
      if (!next || next.at > end) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#moveTo(next.at);
      next.callback();
      await untilIdle();
    }
    this.#moveTo(end);
  }

  /** Sets the date as somebody does who sets the machine's clock: what is measured in seconds goes on unmoved. */
  setDate(date: number): void {
    this.#date = date;
  }

  #earliest(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>(
      (best, timer) => (best && best.at <= timer.at ? best : timer),
      undefined,
    );
  }

  #moveTo(elapsed: number): void {
    if (elapsed <= this.#elapsed) return;
    this.#date += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }
}
