import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a contender counts, so that each has looked into what it decoded. */
export interface Counts {
  /** Offers with a host name. */
  offers: number;
  /** Updates to TASK_FINISHED. */
  finished: number;
}

/** As much as a socket gives at a time, at most. */
export const chunkBytes = 64 * 1024;

/** Answers requests on standard input with the time that `decode` took; the protocol is that of contender.ts. */
export async function serve(decode: (stream: Buffer) => Counts): Promise<void> {
  const files = new Map<string, Buffer>();
  for await (const path of createInterface({ input: process.stdin })) {
    const stream = files.get(path) ?? readFileSync(path);
    files.set(path, stream);
    const startedAt = performance.now();
    const { offers, finished } = decode(stream);
    console.log((performance.now() - startedAt) / 1000, offers, finished);
  }
}
