import { BlockList, isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { shown } from '../../files/safe-name.ts';

/**
 * Where machines in clouds ask who they are and what they may: what is told there to the machine of the daemon is not
 * for whoever sends jobs. No Galaxy is at such an address.
 */
const closed = new BlockList();
closed.addSubnet('169.254.0.0', 16, 'ipv4');
closed.addAddress('100.100.100.200', 'ipv4');
closed.addAddress('168.63.129.16', 'ipv4');
closed.addAddress('192.0.0.192', 'ipv4');
closed.addSubnet('fe80::', 10, 'ipv6');
closed.addAddress('fd00:ec2::254', 'ipv6');
// The first ones again, by a network that translates addresses (RFC 6052).
closed.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

/** Whether an address is one that nobody is let through to. */
export const isClosed = (address: string): boolean =>
  isIP(address) !== 0 && closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const connect = buildConnector({});

/**
 * Connects to wherever a URL says, or an answer sends it on to, but not to addresses that are {@link isClosed}. The
 * connection is looked at and not the name, which may lead elsewhere each time it is looked up.
 */
export const openNetwork = new Agent({
  connect: (options, callback) => {
    const { hostname } = options;
    if (isClosed(hostname.replace(/^\[(.*)\]$/, '$1'))) return callback(refusal(hostname, hostname), null);
    return connect(options, (...result) => {
      const [error, socket] = result;
      const address = socket?.remoteAddress;
      if (error || !address || !isClosed(address)) return callback(...result);
      socket.destroy();
      return callback(refusal(hostname, address), null);
    });
  },
});

const refusal = (hostname: string, address: string): FrontDoorError =>
  new FrontDoorError('OUTSIDE', `${shown(hostname)} is at ${address}: no files are moved from or to there`);

/** What was refused by {@link openNetwork}, out of what a request says that failed. */
export const refusedBy = (error: unknown): FrontDoorError | undefined => {
  if (error instanceof FrontDoorError) return error;
  return error instanceof Error && error.cause !== undefined ? refusedBy(error.cause) : undefined;
};
