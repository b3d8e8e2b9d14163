/**
 * Why no plan could be made, or results not be joined:
 *
 * - `UNKNOWN_STRATEGY`, `UNKNOWN_MERGE`: nothing has this name; the message lists what there is.
 * - `INVALID_CONTRIBUTION`: a module that is to bring strategies or merges does not; the message names both.
 * - `INVALID_PARAMETERS`: the strategy cannot work with these parameters; the message names each wrong one.
 * - `INVALID_TABLE`: a file that says what there is to run is not what it should be; the message names the line.
 * - `TOO_MANY_PARTS`: more parts than {@link maximumParts}; the message says what to ask for instead.
 * - `NO_MERGE`: results in this format cannot be joined yet; the message says how to force it.
 * - `PARTS_DISAGREE`: the results of two parts do not fit together; the message names them, and what differs.
 * - `NO_PARTS`: there is no part of which a result could be made; the message says what was expected.
 * - `RECORDS_DISAGREE`: inputs that are cut together have not equally many records, or the last group is not whole.
 * - `NOT_QUOTABLE`: a text with a NUL byte, which no shell command and no file name can hold.
 */
export type PlanErrorCode =
  | 'UNKNOWN_STRATEGY'
  | 'INVALID_CONTRIBUTION'
  | 'INVALID_PARAMETERS'
  | 'INVALID_TABLE'
  | 'TOO_MANY_PARTS'
  | 'UNKNOWN_MERGE'
  | 'NO_MERGE'
  | 'PARTS_DISAGREE'
  | 'NO_PARTS'
  | 'RECORDS_DISAGREE'
  | 'NOT_QUOTABLE';

/** The one error of this package. What is wrong with an input file itself is a `FormatError`. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code: PlanErrorCode;
  /** The message without the code. */
  readonly rawMessage: string;

  /** Also of another copy of this package, as contributors' packages may have one. */
  static override [Symbol.hasInstance](given: unknown): boolean {
    return given instanceof Error && given.name === 'PlanError' && 'code' in given && 'rawMessage' in given;
  }

  constructor(code: PlanErrorCode, rawMessage: string, options?: ErrorOptions) {
    super(`[${code}] ${rawMessage}`, options);
    this.code = code;
    this.rawMessage = rawMessage;
  }
}
