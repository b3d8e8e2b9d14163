import { FormatError } from './format-error.ts';
import type { Frame, RecordFormat } from './record-format.ts';
import type { ByteSource } from './source.ts';

/** The reading of one source for its records. */
export interface RecordScan {
  /**
   * Yields, in batches and in rising order, the byte offsets at which records begin, counted from the first byte of the
   * source; may be read once. Memory does not grow with the source.
   * @throws FormatError MALFORMED with the place, if the content is not of the format; and what the source throws
   */
  readonly starts: AsyncGenerator<readonly number[]>;
  /** Holds as soon as there was a start, and after the last. */
  readonly frame: Frame;
  /** Where the last record ends. Holds after the last start was read; `undefined` before. */
  readonly bodyEnd: number | undefined;
}

/** Looks for the records of a source. Nothing is read before somebody asks for the starts. */
export function scanRecords(format: RecordFormat, source: ByteSource): RecordScan {
  const scanner = format.scanner();
  let bodyEnd: number | undefined;
  async function* starts(): AsyncGenerator<readonly number[]> {
    try {
      for await (const chunk of source) {
        const found = scanner.push(chunk);
        if (found.length > 0) yield found;
      }
      const end = scanner.end();
      bodyEnd = end.bodyEnd;
      if (end.starts.length > 0) yield end.starts;
    } catch (error) {
      throw await located(error, source);
    }
  }
  return {
    starts: starts(),
    get frame() {
      return scanner.frame;
    },
    get bodyEnd() {
      return bodyEnd;
    },
  };
}

/** Lines are counted only now that one is needed: counting them during the scan would halve its speed. */
async function located(error: unknown, source: ByteSource): Promise<unknown> {
  if (!(error instanceof FormatError) || error.offset === undefined) return error;
  const line = error.line ?? (await source.lineAt?.(error.offset));
  return new FormatError(error.code, error.rawMessage, { path: source.path, offset: error.offset, line });
}
