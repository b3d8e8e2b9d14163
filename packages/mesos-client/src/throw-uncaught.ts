/** Leaves to the process what a listener threw: an uncaught exception, and no reason for us to stop. */
export function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
