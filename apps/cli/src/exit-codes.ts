/** What the command's exit status tells a script. */
export const exitCodes = {
  ok: 0,
  /** A task failed, or the work could not be done for another reason than what was asked. */
  failed: 1,
  /** What was asked cannot be done: wrong flags, missing files, malformed input. */
  usage: 2,
  /** Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
