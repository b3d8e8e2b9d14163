/** Whether the daemon can reach its cluster. */
export interface ClusterStanding {
  readonly isConnected: boolean;
  /** Since when, in milliseconds on a clock that never jumps. */
  readonly since: number;
}

/** What `/healthz` answers, to everybody: why a cluster is away, and where it is, only the log says. */
export interface Health {
  /** Pulsar's version, whose protocol is spoken; so Pulsar's own server answers. */
  readonly version: string;
  readonly status: 'ok' | 'connecting' | 'unreachable';
}

/** A cluster that is away for so long is told as trouble; a master that is elected anew is back before. */
const patienceMilliseconds = 60_000;

/** How the daemon does: jobs are taken while the cluster is away, too, so that a short absence is no trouble. */
export function healthOf(standing: ClusterStanding, now: number, version: string): Health {
  if (standing.isConnected) return { version, status: 'ok' };
  const isLong = now - standing.since >= patienceMilliseconds;
  return { version, status: isLong ? 'unreachable' : 'connecting' };
}
