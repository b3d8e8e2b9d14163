/**
 * Why the daemon does not run: `USAGE` a flag or the configuration is wrong, see the message, which names each of
 * them; `STATE` the state directory cannot be used; `IN_USE` another daemon works on it; `LISTEN` the address cannot
 * be listened on; `CLUSTER` the cluster refuses this daemon, or must not be joined; `FAILED` anything else.
 */
export type RunnerdErrorCode = 'USAGE' | 'STATE' | 'IN_USE' | 'LISTEN' | 'CLUSTER' | 'FAILED';

/** Ends the daemon; its message is written for whoever started it. */
export class RunnerdError extends Error {
  override readonly name = 'RunnerdError';
  readonly code: RunnerdErrorCode;

  constructor(code: RunnerdErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The code of an error of the operating system or of a package, such as `ENOENT`. */
export const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
