import { exitCodes } from './exit-codes.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns the first request to stop into an aborted signal, so that what runs can be ended in order; a second
 * one says `howToGoOn` and ends the process at once, which loses nothing that is done either.
 */
export function onInterrupt(howToGoOn: string): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) {
      process.stderr.write(`galaxy-mesos: left at once; what runs was not ended. ${howToGoOn}\n`);
      process.exit(exitCodes.interrupted);
    }
    process.stderr.write('\ngalaxy-mesos: ending what runs; once more to leave at once\n');
    controller.abort();
  };
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    dispose() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
