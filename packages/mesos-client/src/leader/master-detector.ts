/** Knows which master leads, or which masters to ask: they redirect to the leader. */
export interface MasterDetector {
  /**
   * The masters to try now, the likeliest first. Waits until at least one is known; while ZooKeeper is away, that
   * is the one that led before. Rejects with a MesosError where waiting cannot help (ZOOKEEPER_REFUSED), with
   * ABORTED when the signal fires, with SESSION_CLOSED after `close`.
   */
  candidates(signal: AbortSignal): Promise<readonly URL[]>;
  /**
   * Calls back whenever another master has come to lead, or one where there was none; not when a master that leads
   * was started again at the same address. Returns a function that ends that. What a listener throws is the
   * process's own (an uncaught exception), and no reason to stop looking.
   */
  onLeader(listener: (leader: URL) => void): () => void;
  /**
   * Why no master is known, or why what is known may be out of date, for people; undefined where there is no
   * trouble.
   */
  readonly trouble: string | undefined;
  /** Leaves no socket and no timer. May be called twice. */
  close(): Promise<void>;
}

/** A master's address in a form that works from here, where it is known inside by another (NAT). */
export type AddressRewrite = (address: URL) => URL;

/** How masters are spoken to. It stands neither in ZooKeeper nor, often, in an address. */
export type MasterScheme = 'http' | 'https';
