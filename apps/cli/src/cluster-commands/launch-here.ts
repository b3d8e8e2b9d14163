import { describeEvent, runLauncher } from '@galaxy-mesos/queue-cluster';

interface Launch {
  readonly name: string;
  readonly clusters: string;
  readonly signal: AbortSignal;
  /** Gets a line for all that happens. */
  tell(line: string): void;
}

/** Looks after a cluster in this process, until it is down, or the signal has it left to another launcher. */
export function launchHere({ name, clusters, signal, tell }: Launch): Promise<'down' | 'left'> {
  return runLauncher({
    clusters,
    name,
    signal,
    listener: (event) => tell(`${new Date().toISOString()} ${describeEvent(event)}`),
  });
}
