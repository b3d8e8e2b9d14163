import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '../standing/json-file.ts';

const recordsSchema = z.array(
  z.object({
    name: z.string(),
    /** Absent until the queue has answered. */
    id: z.string().exactOptional(),
    /** Of the orders that it obeys. */
    token: z.string(),
    submittedAt: z.number(),
    walltimeSeconds: z.number(),
    /** When its walltime is over, in milliseconds since 1970; absent until it has been seen to run. */
    endsAt: z.number().exactOptional(),
  }),
);

/** What is remembered of a batch job that has a master in it. */
export type MasterJobRecord = z.infer<typeof recordsSchema>[number];

/** The batch jobs of a cluster's master that may be in the queue: one, and when its end is near, the next. */
export class MasterJobRecords {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'batch-jobs.json');
  }

  /** The oldest first. */
  async read(): Promise<readonly MasterJobRecord[]> {
    return (await readJson(this.#file, recordsSchema)) ?? [];
  }

  async write(records: readonly MasterJobRecord[]): Promise<void> {
    if (records.length === 0) await rm(this.#file, { force: true });
    else await writeJson(this.#file, records);
  }
}
