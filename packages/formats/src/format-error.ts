/**
 * What went wrong with a file:
 *
 * - `NOT_FOUND`: there is no file at this path. Check the path, and that the file system is mounted.
 * - `NOT_A_FILE`: the path leads to a directory, a pipe or a device, none of which has bytes at fixed places.
 * - `NO_PERMISSION`: this user may not read the file.
 * - `READ_FAILED`: the operating system reported another fault; `cause` holds it.
 * - `OUT_OF_RANGE`: the bytes that were asked for do not all lie within the file.
 * - `CHANGED`: the file was written to while it was read, so that what was found no longer holds.
 * - `MALFORMED`: the content is not what the format demands.
 * - `UNKNOWN_FORMAT`: no format of this name exists here.
 */
export type FormatErrorCode =
  | 'NOT_FOUND'
  | 'NOT_A_FILE'
  | 'NO_PERMISSION'
  | 'READ_FAILED'
  | 'OUT_OF_RANGE'
  | 'CHANGED'
  | 'MALFORMED'
  | 'UNKNOWN_FORMAT';

/** Where in a file something is. */
export interface Place {
  readonly path?: string | undefined;
  /** Counted from 1. */
  readonly line?: number | undefined;
  /** Bytes from the beginning of what was read. */
  readonly offset?: number | undefined;
}

const describePlace = ({ path, line, offset }: Place): string => {
  const position =
    line === undefined ? (offset === undefined ? undefined : `byte ${offset}`) : `line ${line}`;
  const parts = [path, position].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
};

/** The one error of this package; its message names the file, the line, what was expected and what to do. */
export class FormatError extends Error implements Place {
  override readonly name = 'FormatError';
  readonly code: FormatErrorCode;
  /** The message without code and place. */
  readonly rawMessage: string;
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly offset: number | undefined;

  /** Also of another copy of this package, as contributors' packages may have one. */
  static override [Symbol.hasInstance](given: unknown): boolean {
    return given instanceof Error && given.name === 'FormatError' && 'code' in given && 'rawMessage' in given;
  }

  constructor(code: FormatErrorCode, rawMessage: string, place: Place = {}, options?: ErrorOptions) {
    super(`[${code}] ${describePlace(place)}${rawMessage}`, options);
    this.code = code;
    this.rawMessage = rawMessage;
    this.path = place.path;
    this.line = place.line;
    this.offset = place.offset;
  }
}
