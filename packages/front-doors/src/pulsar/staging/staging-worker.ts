import type { FastifyBaseLogger } from 'fastify';
import type { JobRecord } from '../job-record.ts';
import type { PulsarDoorOptions } from '../pulsar-options.ts';

/** Moves files from Galaxy to here before a run and back after it, where the destination wants that done from here. */
export class StagingWorker {
  readonly #options: PulsarDoorOptions;
  readonly #log: FastifyBaseLogger;

  constructor(options: PulsarDoorOptions, log: FastifyBaseLogger) {
    this.#options = options;
    this.#log = log;
  }

  async fetchInputs(_id: string, _record: JobRecord, _directory: string): Promise<void> {
    this.#log.debug(this.#options.staging);
  }

  async sendOutputs(_id: string, _record: JobRecord, _directory: string): Promise<string | undefined> {
    return undefined;
  }

  stop(_id: string): void {}

  close(): void {}
}
