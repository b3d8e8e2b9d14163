/** Knows which master leads, or which masters to ask: they redirect to the leader. */
export interface MasterDetector {
  /**
   * The masters to try now, the likeliest first. Waits until at least one is known. Rejects with a MesosError
   * where waiting cannot help (ZOOKEEPER_REFUSED), with ABORTED when the signal fires.
   */
  candidates(signal: AbortSignal): Promise<readonly URL[]>;
  /** Calls back whenever another master has come to lead; the function that it returns ends that. */
  onLeader(listener: (leader: URL) => void): () => void;
  /** Why no master is known, for people; undefined where that is no trouble. */
  readonly trouble: string | undefined;
  /** Leaves no socket and no timer. */
  close(): Promise<void>;
}

/** A master's address in a form that works from here, where it is known inside by another (NAT). */
export type AddressRewrite = (address: URL) => URL;
