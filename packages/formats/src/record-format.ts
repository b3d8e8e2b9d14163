import type { ByteSource } from './source.ts';

/** A format whose files are sequences of records that can be told apart without reading anything else. */
export interface RecordFormat {
  /** The name by which users ask for it, in lower case. */
  readonly name: string;
  /** One sentence: what a record is. */
  readonly description: string;
  /** Without the leading dot, in lower case. */
  readonly fileExtensions: readonly string[];
  /**
   * Yields, in batches and in rising order, the byte offsets at which records begin, counted from the first
   * byte of the source. A record reaches to the beginning of the next; the first record also owns all that
   * precedes it. A source without records yields nothing. Memory does not grow with the source.
   *
   * Throws a `FormatError` `MALFORMED` with the place, if the content is not of this format.
   */
  recordStarts(source: ByteSource): AsyncGenerator<readonly number[]>;
}
