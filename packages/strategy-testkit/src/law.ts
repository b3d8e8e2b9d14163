import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Something that must hold, for the test runner of your choice: `test(law.name, law.run)`. */
export interface Law {
  /** A sentence, with the name of what it is checked of. */
  readonly name: string;
  /** Rejects with what does not hold. */
  run(): Promise<void>;
}

/** A law that is checked in a directory of its own, which is gone afterwards; its name is no plain word of the shell. */
export const lawIn = (name: string, check: (directory: string) => Promise<void>): Law => ({
  name,
  async run() {
    const directory = await mkdtemp(path.join(tmpdir(), "it's a law "));
    try {
      await check(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
});
