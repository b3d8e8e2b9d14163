import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Turns the first request to stop into an aborted signal, so that what is being answered is answered; a second one ends
 * the process at once, which loses nothing that was promised either.
 */
export function onStopSignals(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    controller.abort(name);
  };
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    dispose() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
