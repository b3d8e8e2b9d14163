/** The port through which the runtime asks for the time; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970, for what people read. Jumps when somebody sets the machine's clock. */
  now(): number;
  /** Milliseconds since any fixed moment, on a clock that never jumps: all deadlines are counted on it. */
  elapsed(): number;
  /** Calls back once, after `milliseconds` on the clock that never jumps; the answer cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
