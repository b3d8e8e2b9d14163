/**
 * `INVALID_VALUE`: a value is of the wrong kind; give one of the kind that is named. `UNKNOWN_NAME`: nothing has this
 * name here; correct or leave out what stands there. `MISSING`: something that cannot be guessed is not there; give
 * it. `OVER_LIMIT`: the administrator allows less; ask for less, or have the limit raised.
 */
export type JobDescriptionErrorCode = 'INVALID_VALUE' | 'UNKNOWN_NAME' | 'MISSING' | 'OVER_LIMIT';

/** One thing that is wrong with the description of a job. */
export interface JobDescriptionProblem {
  readonly code: JobDescriptionErrorCode;
  /** Where it stands, such as `resources.mem` or `submit_mem`. */
  readonly field: string;
  /** What is there, what was expected, what to do; a clause that follows the field. */
  readonly text: string;
}

/** Thrown for a job that is described wrongly, with all that is wrong. What to do stands with each code. */
export class JobDescriptionError extends Error {
  override readonly name = 'JobDescriptionError';
  /** Of the first problem. */
  readonly code: JobDescriptionErrorCode;
  readonly problems: readonly [JobDescriptionProblem, ...JobDescriptionProblem[]];

  constructor(problems: readonly [JobDescriptionProblem, ...JobDescriptionProblem[]]) {
    super(problems.map(({ field, text }) => `${field}: ${text}`).join('\n'));
    this.code = problems[0].code;
    this.problems = problems;
  }
}

/** Throws if there is anything to throw. */
export function throwProblems(problems: readonly JobDescriptionProblem[]): void {
  const [first, ...others] = problems;
  if (first) throw new JobDescriptionError([first, ...others]);
}

/** A value as a message shows it, not longer than a line. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
