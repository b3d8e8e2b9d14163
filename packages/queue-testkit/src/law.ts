/** Something that must hold, for the test runner of your choice: `test(law.name, law.run)`. */
export interface Law {
  /** A sentence, with the name of the dialect. */
  readonly name: string;
  /** Rejects with what does not hold. */
  run(): Promise<void>;
}

/** A law of a check that throws what does not hold. */
export const law = (name: string, check: () => void | Promise<void>): Law => ({
  name,
  async run() {
    await check();
  },
});
