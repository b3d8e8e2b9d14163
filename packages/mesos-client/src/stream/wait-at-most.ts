/** Waits for this to be settled, but no longer than as many milliseconds, and not once the signal has fired. */
export async function waitAtMost(
  milliseconds: number,
  work: Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  if (signal?.aborted) return;
  const { promise: tooLong, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  const timer = setTimeout(stop, milliseconds);
  signal?.addEventListener('abort', stop, { once: true });
  await Promise.race([work, tooLong]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', stop);
}
