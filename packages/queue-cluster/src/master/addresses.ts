import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import { QueueClusterError } from '../queue-cluster-error.ts';

const isLoopback = (address: string): boolean => address.startsWith('127.');

/**
 * The IPv4 address at which this machine is to be reached: that of the interface or the address `wanted`; else the one
 * that belongs to its name, unless that is a loopback address, as Debian has it: then the first of another kind.
 * @throws QueueClusterError `MASTER` if there is no such interface
 */
export async function addressOfThisMachine(wanted?: string): Promise<string> {
  const interfaces = networkInterfaces();
  const versionFour = (name: string) => interfaces[name]?.filter(({ family }) => family === 'IPv4') ?? [];
  if (wanted !== undefined) {
    if (/^\d+(\.\d+){3}$/.test(wanted)) return wanted;
    const [first] = versionFour(wanted);
    if (first) return first.address;
    throw new QueueClusterError(
      'MASTER',
      `no IPv4 address on the network interface ${JSON.stringify(wanted)}; there are ${Object.keys(interfaces).join(', ')}`,
    );
  }
  // A machine whose name leads nowhere has addresses all the same.
  const named = await lookup(hostname(), { family: 4 }).then(
    ({ address }) => address,
    () => '127.0.0.1',
  );
  if (!isLoopback(named)) return named;
  const others = Object.keys(interfaces).flatMap(versionFour);
  return others.find(({ address }) => !isLoopback(address))?.address ?? named;
}
