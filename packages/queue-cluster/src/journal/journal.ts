import { type FileHandle, open, stat } from 'node:fs/promises';
import type { z } from 'zod';
import { asSpaceError, isPassing, readIfThere, replaceAfter, systemCodeOf } from '../standing/atomic-file.ts';
import { parseLines, printLines } from './lines.ts';

/** A journal shorter than this is never worth rewriting. */
const fewLines = 1000;

/** A rewrite is worth it where most lines tell of what has changed since, or is gone. */
const linesForEachThatCounts = 4;

/**
 * What must survive any crash: lines of JSON, each flushed before it counts. The last one may be torn by a crash, and is
 * cut off. Now and then the file is written anew with what still counts.
 */
export class Journal<Line> {
  readonly #path: string;
  #file: FileHandle;
  #bytes: number;
  #lines: number;
  #isTorn = false;

  private constructor(path: string, file: FileHandle, bytes: number, lines: number) {
    this.#path = path;
    this.#file = file;
    this.#bytes = bytes;
    this.#lines = lines;
  }

  /**
   * Opens a journal, or begins one, and answers what it says.
   * @throws QueueClusterError DAMAGED if a line other than the last cannot be understood
   */
  static async open<Line>(
    path: string,
    schema: z.ZodType<Line>,
  ): Promise<{ readonly journal: Journal<Line>; readonly lines: readonly Line[] }> {
    const { lines, bytes } = parseLines(path, (await readIfThere(path)) ?? '', schema);
    const file = await open(path, 'a', 0o600);
    // What a crash has left of the last line would make the next one unreadable.
    await file.truncate(bytes);
    return { journal: new Journal(path, file, bytes, lines.length), lines };
  }

  /**
   * Appends lines; they are on the disk when this resolves. Where it throws, none of them is. `counting` are those that
   * count of what was appended before: should somebody have put another file in the place of this one, as a launcher may
   * that was taken for dead, they are written anew, unless `look` throws at the last moment.
   * @throws QueueClusterError NO_SPACE; what the system says otherwise
   */
  async append(
    lines: readonly Line[],
    counting: () => readonly Line[],
    look: () => Promise<void>,
  ): Promise<void> {
    if (!(await this.#isInPlace())) await this.#rewrite(counting(), look);
    const bytes = Buffer.from(printLines(lines));
    if (this.#isTorn) await this.#cut();
    try {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
    } catch (error) {
      this.#isTorn = true;
      await this.#cut().catch(() => undefined);
      throw asSpaceError(this.#path, error);
    }
    this.#bytes += bytes.length;
    this.#lines += lines.length;
  }

  /**
   * Writes the journal anew with the lines that still count, where that makes it much shorter. `look` may throw at the
   * last moment: then it stays as it is.
   */
  async compact(counting: () => readonly Line[], look: () => Promise<void>): Promise<void> {
    if (this.#lines < fewLines) return;
    const lines = counting();
    if (this.#lines < linesForEachThatCounts * lines.length) return;
    try {
      await this.#rewrite(lines, look);
    } catch (error) {
      // A disk that is too full for a second copy is no reason to stop: the old file is as good.
      if (!isPassing(error)) throw error;
    }
  }

  async #rewrite(lines: readonly Line[], look: () => Promise<void>): Promise<void> {
    const text = printLines(lines);
    await replaceAfter(this.#path, text, look);
    const old = this.#file;
    this.#file = await open(this.#path, 'a', 0o600);
    this.#bytes = Buffer.byteLength(text);
    this.#lines = lines.length;
    this.#isTorn = false;
    // Nothing in it counts any more, whether or not its file system still knows it.
    await old.close().catch(() => undefined);
  }

  /** Whether what is appended goes to the file that the next launcher reads. */
  async #isInPlace(): Promise<boolean> {
    try {
      const [own, there] = await Promise.all([this.#file.stat(), stat(this.#path)]);
      return own.ino === there.ino && own.dev === there.dev;
    } catch (error) {
      // A network file system calls a file stale that was replaced on another machine.
      if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ESTALE') return false;
      throw error;
    }
  }

  /** Removes half a line, which the next would be glued to. That needs no space; a file server may be away. */
  async #cut(): Promise<void> {
    await this.#file.truncate(this.#bytes);
    this.#isTorn = false;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
