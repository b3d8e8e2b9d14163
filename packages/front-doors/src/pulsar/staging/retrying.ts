import { FrontDoorError } from '../../access/front-door-error.ts';

/** An answer with a status that says no. */
export class RefusedTransfer extends Error {
  override readonly name = 'RefusedTransfer';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers after which the same request may go well. */
const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** How long is waited after each failure, in milliseconds; a Galaxy is restarted within that time. */
export const defaultPauses: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000];

/** Does something again that failed, as long as it may help. */
export async function retrying<Result>(
  work: () => Promise<Result>,
  { pauses, signal }: { readonly pauses: readonly number[]; readonly signal: AbortSignal },
): Promise<Result> {
  for (const pause of pauses) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      await waited(pause, signal);
    }
  }
  signal.throwIfAborted();
  return work();
}

/** Broken connections pass; what this side refuses, or the other one for good, does not. */
function mayPass(error: unknown): boolean {
  if (error instanceof RefusedTransfer) return passing.has(error.status);
  if (error instanceof FrontDoorError) return error.code === 'CUT_SHORT';
  return !hasFileError(error);
}

/** Files that are not there or may not be touched do not come by waiting. */
function hasFileError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === 'ENOENT' || code === 'EACCES' || code === 'EPERM' || code === 'EISDIR' || code === 'ENOTDIR'
  );
}

/** Resolves after a time, or at once when the signal says so. */
export async function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const stop = () => resolve();
  signal.addEventListener('abort', stop, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}
