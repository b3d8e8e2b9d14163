import type { RecordSink } from '../lines/line-scanner.ts';

/**
 * For so many lines a record stays open, so that a later line can still join it with all that stands between: features of
 * overlapping genes follow each other in files that are sorted by place.
 */
export const openLines = 20_000;

/** Told records are taken out of memory only now and then. */
const compactedAt = 4096;

/** Records whose ends are not yet sure, because later lines may belong to them. */
export class OpenRecords {
  /** Where each begins in the file, and on which line (of features, counted from 1). */
  #offsets: number[] = [];
  #lines: number[] = [];
  /** How many of them were told. */
  #told = 0;
  /** The first line of the record that was told last. */
  #lastTold = 0;

  /** A record begins on this line. */
  begin(offset: number, line: number): void {
    this.#offsets.push(offset);
    this.#lines.push(line);
  }

  /**
   * The present line belongs to the record of this earlier one, and so does what stands between. `false` if that record
   * is closed.
   */
  join(line: number): boolean {
    if (line < this.#lastTold) return false;
    while (this.#lines.length > this.#told && (this.#lines.at(-1) ?? 0) > line) {
      this.#lines.pop();
      this.#offsets.pop();
    }
    return true;
  }

  /** Tells of the records that began more than {@link openLines} before this line. */
  settle(line: number, sink: RecordSink): void {
    while ((this.#lines[this.#told] ?? line) < line - openLines) this.#tell(sink);
    if (this.#told < compactedAt) return;
    this.#offsets = this.#offsets.slice(this.#told);
    this.#lines = this.#lines.slice(this.#told);
    this.#told = 0;
  }

  /** Tells of all records: no later line belongs to one of them. */
  closeAll(line: number, sink: RecordSink): void {
    while (this.#told < this.#lines.length) this.#tell(sink);
    this.#lastTold = line + 1;
  }

  #tell(sink: RecordSink): void {
    sink.begin(this.#offsets[this.#told] ?? 0);
    this.#lastTold = this.#lines[this.#told] ?? 0;
    this.#told += 1;
  }
}
