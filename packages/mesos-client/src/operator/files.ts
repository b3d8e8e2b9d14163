import { setTimeout as sleep } from 'node:timers/promises';
import { MesosError } from '../mesos-error.ts';
import { stopped } from './operator-errors.ts';
import type { Abortable } from './operator-options.ts';

/** Mesos answers no more of a file at once: 16 memory pages of 4 KiB. */
export const pageBytes = 65_536;

const defaultPollMilliseconds = 1_000;

/** A rotated file is away for a moment; one that stays away for as many looks was removed. */
const toleratedMisses = 3;

/** A part of a file. */
export interface FilePage {
  readonly data: Uint8Array;
  /** Of the whole file, in bytes. */
  readonly size: number;
}

/** Which part of a file is wanted. */
export interface PageOptions extends Abortable {
  /** First byte; 0 unless told otherwise. Beyond the end there is no data, only the size. */
  readonly offset?: number;
  /** At most as many bytes; never more than 65,536 come. 0 asks for the size only. */
  readonly length?: number;
}

/** Where to begin reading a file. */
export interface ReadOptions extends Abortable {
  /** First byte; 0 unless told otherwise. */
  readonly offset?: number;
}

/** How to follow a file. */
export interface TailOptions extends Abortable {
  /** Begins as many bytes before the end; at the beginning of the file unless told otherwise. */
  readonly fromEnd?: number;
  /** Goes on at the end of the file, waiting for more; false ends there. True unless told otherwise. */
  readonly follow?: boolean;
  /** Pause between two looks at the end of the file; 1000 ms unless told otherwise. */
  readonly pollMilliseconds?: number;
}

/** Reads a page at an offset. Throws MesosError. */
export type PageReader = (offset: number, length?: number) => Promise<FilePage>;

/** The pages of a file as long as it is when reading begins; it ends earlier where the file becomes shorter. */
export async function* filePages(read: PageReader, offset: number): AsyncGenerator<Uint8Array, void> {
  const first = await read(offset);
  let { data } = first;
  for (let at = offset; data.length > 0; ) {
    yield data.subarray(0, first.size - at);
    at += data.length;
    if (at >= first.size) return;
    ({ data } = await read(at, Math.min(pageBytes, first.size - at)));
  }
}

async function startOf(read: PageReader, fromEnd: number | undefined): Promise<number> {
  if (fromEnd === undefined) return 0;
  const { size } = await read(0, 0);
  return Math.max(0, size - fromEnd);
}

/** Follows a file. One that has become shorter was cut or replaced, and is read from its beginning. */
export async function* tailOf(
  read: PageReader,
  options: TailOptions,
  scope: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { follow = true, pollMilliseconds = defaultPollMilliseconds } = options;
  let at = await startOf(read, options.fromEnd);
  const readAgain = toleratingMisses(read);
  for (;;) {
    const { data, size } = await readAgain(at);
    if (data.length > 0) {
      at += data.length;
      yield data;
    } else if (size < at) {
      at = 0;
    } else if (follow) {
      await sleep(pollMilliseconds, undefined, { signal: scope }).catch(() => {
        throw stopped(scope, 'READ_FILE');
      });
    } else return;
  }
}

const emptyPage: FilePage = { data: new Uint8Array(0), size: 0 };

/** Takes a file that was there and is away for an empty one, a few times in a row. */
function toleratingMisses(read: PageReader): PageReader {
  let hasBeenThere = false;
  let misses = 0;
  return async (offset) => {
    try {
      const page = await read(offset);
      hasBeenThere = true;
      misses = 0;
      return page;
    } catch (error) {
      const isMissing = error instanceof MesosError && error.status === 404;
      if (!isMissing || !hasBeenThere || ++misses > toleratedMisses) throw error;
      return emptyPage;
    }
  };
}
