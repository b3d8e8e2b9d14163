import {
  type ByteSource,
  type Compression,
  type DecodedSource,
  openDecoded,
  type RecordFormat,
  type RecordScan,
  scanRecords,
} from '@galaxy-mesos/formats';
import type { PlanContext, PlanInput } from '../strategy.ts';

/** Bytes of all inputs, as they are in the files: how many there are, and how many were read. */
export class Progress {
  readonly #onProgress: PlanContext['onProgress'];
  readonly #files: DecodedSource[] = [];

  constructor({ onProgress }: PlanContext) {
    this.#onProgress = onProgress;
  }

  /** The same bytes; each chunk that is asked for is reported. */
  watch(file: DecodedSource): ByteSource {
    this.#files.push(file);
    const report = (): void => this.#report();
    return {
      path: file.path,
      lineAt: (offset) => file.lineAt(offset),
      async *[Symbol.asyncIterator]() {
        for await (const chunk of file) {
          yield chunk;
          report();
        }
      },
    };
  }

  #report(): void {
    const sum = (count: (file: DecodedSource) => number): number =>
      this.#files.reduce((total, file) => total + count(file), 0);
    this.#onProgress?.(
      sum(({ consumed }) => consumed),
      sum(({ compressedSize }) => compressedSize),
    );
  }
}

/** An input whose records are looked for. */
export class RecordFile {
  readonly input: string;
  readonly path: string;
  readonly compression: Compression;
  /** In bytes, as the file is. */
  readonly size: number;
  readonly scan: RecordScan;
  /** Of records, to be read once. */
  readonly starts: AsyncGenerator<readonly number[]>;
  readonly #file: DecodedSource;
  /** Records whose starts were read. */
  #seen = 0;

  private constructor(input: string, file: DecodedSource, scan: RecordScan) {
    this.input = input;
    this.path = file.path;
    this.compression = file.compression;
    this.size = file.compressedSize;
    this.scan = scan;
    this.starts = this.#readStarts();
    this.#file = file;
  }

  /** Opens the one file of an input, compressed or not. */
  static async open(
    input: PlanInput,
    format: RecordFormat,
    progress: Progress,
    context: PlanContext,
  ): Promise<RecordFile> {
    const file = await openDecoded(input.paths[0], { signal: context.signal, isFleeting: true });
    return new RecordFile(input.name, file, scanRecords(format, progress.watch(file)));
  }

  /** How many records were found so far; all of them once the starts were read to their end. */
  get seen(): number {
    return this.#seen;
  }

  /** Reads what is left of the starts, to count them. */
  async drain(): Promise<void> {
    while (!(await this.starts.next()).done);
  }

  /** Where the first part begins: what precedes the first record belongs to it, unless every part gets a header. */
  bodyStart(firstStart: number): number {
    return this.scan.frame.header.length > 0 ? firstStart : 0;
  }

  /** Where the last part ends. Holds once all starts were read. */
  get bodyEnd(): number {
    return this.scan.bodyEnd ?? 0;
  }

  assertUnchanged(): Promise<void> {
    return this.#file.assertUnchanged();
  }

  async close(): Promise<void> {
    await this.starts.return(undefined);
    await this.#file[Symbol.asyncDispose]();
  }

  async *#readStarts(): AsyncGenerator<readonly number[]> {
    for await (const batch of this.scan.starts) {
      this.#seen += batch.length;
      yield batch;
    }
  }
}
