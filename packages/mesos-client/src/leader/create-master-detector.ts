import { FileDetector } from './file-detector.ts';
import { createListDetector } from './list-detector.ts';
import type { MasterAddress } from './master-address.ts';
import type { AddressRewrite, MasterDetector, MasterScheme } from './master-detector.ts';
import { ZooKeeperDetector } from './zookeeper-detector.ts';

/** What a detector may be told. */
export interface MasterDetectorOptions {
  /**
   * Turns the address that a master registered in ZooKeeper into one that works from here. Masters that are listed
   * are taken as they stand.
   */
  readonly rewrite?: AddressRewrite | undefined;
  /** How to speak to masters found in ZooKeeper, which does not say; `http` unless told otherwise. */
  readonly scheme?: MasterScheme | undefined;
  /**
   * Of the session with ZooKeeper, in milliseconds; 10 s, as in Mesos itself. A server that is silent for two thirds
   * of it is left for another.
   */
  readonly sessionTimeout?: number | undefined;
}

const defaultSessionTimeout = 10_000;

/**
 * The detector for an address. It opens nothing before `candidates` is called; close it in any case. Throws
 * INVALID_MASTER_URL where the address is a file that cannot be read or holds no address.
 */
export function createMasterDetector(
  address: MasterAddress,
  options: MasterDetectorOptions = {},
): MasterDetector {
  const { rewrite, scheme = 'http', sessionTimeout = defaultSessionTimeout } = options;
  if (address.kind === 'file') {
    return new FileDetector(address, scheme, (held) => createMasterDetector(held, options));
  }
  if (address.kind === 'list') return createListDetector(address.masters);
  return new ZooKeeperDetector(address, { rewrite, scheme, sessionTimeout });
}
