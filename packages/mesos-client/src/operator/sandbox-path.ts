/** Whose sandbox is meant. */
export interface SandboxReference {
  readonly frameworkId: string;
  /** For a task that was launched without an executor of its own this is the task's id. */
  readonly executorId: string;
  /** One run of the executor; the latest unless told otherwise. */
  readonly containerId?: string;
}

/**
 * The path at which an agent shows a sandbox, for READ_FILE and the like: the same on every agent, wherever its work
 * folder lies. Below it are `stdout` and `stderr`.
 */
export function sandboxPath(sandbox: SandboxReference): string {
  const { frameworkId, executorId, containerId = 'latest' } = sandbox;
  return `/frameworks/${frameworkId}/executors/${executorId}/runs/${containerId}`;
}
