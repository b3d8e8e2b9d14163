import type { DoorRecords } from '../job-service.ts';
import { type JobRecord, jobRecordSchema } from './job-record.ts';

/** The records of all jobs of this door: in memory to be read, and durable before a change counts. */
export class JobRecords {
  readonly #store: DoorRecords;
  readonly #records = new Map<string, JobRecord>();

  private constructor(store: DoorRecords) {
    this.#store = store;
  }

  /**
   * @param onUnreadable is told the keys of records that this version does not understand; they are left alone
   */
  static async load(store: DoorRecords, onUnreadable: (key: string) => void): Promise<JobRecords> {
    const records = new JobRecords(store);
    for (const { key, value } of await store.load()) {
      const read = jobRecordSchema.safeParse(value);
      if (read.success) records.#records.set(key, read.data);
      else onUnreadable(key);
    }
    return records;
  }

  get(serviceId: string): JobRecord | undefined {
    return this.#records.get(serviceId);
  }

  all(): IterableIterator<[string, JobRecord]> {
    return this.#records.entries();
  }

  /** Durable when it resolves. */
  async put(serviceId: string, record: JobRecord): Promise<JobRecord> {
    await this.#store.put(serviceId, record);
    this.#records.set(serviceId, record);
    return record;
  }

  /** Durable when it resolves. */
  async delete(serviceId: string): Promise<void> {
    await this.#store.delete(serviceId);
    this.#records.delete(serviceId);
  }
}
