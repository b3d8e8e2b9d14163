import type { FileRange, Piece } from '../strategy.ts';
import { quoteForShell } from './quote-for-shell.ts';

/** Larger blocks do not fit the processor's cache, and smaller ones cost more calls; both were measured slower. */
const blockBytes = 256 * 1024;

/**
 * One `dd` copies a slice at more than twice the speed of a pipe, but not every system's `dd` counts in bytes. What
 * it says is dropped: where it fails, the pipe is tried, and that has its own words.
 */
const copyAtOnce = ({ offset, length }: FileRange): string =>
  `dd bs=${blockBytes} iflag=skip_bytes,count_bytes,fullblock skip=${offset} count=${length}`;

/**
 * The pipeline reads from a redirection, so that a missing file is reported by the shell itself, and `tail`
 * moves straight to its place instead of reading up to it. What `tail` says is dropped, because it complains
 * of a broken pipe, where signals are ignored, whenever `head` has enough; the check of the size stands in.
 */
const copyThroughPipe = ({ offset, length }: FileRange): string =>
  `tail -c +${offset + 1} 2>/dev/null | head -c ${length}`;

/** The file that the pieces are written to. */
interface Destination {
  readonly path: string;
  /** Nothing was written to it before. */
  readonly isFresh: boolean;
}

/** Each way opens the files anew: of one that failed half-way nothing is left to the other. */
function copy(range: FileRange, from: string, { path, isFresh }: Destination): string {
  const to = quoteForShell(path);
  const aside = quoteForShell(`${path}.cut`);
  const throughPipe = `{ ${copyThroughPipe(range)}; } < ${from}`;
  const again = isFresh
    ? `${throughPipe} > ${to}`
    : `{ head -c "$had" < ${to} > ${aside} && mv -f -- ${aside} ${to} && ${throughPipe} >> ${to}; }`;
  return `{ ${copyAtOnce(range)} < ${from} >> ${to}; } 2>/dev/null || ${again}`;
}

/** What an earlier piece has left behind is asked for only where there was one: a device has no end to count to. */
const copyRange = (range: FileRange, destination: Destination): string => {
  const { path, offset, length } = range;
  const from = quoteForShell(path);
  const to = quoteForShell(destination.path);
  const complaint = quoteForShell(
    `cannot cut ${length} bytes from byte ${offset} of ${path}: ` +
      'the file is missing, unreadable or shorter than when the job was planned, or the disk is full',
  );
  const copied = length === 0 ? `: < ${from}` : copy(range, from, destination);
  return (
    `{ had=${destination.isFresh ? '0' : `$(wc -c < ${to})`} && { ${copied}; } && [ "$(wc -c < ${to})" -eq $((had + ${length})) ] || ` +
    `{ printf '%s\\n' ${complaint} >&2; false; }; }`
  );
};

/** A link would be no error where it leads nowhere. */
const linkTo = (path: string, destination: string): string => {
  const from = quoteForShell(path);
  return `{ : < ${from} && ln -sf -- ${from} ${quoteForShell(destination)}; }`;
};

const runInto = (command: string, to: string): string => {
  const complaint = quoteForShell(`a part of the input could not be made by: ${command}`);
  return `{ ( ${command}\n) >> ${to} || { printf '%s\\n' ${complaint} >&2; false; }; }`;
};

/**
 * Shell text (POSIX `sh`, with the `head -c` that every system has) that writes pieces, one after the other, to
 * `destination`, in place of what is there. It fails, with a line on stderr, if a file is missing or too short, if a
 * command fails, or if something could not be written in full.
 */
export const cutCommand = (pieces: readonly Piece[], destination: string): string => {
  const to = quoteForShell(destination);
  const [first, ...others] = pieces;
  if (first?.kind === 'file' && others.length === 0) return linkTo(first.path, destination);
  const steps = pieces.map((piece, index) => {
    if (piece.kind === 'range') return copyRange(piece, { path: destination, isFresh: index === 0 });
    return runInto(piece.kind === 'file' ? `cat < ${quoteForShell(piece.path)}` : piece.command, to);
  });
  return `{ ${[`: > ${to}`, ...steps].join(' && ')}; }`;
};
