const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Does something that only looks until it is told to stop: nothing has to be ended in order, and nothing is lost. */
export async function stoppable<T>(look: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of signals) process.once(signal, stop);
  try {
    return await look(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
