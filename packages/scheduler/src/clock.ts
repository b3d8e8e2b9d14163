/** The port through which the runtime asks for the time; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970, for what people read. */
  now(): number;
  /** Calls back once, after `milliseconds` on a clock that never jumps; the answer cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
