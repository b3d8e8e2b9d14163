import { expect, vi } from 'vitest';
import type { ZooKeeperWriter } from '../../../../test-fixtures/real-zookeeper/zookeeper-writer.ts';
import { createMasterDetector, type MasterDetectorOptions } from '../../src/leader/create-master-detector.ts';
import { parseMasterAddress } from '../../src/leader/master-address.ts';
import type { MasterDetector } from '../../src/leader/master-detector.ts';

/** What a master at this port of 10.0.0.1 registers; nobody listens there. */
export function masterInfo(port: number): string {
  return JSON.stringify({ id: `m${port}`, ip: 0, port, address: { ip: '10.0.0.1', hostname: 'm', port } });
}

/** Registers a master as Mesos does; resolves with the path of its node. */
export function register(writer: ZooKeeperWriter, path: string, port: number): Promise<string> {
  return writer.create(`${path}/json.info_`, masterInfo(port), { ephemeral: true, sequence: true });
}

/** Of the session with ZooKeeper: short enough for tests that wait until it is over. */
export const sessionMilliseconds = 1500;

/** The detector, with that timeout. */
export function detect(address: string, options: MasterDetectorOptions = {}): MasterDetector {
  return createMasterDetector(parseMasterAddress(address), {
    sessionTimeout: sessionMilliseconds,
    ...options,
  });
}

const waiting = { timeout: 30_000, interval: 20 } as const;

/** Waits until this holds. */
export function eventually(assertion: () => unknown): Promise<unknown> {
  return vi.waitFor(assertion, waiting);
}

/** Waits until the master at this port is known to lead. */
export async function expectLeader(detector: MasterDetector, port: number): Promise<void> {
  await vi.waitFor(async () => {
    const candidates = await detector.candidates(AbortSignal.timeout(waiting.timeout));
    expect(candidates.map(({ href }) => href)).toStrictEqual([`http://10.0.0.1:${port}/`]);
  }, waiting);
}
