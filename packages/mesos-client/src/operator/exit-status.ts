/** How a process ended. */
export type ContainerExit =
  | { readonly exitCode: number }
  /** The number of the signal, as on the agent's system: 9 is SIGKILL. */
  | { readonly signal: number; readonly hasDumpedCore: boolean };

/**
 * Reads the `exit_status` of WAIT_CONTAINER, and `status` of a scheduler's FAILURE event: what `waitpid` says, where
 * 768 is exit code 3, and 9 an end by SIGKILL.
 */
export function containerExit(waitStatus: number): ContainerExit {
  const signal = waitStatus & 0x7f;
  return signal === 0
    ? { exitCode: (waitStatus >> 8) & 0xff }
    : { signal, hasDumpedCore: (waitStatus & 0x80) !== 0 };
}
