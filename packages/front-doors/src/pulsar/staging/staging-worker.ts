import { join } from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyBaseLogger } from 'fastify';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { listFiles, listNames } from '../../files/list-files.ts';
import { openInside } from '../../files/open-inside.ts';
import { makeWay, receiveFile } from '../../files/receive-file.ts';
import { incomingDirectory } from '../incoming-directory.ts';
import { fileOf } from '../job-files.ts';
import type { JobRecord } from '../job-record.ts';
import type { PulsarDoorOptions } from '../pulsar-options.ts';
import { realizedSources } from '../status-answer.ts';
import { actionFor, type OutputAction, unsupported } from './action-mapper.ts';
import { Lanes } from './lanes.ts';
import type { RemoteStaging, StagingAction } from './remote-staging.ts';
import { defaultPauses, RefusedTransfer, retrying } from './retrying.ts';
import { copyIn, copyOut } from './shared-copy.ts';
import { download, upload } from './transfer.ts';
import { type WantedOutput, wantedOutputs } from './wanted-outputs.ts';

/** Jobs whose files are moved at the same time; Galaxy has not many threads for it. */
const lanes = 8;
/** What Galaxy answers when somebody has deleted the dataset in the meantime: the job has not failed by that. */
const refusedForGood = 403;

/** Moves files from Galaxy to here before a run and back after it, where the destination wants that done from here. */
export class StagingWorker {
  readonly #options: PulsarDoorOptions;
  readonly #log: FastifyBaseLogger;
  readonly #lanes = new Lanes(lanes);
  readonly #stops = new Map<string, AbortController>();
  readonly #closing = new AbortController();

  constructor(options: PulsarDoorOptions, log: FastifyBaseLogger) {
    this.#options = options;
    this.#log = log;
  }

  /** Fetches all files of a job that Galaxy has not sent. Done again it fetches all again. */
  fetchInputs(id: string, record: JobRecord, directory: string): Promise<void> {
    return this.#work(id, async (signal) => {
      for (const { name, type, action } of record.submission?.remoteStaging.setup ?? []) {
        const target = await makeWay(directory, fileOf(type, name));
        await retrying(() => this.#fetch(action, target, signal), this.#patience(signal));
      }
    });
  }

  /** Brings outputs to Galaxy; answers why not all of them are there, if so. Done again it brings all again. */
  async sendOutputs(id: string, record: JobRecord, directory: string): Promise<string | undefined> {
    try {
      const failures = await this.#work(id, (signal) => this.#sendAll(id, record, directory, signal));
      return failures.length === 0 ? undefined : failures.join('\n');
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Ends what goes on for a job. */
  stop(id: string): void {
    this.#stops.get(id)?.abort(new Error('the job is not wanted any more'));
  }

  /** Ends all that goes on. */
  close(): void {
    this.#closing.abort(new Error('the daemon stops'));
  }

  #patience(signal: AbortSignal) {
    return { pauses: this.#options.transferPauses ?? defaultPauses, signal };
  }

  async #work<Result>(id: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    const signal = AbortSignal.any([stop.signal, this.#closing.signal]);
    try {
      return await this.#lanes.run(async () => {
        signal.throwIfAborted();
        return work(signal);
      });
    } finally {
      if (this.#stops.get(id) === stop) this.#stops.delete(id);
    }
  }

  async #fetch(action: StagingAction, target: string, signal: AbortSignal): Promise<void> {
    const temporaryDirectory = incomingDirectory(this.#options.staging);
    switch (action.action_type) {
      case 'message':
        await receiveFile(one(action.contents ?? ''), target, { temporaryDirectory });
        return;
      case 'remote_copy': {
        const source = action.source?.path ?? action.path ?? '';
        await copyIn(source, target, this.#options.sharedDirectories ?? [], temporaryDirectory);
        return;
      }
      case 'remote_transfer':
        await download(action.url ?? '', target, {
          temporaryDirectory,
          maximumBytes: this.#options.maximumFileBytes,
          signal,
        });
        return;
      default:
        throw unsupported(action.action_type);
    }
  }

  async #sendAll(id: string, record: JobRecord, directory: string, signal: AbortSignal): Promise<string[]> {
    const failures: string[] = [];
    const { action_mapper: mapper, client_outputs: client }: Partial<RemoteStaging> =
      record.submission?.remoteStaging ?? {};
    if (!mapper || !client) return failures;
    for (const wanted of wantedOutputs(client, await madeFiles(record, directory))) {
      signal.throwIfAborted();
      try {
        const action = actionFor(mapper, wanted.path, wanted.type);
        await retrying(() => this.#send(action, wanted, directory, signal), this.#patience(signal));
      } catch (error) {
        if (signal.aborted) throw error;
        if (this.#isForgiven(id, wanted, error)) continue;
        this.#log.warn(
          { jobId: id, err: error, output: wanted.name },
          'an output could not be brought to Galaxy',
        );
        failures.push(`${wanted.name}: ${messageOf(error)}`);
      }
    }
    return failures;
  }

  async #send(
    action: OutputAction,
    wanted: WantedOutput,
    directory: string,
    signal: AbortSignal,
  ): Promise<void> {
    if (action.kind === 'none' || action.kind === 'client') return;
    const path = join(directory, ...fileOf(wanted.type, wanted.name));
    const file = await openInside([directory], path, this.#options.linkedDirectories);
    try {
      if (action.kind === 'remote_transfer') await upload(action.url, { ...file, path }, signal);
      else await copyOut(file, action.path, this.#options.sharedDirectories ?? []);
    } finally {
      await file.handle.close();
    }
  }

  /** A tool need not make every output in its working directory; and some that it made nobody wants any more. */
  #isForgiven(id: string, { name, mayBeMissing }: WantedOutput, error: unknown): boolean {
    if (error instanceof RefusedTransfer && error.status === refusedForGood) {
      this.#log.warn({ jobId: id, output: name }, 'Galaxy does not take this output any more');
      return true;
    }
    return mayBeMissing && error instanceof FrontDoorError && error.code === 'NOT_FOUND';
  }
}

const madeFiles = async (record: JobRecord, directory: string) => ({
  working: await listFiles(join(directory, layout.working)),
  outputs: await listFiles(join(directory, layout.outputs)),
  metadata: await listFiles(join(directory, layout.metadata)),
  job: await listNames(directory),
  sources: await realizedSources(record, directory),
});

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
