import type { Clock } from '@galaxy-mesos/scheduler';
import type { VirtualTime } from './virtual-time.ts';

/** The clock of one process in virtual time: its date can be set, and it stands still while the process is stopped. */
export class VirtualClock implements Clock {
  readonly #time: VirtualTime;
  #offset = 0;
  #held: (() => void)[] | undefined;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  now(): number {
    return this.#time.date + this.#offset;
  }

  elapsed(): number {
    return this.#time.now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    let isCancelled = false;
    const call = () => {
      if (isCancelled) return;
      this.#time.heardOutside();
      callback();
    };
    this.#time.after(milliseconds, () => {
      if (this.#held) this.#held.push(call);
      else call();
    });
    return () => {
      isCancelled = true;
    };
  }

  /** As somebody does who sets the machine's clock: the date moves by so much, what is measured in seconds does not. */
  jump(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  /** SIGSTOP: no timer calls back until {@link thaw}. */
  freeze(): void {
    this.#held ??= [];
  }

  /** SIGCONT: timers that ran out meanwhile call back now. */
  thaw(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const call of held) this.#time.after(0, call);
  }
}
