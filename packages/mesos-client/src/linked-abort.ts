/** A signal that fires with others, for as long as it is held. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  /** Fires it from here. */
  abort(reason?: unknown): void;
  /** Lets go of the others: from then on it fires no more with them. */
  release(): void;
}

/**
 * A signal that fires as soon as one of these does, with its reason. Unlike `AbortSignal.any` it leaves nothing behind
 * at signals that last longer than it, once it is released.
 */
export function linkAbort(...sources: readonly (AbortSignal | undefined)[]): LinkedAbort {
  const controller = new AbortController();
  const links = sources.flatMap((source) => {
    const fire = () => controller.abort(source?.reason);
    if (source?.aborted) fire();
    return source ? [{ source, fire }] : [];
  });
  for (const { source, fire } of links) source.addEventListener('abort', fire, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => {
      for (const { source, fire } of links) source.removeEventListener('abort', fire);
    },
  };
}
