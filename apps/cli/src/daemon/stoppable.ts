const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does something that only looks until it is told to stop: nothing has to be ended in order, and nothing is lost.
 * `stoppedBy` answers what has told so.
 */
export async function stoppable<T>(
  look: (signal: AbortSignal, stoppedBy: () => NodeJS.Signals | undefined) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let stopper: NodeJS.Signals | undefined;
  const stop = (signal: NodeJS.Signals) => {
    stopper ??= signal;
    controller.abort();
  };
  for (const signal of signals) process.once(signal, stop);
  try {
    return await look(controller.signal, () => stopper);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
